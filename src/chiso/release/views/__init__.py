"""What pages show, as plain values: one module a kind of page."""
