"""Reading security.txt (RFC 9116): fields of a plain text, signed or not."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

MOST_BYTES = 32_000
MOST_LINES = 500
_FIELD = re.compile(r"([A-Za-z][A-Za-z-]{0,40})[ \t]*:[ \t]*(.*)\Z")
_MESSAGE = "-----BEGIN PGP SIGNED MESSAGE-----"
_SIGNATURE = "-----BEGIN PGP SIGNATURE-----"


@dataclass(frozen=True, slots=True)
class SecurityTxt:
    """The fields that the RFC asks for; `expires` has a zone, or is None where it is wrong."""

    contacts: tuple[str, ...]  # usable ones: https:, mailto: or tel:
    expires: dt.datetime | None
    expires_fields: int
    signed: bool
    canonical: tuple[str, ...]
    languages_fields: int


def parse_security_txt(body: bytes) -> SecurityTxt | None:
    """The file in a body, or None where there is no field in it. Never raises on any bytes."""
    text = body[:MOST_BYTES].decode("utf-8", errors="replace").lstrip("\ufeff")
    lines, signed = _cleartext(text.splitlines()[:MOST_LINES])
    fields: dict[str, list[str]] = {}
    for line in lines:
        match = _FIELD.match(line.strip())
        if match:
            fields.setdefault(match[1].casefold(), []).append(match[2].strip())
    if not fields.keys() & {"contact", "expires"}:
        return None
    expires = fields.get("expires", [])
    return SecurityTxt(
        contacts=tuple(filter(_usable, fields.get("contact", []))),
        expires=_time(expires[0]) if len(expires) == 1 else None,
        expires_fields=len(expires),
        signed=signed,
        canonical=tuple(fields.get("canonical", [])),
        languages_fields=len(fields.get("preferred-languages", [])),
    )


def _cleartext(lines: list[str]) -> tuple[list[str], bool]:
    """The signed text without its armour (RFC 9580, section 7); other text as it is."""
    first = next((n for n, line in enumerate(lines) if line.strip()), 0)
    if not lines or lines[first].strip() != _MESSAGE:
        return lines, False
    found: list[str] = []
    inside = False
    for line in lines[first + 1 :]:
        if line.startswith(_SIGNATURE):
            return found, True
        if inside:
            found.append(line.removeprefix("- "))
        elif not line.strip():  # the armour headers end with an empty line
            inside = True
    return found, False


def _usable(contact: str) -> bool:
    scheme, colon, rest = contact.partition(":")
    return bool(colon and rest.strip()) and scheme.casefold() in {"https", "mailto", "tel"}


def _time(value: str) -> dt.datetime | None:
    """A time of RFC 3339, which has a zone."""
    try:
        time = dt.datetime.fromisoformat(value.upper().replace("Z", "+00:00"))
        return time.astimezone(dt.UTC) if time.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None
