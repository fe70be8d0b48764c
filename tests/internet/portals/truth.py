"""Labels: what a careful inspector would say of a portal by the design of the checks."""

from __future__ import annotations

from collections.abc import Mapping

#: sections of Decree 43/2011/NĐ-CP by the ids of the law's data
SECTIONS = (
    "introduction", "mission", "leaders", "contacts", "news", "direction", "legal_education",
    "plans", "legal_documents", "gazette", "bidding", "consultation", "transaction_information",
    "science", "statistics", "english", "procedures",
)  # fmt: skip
#: sections whose newest item has an age that the portals settle
DATED = (
    "news", "direction", "legal_education", "plans", "legal_documents", "gazette", "bidding",
    "science", "statistics",
)  # fmt: skip

NAME = ("AV-01", "DN-01", "DN-02")
SECURE = ("TL-01", "TL-02", "TL-03", "TL-04", "TL-06", "TL-07")
HEADERS = ("HD-01", "HD-02", "HD-03", "HD-04", "HD-05")
HOME = ("AV-02", "AV-05", "AV-06", "AV-07", "AV-08")
BROWSER = ("MB-01", "MB-02", "PF-01", "PF-02", "AX-01", "AX-02", "AX-03")
CONTENT = (
    *(f"CT-01.{name}" for name in SECTIONS), *(f"CT-03.{name}" for name in DATED),
    "CT-02.leaders", "CT-04", "CT-05", "CT-06", "CT-07", "CT-08", "CT-09",
)  # fmt: skip
FUNCTIONS = (
    "FN-01", "FN-02", "FN-03", "FN-04", "FN-05", "FN-06", "FN-07", "FN-08", "FN-09", "FN-10",
    "FN-11",
)  # fmt: skip
SERVICES = ("SV-01", "SV-02", "SV-03", "SV-04", "SV-05", "SV-07", "SV-09")
#: what can only be said where a page could be read
READ = (*CONTENT, *FUNCTIONS, *SERVICES)
ALL = (*NAME, *SECURE, *HEADERS, *HOME, "ST-01", *BROWSER, *READ)

Truth = dict[str, frozenset[str]]


def said(states: str) -> frozenset[str]:
    """States from words such as "fail|needs_review"."""
    return frozenset(states.split("|"))


def all_pass(changes: Mapping[str, str] | None = None) -> Truth:
    """Everything passes but for the changes; an empty word takes a label out.

    Raises KeyError for a change of a check that is not labelled.
    """
    truth = dict.fromkeys(ALL, said("pass"))
    for key, states in (changes or {}).items():
        if key not in truth:
            raise KeyError(key)
        if states:
            truth[key] = said(states)
        else:
            del truth[key]
    return truth


def only(**groups: str) -> Truth:
    """Labels of groups of checks: `only(READ="blocked", NAME="pass")`."""
    truth: Truth = {}
    for name, states in groups.items():
        keys = globals()[name]
        truth |= dict.fromkeys(keys, said(states))
    return truth


def plus(truth: Truth, changes: Mapping[str, str]) -> Truth:
    """Labels with changes and additions; an empty word takes a label out."""
    found = dict(truth)
    for key, states in changes.items():
        if states:
            found[key] = said(states)
        else:
            found.pop(key, None)
    return found
