"""Every table of the site as CSV. The first column of each says whether its data are illustrative.

Unknown values are empty cells; scores are in full precision; `key` names a figure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from chiso.comparison import change
from chiso.index.model import OVERALL
from chiso.index.rulebook import rulebook
from chiso.language import LANGUAGES, Text
from chiso.release.edition import Edition
from chiso.release.formula import index_yaml
from chiso.release.views.parts import ordered
from chiso.rounds.answers import Answers
from chiso.scoring.outcomes import Outcome
from chiso.scoring.standings import Citation, Standings
from chiso.tables import Cell, write_csv

Line: TypeAlias = tuple[Cell, ...]
Tick: TypeAlias = Callable[[], None]

FIGURE_COLUMNS = (
    "illustrative", "key", "year", "group", "body", "name_vi", "name_en", "node", "node_vi",
    "node_en", "rank", "ranked", "tied", "score", "points", "maximum", "coverage", "outcome",
    "origin", "source", "note",
)  # fmt: skip
RANKING_COLUMNS = (
    "illustrative", "year", "group", "body", "name_vi", "name_en", "rank", "ranked", "tied",
    "score", "points", "maximum", "coverage", "places_gained", "since", "origin", "source", "note",
)  # fmt: skip
ANSWER_COLUMNS = (
    "illustrative", "year", "group", "body", "name_vi", "key", "title_vi", "title_en", "value",
    "state", "reason", "given_in",
)  # fmt: skip
BODY_COLUMNS = (
    "illustrative", "body", "name_vi", "name_en", "group", "region", "official_code",
    "valid_from", "valid_to", "source",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Download:
    """One file that can be downloaded: its path from the root, what it is, its rows."""

    path: str
    kind: str  # the key of its description in the words of the site
    subject: Text = Text()
    rows: int | None = None


class Downloads:
    """Writes the tables of an edition into a folder and remembers what it wrote."""

    def __init__(self, edition: Edition, root: Path) -> None:
        self.edition = edition
        self.root = root
        self.written: list[Download] = []
        (root / "data").mkdir()

    def count(self) -> int:
        """How many files there will be."""
        edition = self.edition
        rankings = sum(1 for _ in edition.tables())
        answers = 1 if edition.opened.answers else 0
        return rankings + len(edition.index.nodes) + len(edition.homes) + answers + 5

    def write(self, tick: Tick) -> None:
        """Write everything; `tick` is called after each file."""
        for standings in self.edition.tables():
            self._ranking(standings)
            tick()
        figures = list(self._figures())
        self._csv("data/figures.csv", "data_figures", FIGURE_COLUMNS, figures)
        tick()
        self._by(figures, tick)
        if self.edition.opened.answers:
            self._csv("data/answers.csv", "data_answers", ANSWER_COLUMNS, list(self._answers()))
            tick()
        self._csv("data/bodies.csv", "data_bodies", BODY_COLUMNS, list(self._bodies()))
        tick()
        self._index(tick)

    def of(self, kind: str) -> list[Download]:
        """What was written of a kind."""
        return [download for download in self.written if download.kind == kind]

    def _csv(
        self, path: str, kind: str, columns: tuple[str, ...], rows: list[Line], about: Text = Text()
    ) -> None:
        write_csv(self.root / path, columns, rows)
        self.written.append(Download(path, kind, about, len(rows)))

    def _by(self, figures: list[Line], tick: Tick) -> None:
        """The figures of each pillar and criterion, and of each body."""
        edition, node, body = (
            self.edition,
            FIGURE_COLUMNS.index("node"),
            FIGURE_COLUMNS.index("body"),
        )
        by_node: dict[Cell, list[Line]] = {}
        by_body: dict[Cell, list[Line]] = {}
        for line in figures:
            by_node.setdefault(line[node], []).append(line)
            by_body.setdefault(line[body], []).append(line)
        for found in edition.index.nodes:
            kind = "data_pillar" if found in edition.pillars else "data_criterion"
            lines = by_node.get(found.id, [])
            self._csv(edition.node_file(found.id), kind, FIGURE_COLUMNS, lines, found.item.title)
            tick()
        for code, home in edition.homes.items():
            lines, name = by_body.get(code, []), home.body.name
            self._csv(edition.body_file(code), "data_body", FIGURE_COLUMNS, lines, name)
            tick()

    def _ranking(self, standings: Standings) -> None:
        edition = self.edition
        result = edition.history[standings.year]
        pillars = [node.id for node in result.index.top if node.id in standings.nodes]
        columns = RANKING_COLUMNS + tuple(
            f"{p}_{what}" for p in pillars for what in ("rank", "score")
        )
        earlier = edition.history.years_before(standings.year, standings.group)
        lines: list[Line] = []
        for code in ordered(edition, standings):
            name, own = edition.register.get(code).name, standings.standing(code)
            moved = None
            if earlier:
                moved = change(edition.history, code, standings.group, standings.year, earlier[0])
            citation = own.citation or Citation("")
            below = [standings.standing(code, pillar) for pillar in pillars]
            lines.append(
                (
                    result.illustrative, standings.year, standings.group, code, name.vi, name.en,
                    own.rank, own.ranked, own.tied, own.score, own.points, own.maximum,
                    own.coverage, moved.places if moved else None,
                    earlier[0] if earlier else None, standings.origin, citation.source,
                    citation.note, *(cell for s in below for cell in (s.rank, s.score)),
                )
            )  # fmt: skip
        title = edition.group_title(standings.group, standings.year)
        about = Text(f"{title.vi}, {standings.year}", f"{title.get('en')}, {standings.year}")
        path = edition.ranking_file(standings.group, standings.year)
        self._csv(path, "data_ranking", columns, lines, about)

    def _figures(self) -> Iterator[Line]:
        """Every figure of every year: a line a body and node, empty where unknown."""
        for standings in self.edition.tables():
            result = self.edition.history[standings.year]
            rows = {}
            if standings.computation is not None:
                rows = {c.id: row for row, c in enumerate(standings.computation.criteria)}
            for node in standings.nodes:
                title = result.index.title_of(node) if node != OVERALL else Text("tổng", "overall")
                for place, code in enumerate(standings.bodies):
                    outcome = ""
                    if standings.computation is not None and node in rows:
                        state = Outcome(int(standings.computation.outcome[rows[node], place]))
                        outcome = state.name.lower()
                    yield self._figure(standings, code, node, title, outcome)

    def _figure(
        self, standings: Standings, code: str, node: str, title: Text, outcome: str
    ) -> Line:
        name, own = self.edition.register.get(code).name, standings.standing(code, node)
        citation = own.citation or Citation("")
        return (
            self.edition.history[standings.year].illustrative, own.key, standings.year,
            standings.group, code, name.vi, name.en, node, title.vi, title.en, own.rank,
            own.ranked, own.tied, own.score, own.points, own.maximum, own.coverage, outcome,
            standings.origin, citation.source, citation.note,
        )  # fmt: skip

    def _answers(self) -> Iterator[Line]:
        spec, register = self.edition.spec, self.edition.register
        for group, answers in self.edition.opened.answers.items():
            for key, declared in self.edition.index.questions.items():
                for place, code in enumerate(answers.bodies):
                    state = answers.state(place, key)
                    yield (
                        spec.illustrative, spec.year, group, code, register.get(code).name.vi,
                        key, declared.title.vi, declared.title.en,
                        self._answer(answers, key, place), state.word,
                        answers.reasons.get((place, key), ""),
                        answers.origins.get((place, key), ""),
                    )  # fmt: skip

    def _answer(self, answers: Answers, key: str, place: int) -> Cell:
        """One answer as it was given; a table by the number of its rows."""
        declared = self.edition.index.questions[key]
        if key in answers.tables:
            return int((answers.tables[key].owner == place).sum())
        if key not in answers.columns:
            return answers.texts.get((place, key), "")
        value = float(answers.columns[key].values[place])
        if value != value:
            return None
        if declared.type == "choice":
            return tuple(declared.options)[int(value)]
        if declared.type == "yes_no":
            return bool(value)
        return int(value) if declared.type == "integer" else value

    def _bodies(self) -> Iterator[Line]:
        for code, home in self.edition.homes.items():
            body = home.body
            yield (
                self.edition.spec.illustrative, code, body.name.vi, body.name.en, home.group,
                body.region or "", body.official_code or "", body.valid_from, body.valid_to,
                body.source,
            )  # fmt: skip

    def _index(self, tick: Tick) -> None:
        """The index itself, and its rulebook in each language."""
        self._bytes("data/index.yaml", "data_index", index_yaml(self.edition.index))
        tick()
        for language in LANGUAGES:
            text = rulebook(self.edition.index, language)
            self._bytes(f"data/rulebook-{language}.md", f"data_rulebook_{language}", text.encode())
            tick()

    def _bytes(self, path: str, kind: str, content: bytes) -> None:
        (self.root / path).write_bytes(content)
        self.written.append(Download(path, kind))
