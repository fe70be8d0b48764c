"""Print the reference of the online checks as Markdown, from their catalogue.

python scripts/checks_reference.py > docs/reference/checks.md
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from chiso.checks.judging.registry import Declaration, declarations
from chiso.language import Text

FAMILIES: Mapping[str, Text] = {
    "AV": Text("Hoạt động và ổn định", "Availability and stability"),
    "TL": Text("Kết nối an toàn", "Secure connections"),
    "DN": Text("Tên miền", "The name"),
    "HD": Text("Tiêu đề bảo vệ người xem", "Headers that protect visitors"),
    "ST": Text("Báo điểm yếu", "Reporting weaknesses"),
    "ML": Text("Thư điện tử", "Mail"),
    "MB": Text("Thiết bị di động", "Mobile devices"),
    "PF": Text("Tốc độ hiển thị", "How quickly pages appear"),
    "AX": Text("Khả năng tiếp cận", "Accessibility"),
    "CT": Text("Nội dung", "Content"),
    "FN": Text("Chức năng", "Functions"),
    "SV": Text("Dịch vụ công trực tuyến", "Online public services"),
}
TIERS = {
    "S": "scored by itself",
    "P": "proposed: a zero needs a person",
    "I": "for information, no points",
    "H": "held back: told to the body only",
}
CADENCES = {"daily": "every day", "weekly": "every week", "period": "once a period"}
NEEDS = {
    "network": "nothing but the visit", "home": "a readable home page",
    "rendered": "a browser", "names": "the name system", "tls": "the TLS port",
    "period": "monitoring over a period",
}  # fmt: skip
_HEAD = """\
# Online checks

Made by `scripts/checks_reference.py` from the catalogue in `src/chiso/checks/catalogue/`; a test
keeps both equal. What a state does to points is in [states](states.md).

A check looks at what a visit brought home and opens no connection itself. It passes (level 1), is
partial (between) or fails (level 0); where it cannot be sure it says so and takes no points. The
figures below are all that a check uses: a table `limit → level` is read from its first line to the
last, and what no line holds has level 0.
"""


def reference() -> str:
    """The whole page, in order of the families and then of the ids."""
    known = declarations()
    order = {family: place for place, family in enumerate(FAMILIES)}
    keys = sorted(known, key=lambda key: (order.get(key[:2], len(order)), key))
    parts = [_HEAD, *_overview(keys, known)]
    for family, members in groupby(keys, key=lambda key: key[:2]):
        title = FAMILIES.get(family, Text(family, family))
        parts.append(f"\n## {family} · {title.en} ({title.vi})\n")
        for key in members:
            parts += _section(key, known[key])
    return "\n".join(parts).rstrip() + "\n"


def _overview(keys: list[str], known: Mapping[str, Declaration]) -> Iterator[str]:
    yield "| check | looks at | Vietnamese | tier | how often |"
    yield "|---|---|---|---|---|"
    for key in keys:
        one = known[key]
        cells = (_linked(key, one), one.title.en, one.title.vi, one.tier, CADENCES[one.cadence])
        yield "| " + " | ".join(map(cell, cells)) + " |"
    yield ""
    yield "\n".join(f"- **{tier}**: {meaning}." for tier, meaning in TIERS.items())


def _linked(key: str, one: Declaration) -> str:
    heading = f"{key} {one.title.en}".casefold()
    anchor = "".join(c for c in heading if c.isalnum() or c in " -_").replace(" ", "-")
    return f"[{key}](#{anchor})"


def _section(key: str, one: Declaration) -> Iterator[str]:
    yield f"### {key} {one.title.en}\n"
    yield f"*{one.title.vi}*\n"
    yield f"{one.explanation.en}\n"
    needs = ", ".join(NEEDS[need] for need in one.needs)
    rows = [
        ("Version", str(one.version)),
        ("Tier", f"{one.tier}, {TIERS[one.tier]}"),
        ("How often", CADENCES[one.cadence]),
        ("Needs", needs),
        ("Parts", "one for each section of the law" if one.parts else ""),
        ("Pass", one.passed.en),
        ("Fail", one.failed.en),
        ("To fix", one.fix.en),
        ("Not tested", one.not_tested.en),
        ("Basis", "; ".join(text.en for text in one.basis)),
    ]
    yield "| | |\n|---|---|"
    yield "\n".join(f"| {name} | {cell(text)} |" for name, text in rows if text) + "\n"
    yield from _figures(one.figures)
    yield f"```sh\n{one.reproduce.strip()}\n```\n"


def _figures(figures: Mapping[str, Any]) -> Iterator[str]:
    if not figures:
        return
    yield "| figure | value |\n|---|---|"
    yield "\n".join(f"| `{name}` | {cell(worded(value))} |" for name, value in figures.items())
    yield ""


def worded(value: Any) -> str:
    """A figure in a cell: a table as `limit → level`, a list with commas, a mapping with colons."""
    if isinstance(value, Mapping):
        if set(value) == {"vi", "en"}:
            return f"{value['en']} ({value['vi']})"
        return "; ".join(f"`{key}`: {worded(item)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        if value and all(_is_step(item) for item in value):
            return ", ".join(f"{item[0]:g} → {item[1]:g}" for item in value)
        return ", ".join(worded(item) for item in value) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return f"{value:,}" if isinstance(value, int) else f"{value:g}"
    return f"`{value}`"


def _is_step(item: Any) -> bool:
    return (
        isinstance(item, list | tuple)
        and len(item) == 2
        and all(isinstance(number, int | float) for number in item)
    )


def cell(text: str) -> str:
    """A text that does not break its table."""
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    sys.stdout.write(reference())
