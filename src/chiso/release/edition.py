"""What one site is about: a round, its history, and which pages that makes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from chiso.bodies import Body
from chiso.comparison import History
from chiso.index.model import Criterion, Index, Input, Node, Pillar
from chiso.language import LANGUAGES, Text
from chiso.narrative import Occasion
from chiso.problems import InvalidInput
from chiso.release.views.firmness import Firmness, firmness
from chiso.rounds.folder import Round
from chiso.rounds.spec import inside
from chiso.scoring.standings import Standings

MOST_PICTURE = 1_000_000  # bytes of one picture of a portal
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*\Z")


def file_name(name: str) -> str:
    """A name that is safe as part of a path and of a URL; plain names stay as they are.

    Names come from files that others wrote: `../x` must not leave the site's folder.
    """
    if _PLAIN.match(name) and len(name) <= 100:
        return name
    plain = re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")[:40]
    return f"{plain or 'x'}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


@dataclass(frozen=True, slots=True)
class Home:
    """The group of a body and the latest year in which it has results: the year of its page."""

    body: Body
    group: str
    year: int


def _picture(folder: Path, name: str) -> bytes | None:
    try:
        path = inside(folder, name)
        if not path.is_file() or path.stat().st_size > MOST_PICTURE:
            return None
        data = path.read_bytes()
    except (InvalidInput, OSError):
        return None
    return data if data.startswith(b"\xff\xd8\xff") else None


class Edition:
    """A round with its history, and the paths of all pages and files of its site."""

    def __init__(self, opened: Round, history: History) -> None:
        self.opened = opened
        self.history = history
        self.spec = opened.spec
        self.register = opened.register
        self.index: Index = opened.index
        self._firm: dict[tuple[int, str], Firmness | None] = {}

    @cached_property
    def pictures(self) -> dict[str, bytes]:
        """Pictures of portals that the observations name, by their name in the round's folder.

        Only JPEG files of the round itself: what a round names comes from elsewhere.
        """
        found: dict[str, bytes] = {}
        for answers in self.opened.answers.values():
            for seen in answers.observations.values():
                if seen.picture and seen.picture not in found:
                    data = _picture(self.opened.folder, seen.picture)
                    if data:
                        found[seen.picture] = data
        return found

    def picture(self, name: str) -> str | None:
        """The page path of a picture, None where there is none."""
        data = self.pictures.get(name)
        return f"pictures/{hashlib.sha256(data).hexdigest()[:32]}.jpg" if data else None

    @cached_property
    def illustrative(self) -> bool:
        """Whether any of the results is illustrative: then every page says so."""
        return self.spec.illustrative or any(r.illustrative for r in self.history.results)

    @cached_property
    def occasion(self) -> Occasion:
        """What is announced, for the articles."""
        spec = self.spec
        return Occasion(spec.title, spec.publisher, spec.announced, spec.data, self.illustrative)

    def firmness(self, standings: Standings) -> Firmness | None:
        """How firm a ranking is, computed once; None where its figures do not tell."""
        key = (standings.year, standings.group)
        if key not in self._firm:
            self._firm[key] = firmness(standings, self.history[standings.year].index)
        return self._firm[key]

    def tables(self) -> Iterator[Standings]:
        """The standings of every year and group, latest year first."""
        for result in reversed(self.history.results):
            yield from result.groups.values()

    @cached_property
    def groups(self) -> tuple[str, ...]:
        """The groups with results, in the order of the round."""
        found = dict.fromkeys(standings.group for standings in self.tables())
        ordered = [group for group in self.spec.groups if group in found]
        return (*ordered, *(group for group in found if group not in ordered))

    def years(self, group: str) -> tuple[int, ...]:
        """The years in which a group has results, latest first."""
        return tuple(s.year for s in self.tables() if s.group == group)

    def latest(self, group: str) -> Standings:
        """The latest standings of a group."""
        return next(s for s in self.tables() if s.group == group)

    @cached_property
    def homes(self) -> dict[str, Home]:
        """Every body of every year, by code."""
        found: dict[str, Home] = {}
        for standings in self.tables():
            for code in standings.bodies:
                if code not in found:
                    body = self.register.get(code)
                    found[code] = Home(body, standings.group, standings.year)
        return found

    @cached_property
    def pillars(self) -> tuple[Node, ...]:
        """The pillars at every depth."""
        return tuple(node for node in self.index.nodes if isinstance(node.item, Pillar))

    @cached_property
    def criteria(self) -> tuple[Node, ...]:
        """The criteria."""
        return tuple(node for node in self.index.nodes if isinstance(node.item, Criterion))

    @cached_property
    def regions(self) -> dict[str, Text]:
        """The titles of the regions."""
        return dict(self.register.regions)

    @cached_property
    def questions(self) -> dict[str, Input]:
        """What every key of an answer asks, in any of the indexes; the latest wins."""
        found: dict[str, Input] = {}
        for result in self.history.results:
            found.update(result.index.questions)
        found.update(self.index.questions)
        return found

    def group_title(self, group: str, year: int | None = None) -> Text:
        """What the bodies of a group are called together."""
        index = self.index if year is None else self.history[year].index
        return index.groups.get(group) or self.index.groups.get(group) or Text.of(group)

    # ── paths from the root of the site; `{lang}` stands for the language ──

    def ranking_page(self, group: str, year: int) -> str:
        """The page of a group in a year."""
        return f"{{lang}}/ranking/{file_name(group)}-{year}.html"

    def body_page(self, code: str) -> str | None:
        """The page of a body, if it has one."""
        return f"{{lang}}/body/{file_name(code)}.html" if code in self.homes else None

    def node_page(self, node: str) -> str | None:
        """The page of a pillar or criterion of the present index, if it has one."""
        found = self.index.by_id.get(node)
        if found is None:
            return None
        kind = "criterion" if isinstance(found.item, Criterion) else "pillar"
        return f"{{lang}}/{kind}/{file_name(node)}.html"

    def node_file(self, node: str) -> str:
        """The table of a pillar or criterion."""
        kind = "criterion" if isinstance(self.index.by_id[node].item, Criterion) else "pillar"
        return f"data/{kind}-{file_name(node)}.csv"

    def body_file(self, code: str) -> str:
        """The table of a body."""
        return f"data/body-{file_name(code)}.csv"

    def ranking_file(self, group: str, year: int) -> str:
        """The table of a group in a year."""
        return f"data/ranking-{file_name(group)}-{year}.csv"


def in_languages(page: str) -> Iterator[str]:
    """The path of a page in each language."""
    for language in LANGUAGES:
        yield page.format(lang=language)
