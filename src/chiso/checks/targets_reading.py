"""Reading the register of targets from a table, and writing it back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

from chiso.bodies import Register, UnknownName
from chiso.checks.targets import ROLES, Role, Site
from chiso.problems import Collector, InvalidInput
from chiso.tables import (
    Cell,
    Row,
    Table,
    is_blank,
    parse_date,
    parse_text,
    read_table,
    write_csv,
)

COLUMNS = ("body", "url", "role", "owner", "valid_from", "valid_to", "languages")
HINT = "hint:"


def read_targets(
    path: Path,
    register: Register | None = None,
    *,
    on: dt.date | None = None,
    name: str | None = None,
) -> tuple[Site, ...]:
    """The sites of a CSV or XLSX table: columns `body` and `url`, and as wanted `role`, `owner`,
    `valid_from`, `valid_to`, `languages` and `hint:SECTION` for where a section is.

    With a register, bodies are found in it by any of their names on the day `on` and stored by
    code; without one the text stands as it is. Raises InvalidInput with every problem by row.
    """
    table = read_table(path, name=name).require(["body", "url"])
    problems = Collector()
    problems.take(
        table.problem(
            f"the column '{column}' means nothing here",
            table.header_row,
            column,
            hint=f"columns are {', '.join(COLUMNS)} and {HINT}SECTION",
        )
        for column in table.columns
        if column not in COLUMNS and not column.startswith(HINT)
    )
    sites: list[Site] = []
    seen: dict[str, int] = {}
    for row in table.rows:
        reader = _RowReader(table, row, problems)
        site = reader.site(register, on)
        if site is None:
            continue
        if site.key in seen:
            reader.note(f"this site stands here and in row {seen[site.key]}", "url")
        seen.setdefault(site.key, row.number)
        sites.append(site)
    if not table.rows:
        problems.add("there are no sites below the headings", sheet=table.sheet)
    problems.raise_if_any()
    return tuple(sites)


class _RowReader:
    """Reads one row; what is wrong with a cell becomes a problem at its place."""

    def __init__(self, table: Table, row: Row, problems: Collector) -> None:
        self.table, self.row, self.problems = table, row, problems
        self.sound = True

    def note(self, message: str, column: str) -> None:
        """A problem in a column of this row."""
        where = column if column in self.table.columns else None
        self.problems.take([self.table.problem(message, self.row, where)])
        self.sound = False

    def text(self, column: str) -> str:
        """A cell as text; empty where it is blank or there is no such column."""
        cell = self.row.cells.get(column)
        if is_blank(cell):
            return ""
        try:
            return parse_text(cell)
        except ValueError as error:
            self.note(str(error), column)
            return ""

    def day(self, column: str) -> dt.date | None:
        """A cell as a date; None where it is blank."""
        cell = self.row.cells.get(column)
        if is_blank(cell):
            return None
        try:
            return parse_date(cell)
        except ValueError as error:
            self.note(str(error), column)
            return None

    def address(self, column: str) -> str:
        """An absolute http or https URL; empty where it is blank."""
        text = self.text(column)
        if text and (reason := wrong_address(text)):
            self.note(reason, column)
            return ""
        return text

    def site(self, register: Register | None, on: dt.date | None) -> Site | None:
        """The site of the row, None where something in it is wrong."""
        body, url = self.text("body"), self.address("url")
        for column, value in (("body", body), ("url", url)):
            if not value and self.sound:
                self.note("the cell is empty", column)
        role = self._role()
        if body and register is not None:
            try:
                body = register.find(body, on=on).code
            except UnknownName as error:
                self.note(error.problems[0].message, "body")
        begins, ends = self.day("valid_from"), self.day("valid_to")
        if begins and ends and ends < begins:
            self.note("ends before it begins", "valid_to")
        hints = {
            column.removeprefix(HINT).strip(): self.address(column)
            for column in self.table.columns
            if column.startswith(HINT) and not is_blank(self.row.cells.get(column))
        }
        owner, spoken = self.text("owner"), self.text("languages").replace(",", " ").split()
        if not self.sound or role is None:
            return None
        languages = tuple(spoken) or ("vi",)
        return Site(
            body=body, url=url, role=role, owner=owner, valid_from=begins, valid_to=ends,
            languages=languages, hints=hints,
        )  # fmt: skip

    def _role(self) -> Role | None:
        text = self.text("role").casefold() or "main"
        found = next((role for role in ROLES if role == text), None)
        if found is None:
            self.note(f"'{text}' is not a role; roles are {', '.join(ROLES)}", "role")
        return found


def wrong_address(text: str) -> str:
    """Why a text is no address of a site; empty where it is one."""
    if any(character.isspace() or ord(character) < 33 for character in text):
        return "an address has no spaces"
    try:
        parts = urlsplit(text)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname)
        _ = parts.port
    except ValueError:
        usable = False
    if not usable:
        return f"'{text[:100]}' is no address such as https://www.example.gov.vn/"
    if parts.username is not None or parts.password is not None:
        return "an address of a site has no user name in it"
    return ""


def write_targets(path: Path, sites: Iterable[Site]) -> None:
    """Write sites as a CSV that `read_targets` takes."""
    listed = list(sites)
    hints = sorted({key for site in listed for key in site.hints})
    rows: list[list[Cell]] = [
        [
            site.body, site.url, site.role, site.owner, site.valid_from, site.valid_to,
            " ".join(site.languages), *(site.hints.get(key, "") for key in hints),
        ]
        for site in listed
    ]  # fmt: skip
    write_csv(path, [*COLUMNS, *(HINT + key for key in hints)], rows)


def valid_sites(sites: Iterable[Site], on: dt.date) -> tuple[Site, ...]:
    """The sites that belong to their bodies on a day. Raises InvalidInput where none does."""
    kept = tuple(site for site in sites if site.valid_on(on))
    if not kept:
        raise InvalidInput(f"no site of the targets is valid on {on:%d/%m/%Y}")
    return kept
