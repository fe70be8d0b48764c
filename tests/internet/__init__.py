"""A small internet on loopback: its own names, certificates, portals and attackers."""
