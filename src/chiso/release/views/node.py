"""The page of a pillar and of a criterion."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from chiso.index.model import Criterion, Index, Input, Node
from chiso.index.rulebook import source_words
from chiso.index.wording import expression_words, rule_words
from chiso.language import Text
from chiso.release.charts import Bar, Strip, strip
from chiso.release.edition import Edition
from chiso.release.formula import as_yaml
from chiso.release.show import Show
from chiso.release.views.parts import Row, counts, rows, spread
from chiso.scoring.standings import Standings


@dataclass(frozen=True, slots=True)
class NodeTable:
    """How a group did at a node in a year."""

    standings: Standings
    title: Text
    rows: tuple[Row, ...]
    strip: Strip | None
    bars: tuple[Bar, ...]
    bodies: int
    ranks: int
    scores: int

    @property
    def computed(self) -> bool:
        """Whether points are known, not only published scores and ranks."""
        return self.standings.origin == "computed"


@dataclass(frozen=True, slots=True)
class NodeView:
    """Everything the page of a node shows, the same for both languages."""

    node: Node
    parent: Node | None
    below: tuple[Node, ...]
    groups: tuple[Text, ...]
    latest: tuple[NodeTable, ...]
    earlier: tuple[NodeTable, ...]


def node_view(edition: Edition, node: Node) -> NodeView:
    """The view of a pillar or criterion of the present index."""
    latest: list[NodeTable] = []
    earlier: list[NodeTable] = []
    for standings in edition.tables():
        if node.id not in edition.history[standings.year].index.by_id:
            continue
        now = standings.year == edition.latest(standings.group).year
        if not edition.index.applies_to(node, standings.group):
            continue
        if not now and not any(standings.standing(b, node.id).known for b in standings.bodies):
            continue
        (latest if now else earlier).append(_table(edition, standings, node.id))
    meant = [g for g in edition.index.groups if edition.index.applies_to(node, g)]
    return NodeView(
        node,
        edition.index.by_id[node.parent] if node.parent else None,
        edition.index.children(node.id),
        tuple(edition.index.groups[group] for group in meant),
        tuple(latest),
        tuple(earlier),
    )


def _table(edition: Edition, standings: Standings, node: str) -> NodeTable:
    scores = standings.nodes.get(node)
    listed = rows(edition, standings, node)
    if standings.origin == "published":
        listed = tuple(row for row in listed if row.standing.known or row.note)
    return NodeTable(
        standings,
        edition.group_title(standings.group, standings.year),
        listed,
        None if scores is None else strip(scores.score),
        spread(standings, node) if standings.origin == "computed" else (),
        *counts(standings, node),
    )


@dataclass(frozen=True, slots=True)
class RuleView:
    """The rule of a criterion in one language, its inputs, evidence and worked examples."""

    lines: tuple[tuple[int, str], ...]
    formula: str
    source: str
    applies: str
    inputs: tuple[tuple[str, Input], ...]
    examples: tuple[tuple[str, float, Text], ...]


def rule_view(index: Index, criterion: Criterion, show: Show) -> RuleView:
    """How a criterion is scored, in words and as data."""
    language = show.language
    declared = {name: item for name, (_, item) in index.declared(criterion).items()}
    words = rule_words(index, criterion, language)
    names = dict.fromkeys((*criterion.reads, *criterion.inputs))
    return RuleView(
        lines=tuple(((len(x) - len(x.lstrip())) // 2, x.strip()) for x in words),
        formula=as_yaml({"rule": criterion.rule}),
        source=source_words(criterion, language),
        applies=expression_words(criterion.applies, declared, language)
        if criterion.applies is not None
        else "",
        inputs=tuple((name, declared[name]) for name in names if name in declared),
        examples=tuple(_examples(criterion, declared, show)),
    )


def _examples(
    criterion: Criterion, declared: dict[str, Input], show: Show
) -> Iterator[tuple[str, float, Text]]:
    for example in criterion.examples:
        given = [
            f"{_title(name, declared, show)} = {_value(declared.get(name), value, show)}"
            for name, value in example.given.items()
        ]
        if example.best is not None:
            given.append(f"{show.word('best_of_group')} = {show.amount(example.best)}")
        yield "; ".join(given), example.points, example.note


def _title(name: str, declared: dict[str, Input], show: Show) -> str:
    return (show.say(declared[name].title) or name) if name in declared else name


def _value(item: Input | None, value: Any, show: Show) -> str:
    if isinstance(value, list):
        return ", ".join(f"({_cells(item, row, show)})" for row in value) or "∅"
    if item is not None and item.type == "choice" and str(value) in item.options:
        return show.say(item.options[str(value)])
    return _plain(value, show)


def _cells(item: Input | None, row: dict[str, Any], show: Show) -> str:
    """One row of a table input, its columns by their titles."""
    parts = []
    for name, value in row.items():
        column = item.columns.get(name) if item is not None else None
        title = (show.say(column.title) if column is not None else "") or name
        options = column.options if column is not None else {}
        said = show.say(options[str(value)]) if str(value) in options else _plain(value, show)
        parts.append(f"{title}: {said}")
    return ", ".join(parts)


def _plain(value: Any, show: Show) -> str:
    if isinstance(value, bool) or value in ("yes", "no"):
        return show.word("yes" if value in (True, "yes") else "no")
    return show.exact(float(value)) if isinstance(value, int | float) else str(value)
