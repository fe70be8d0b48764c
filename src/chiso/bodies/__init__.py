"""Who is assessed: bodies, the times they existed, and who came from whom."""

from chiso.bodies.loading import load_register, register_from_names, shipped_registers
from chiso.bodies.register import Body, Layout, Register, Succession, UnknownName

__all__ = [
    "Body",
    "Layout",
    "Register",
    "Succession",
    "UnknownName",
    "load_register",
    "register_from_names",
    "shipped_registers",
]
