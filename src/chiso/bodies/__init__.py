"""Who is assessed: bodies with codes, names and dates, and who came from whom.

Names in published tables are matched to bodies by equality of what accents, case, signs and
words for the kind of unit leave over; see `docs/explanation/bodies-and-successions.md`.
"""

from chiso.bodies.body import Body, slug
from chiso.bodies.finding import UnknownName
from chiso.bodies.library import load_register, shipped_registers
from chiso.bodies.register import Register, UnknownCode, register_from_names
from chiso.bodies.successions import SUCCESSION_KINDS, Succession, SuccessionKind

__all__ = [
    "SUCCESSION_KINDS",
    "Body",
    "Register",
    "Succession",
    "SuccessionKind",
    "UnknownCode",
    "UnknownName",
    "load_register",
    "register_from_names",
    "shipped_registers",
    "slug",
]
