"""Why a number is what it is: from the total down to rule, inputs, source, evidence, decision.

A derivation is read from the traces that scoring kept; nothing is computed a second time. Sums
shown in it add up to the total that stands above them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from chiso.index.expressions import Call, parse
from chiso.index.model import OVERALL, Criterion, Index, Input
from chiso.index.reducers import FloatArray
from chiso.index.rules import APPRAISED, BestOf, RuleModel, RuleScope, ShareOfBest, Trace
from chiso.index.trial import option_lists
from chiso.index.wording import expression_words, rule_words
from chiso.language import Language, Text, number
from chiso.rounds.answers import STATE_TITLES, Observation, Ruling, State
from chiso.scoring.computation import Computation
from chiso.scoring.outcomes import EFFECTS, Outcome
from chiso.scoring.standings import Citation, Standings


@dataclass(frozen=True, slots=True)
class InputLine:
    """One answer behind a criterion: what was asked, what was said, where it stands."""

    key: str
    title: Text
    value: str
    number: float | None
    unit: Text
    state: State
    reason: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule and what it gave; the parts of a nested rule follow, one level deeper."""

    depth: int
    words: Text
    quantity: float | None
    best: float | None
    points: float | None
    maximum: float
    chosen: bool = True


@dataclass(frozen=True, slots=True)
class Derivation:
    """A node of a body with everything that made its points; `children` for pillars."""

    key: str
    node: str
    title: Text
    points: float | None
    maximum: float | None
    score: float | None
    rank: int | None
    ranked: int | None
    outcome: Outcome | None = None
    provenance: str = "quoted"
    inputs: tuple[InputLine, ...] = ()
    rules: tuple[RuleLine, ...] = ()
    observations: tuple[tuple[str, Observation], ...] = ()
    evidence: tuple[str, ...] = ()
    ruling: Ruling | None = None
    citation: Citation | None = None
    children: tuple[Derivation, ...] = ()

    def walk(self) -> Iterator[Derivation]:
        """This derivation and all below it, parents first."""
        yield self
        for child in self.children:
            yield from child.walk()


def derive(index: Index, standings: Standings, body: str, node: str = OVERALL) -> Derivation:
    """How a body came to its points at a node, and at all nodes below.

    For published standings the derivation ends where publication ends, with its source.

    Raises:
        KeyError: the body is not in the group, or the node not in the index.
    """
    if standings.place(body) is None:
        raise KeyError(f"'{body}' is not assessed in the group '{standings.group}'")
    if node != OVERALL and node not in index.by_id:
        known = ", ".join(index.by_id)
        raise KeyError(f"the index {index.key} has no node '{node}'; nodes are {known}")
    item = None if node == OVERALL else index.by_id[node].item
    standing = standings.standing(body, node)
    base = Derivation(
        key=standing.key,
        node=node,
        title=index.title_of(node),
        points=standing.points,
        maximum=standing.maximum,
        score=standing.score,
        rank=standing.rank,
        ranked=standing.ranked,
        provenance=item.provenance if item else "quoted",
        citation=standing.citation,
    )
    if isinstance(item, Criterion):
        return _criterion(base, index, standings, body, item) if standings.computation else base
    below = [
        n.id for n in index.children(None if node == OVERALL else node) if n.id in standings.nodes
    ]
    children = tuple(derive(index, standings, body, child) for child in below)
    return replace(base, children=children)


def _criterion(
    base: Derivation, index: Index, standings: Standings, body: str, criterion: Criterion
) -> Derivation:
    computation, place = standings.computation, standings.place(body)
    assert computation is not None
    assert place is not None
    answers = computation.answers
    row = computation.criteria.index(criterion)
    trace = computation.traces[criterion.id]
    observed = [(check, answers.observations.get((place, check))) for check in criterion.checks]
    outcome = Outcome(int(computation.outcome[row, place]))
    counts = EFFECTS[outcome].points != "none"  # a bonus counts though it has no maximum
    return replace(
        base,
        points=float(computation.points[row, place]) if counts else None,
        outcome=outcome,
        inputs=_inputs(index, computation, criterion, place),
        rules=tuple(_rule_lines(index, criterion, trace, place, 0, chosen=True)),
        observations=tuple((check, seen) for check, seen in observed if seen is not None),
        evidence=answers.evidence.get((place, criterion.id), ()),
        ruling=answers.rulings.get((place, criterion.id)),
    )


def _inputs(
    index: Index, computation: Computation, criterion: Criterion, place: int
) -> tuple[InputLine, ...]:
    answers, declared = computation.answers, index.declared(criterion)
    names = dict.fromkeys((*criterion.reads, *criterion.inputs))
    lines = []
    for name in names:
        key, item = declared[name]
        value, exact = _value(computation, key, item, place)
        lines.append(
            InputLine(
                key,
                item.title if name != APPRAISED else Text("Điểm thẩm định", "Points awarded"),
                value,
                exact,
                item.unit,
                answers.state(place, key),
                answers.reasons.get((place, key), ""),
                answers.origins.get((place, key), ""),
            )
        )
    lines += _reductions(index, computation, criterion, place)
    return tuple(lines)


def _value(computation: Computation, key: str, item: Input, place: int) -> tuple[str, float | None]:
    answers = computation.answers
    if item.type == "table":
        rows = (
            int(np.count_nonzero(answers.tables[key].owner == place))
            if key in answers.tables
            else 0
        )
        return str(rows), float(rows)
    if key not in answers.columns:
        return answers.texts.get((place, key), ""), None
    value = float(answers.columns[key].values[place])
    if np.isnan(value):
        return "", None
    if item.type == "choice":
        return tuple(item.options)[int(value)], value
    if item.type == "yes_no":
        return "yes" if value else "no", value
    return number(value, "en"), value


def _reductions(
    index: Index, computation: Computation, criterion: Criterion, place: int
) -> list[InputLine]:
    """What each reduction of a table came to."""
    declared = {name: item for name, (_, item) in index.declared(criterion).items()}
    keys = {name: key for name, (key, _) in index.declared(criterion).items()}
    answers = computation.answers
    size = len(answers.bodies)
    calls: dict[str, Call] = {c.text: c for e in criterion.expressions for c in e.calls}
    if not calls:
        return []
    scope = RuleScope(
        size,
        {name: answers.columns[key].values for name, key in keys.items() if key in answers.columns},
        {name: answers.tables[key] for name, key in keys.items() if key in answers.tables},
        option_lists(declared),
    )
    lines = []
    with np.errstate(all="ignore"):
        for text, call in calls.items():
            value = float(np.asarray(call.evaluate(scope))[place])
            from_words = _call_words(text, declared)
            known = not np.isnan(value)
            lines.append(
                InputLine(
                    key=text,
                    title=from_words,
                    value=number(value, "en") if known else "",
                    number=value if known else None,
                    unit=Text(),
                    state=answers.state(place, keys[call.table]),
                )
            )
    return lines


def _call_words(text: str, declared: dict[str, Input]) -> Text:
    expression = parse(text)
    return Text(
        expression_words(expression, declared, "vi"), expression_words(expression, declared, "en")
    )


def _rule_lines(
    index: Index, criterion: Criterion, trace: Trace, place: int, depth: int, chosen: bool
) -> Iterator[RuleLine]:
    points = float(trace.points[place])
    yield RuleLine(
        depth,
        _rule_text(index, criterion, trace.rule),
        _known(trace.quantity, place),
        trace.best if isinstance(trace.rule, ShareOfBest) else None,
        None if np.isnan(points) else points,
        trace.maximum,
        chosen,
    )
    best = _best_part(trace, place)
    for position, part in enumerate(trace.parts):
        used = chosen and (best is None or best == position)
        yield from _rule_lines(index, criterion, part, place, depth + 1, used)


def _best_part(trace: Trace, place: int) -> int | None:
    """Which alternative of a "best of" gave the points; None for other rules."""
    if not isinstance(trace.rule, BestOf):
        return None
    points = np.array([part.points[place] for part in trace.parts])
    return -1 if np.isnan(points).all() else int(np.nanargmax(points))


def _known(quantity: FloatArray | None, place: int) -> float | None:
    if quantity is None or np.isnan(quantity[place]):
        return None
    return float(quantity[place])


def _rule_text(index: Index, criterion: Criterion, rule: RuleModel) -> Text:
    vi, en = (rule_words(index, criterion, language, rule)[0] for language in ("vi", "en"))
    return Text(vi, en)


def outcome_title(outcome: Outcome, language: Language) -> str:
    """The outcome in words."""
    return EFFECTS[outcome].title.get(language)


def state_title(state: State, language: Language) -> str:
    """The state of an answer in words."""
    return STATE_TITLES[state].get(language)
