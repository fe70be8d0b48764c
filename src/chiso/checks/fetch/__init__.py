"""The only part that opens sockets: safe, polite, and honest about who is asking."""
