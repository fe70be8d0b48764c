"""What checks saw at a made-up body, and how appraisers ruled on its report."""

from __future__ import annotations

from collections.abc import Iterator

from chiso.index.model import Criterion, Index
from chiso.rounds.demo.filling import idle
from chiso.rounds.demo.nature import Nature
from chiso.rounds.forms import Filling, asked_of
from chiso.tables import Cell

LOOKED = ("group", "body", "check", "state", "level", "seen", "url", "when")
RULED = ("group", "body", "criterion", "decision", "points", "reason", "by", "when")


def observations(index: Index, nature: Nature) -> Iterator[list[Cell]]:
    """A row for every check of the index, in the columns `LOOKED`."""
    done: set[str] = set()
    for node in index.leaves:
        criterion = node.item
        if not isinstance(criterion, Criterion) or not index.applies_to(node, nature.body.group):
            continue
        for check in criterion.checks:
            if check not in done:
                done.add(check)
                yield _look(nature, criterion, check)


def _look(nature: Nature, criterion: Criterion, check: str) -> list[Cell]:
    by, code = nature.recipe.looks, nature.body.code
    state, level, seen = _seen(nature, criterion, check)
    draw = nature.draw("when", check)
    when = by.when.format(
        year=nature.year,
        day=f"{int(draw.integers(4, 29)):02d}",
        hour=f"{int(draw.integers(7, 22)):02d}",
        minute=f"{int(draw.integers(60)):02d}",
    )
    return [nature.body.group, code, check, state, level, seen, by.url.format(code=code), when]


def _seen(nature: Nature, criterion: Criterion, check: str) -> tuple[str, float | None, str]:
    by = nature.recipe.looks
    if idle(criterion, nature):
        return by.idle.state, None, by.idle.seen
    for state, gap in by.other.items():
        if nature.happens(gap.chance, "gap", state, check):
            return state, None, gap.seen
    look = by.checks.get(check, by.default)
    level = nature.level("portal", check, spread=1.6 * nature.recipe.spread.question)
    # A body does a little better where it is looked at than where it must show documents.
    got = min(int((1.05 * level + 0.08) * look.of + nature.chance("step", check)), look.of)
    state = "pass" if got == look.of else "partial" if got else "fail"
    return state, round(got / look.of, 4), look.seen.format(got=got, of=look.of)


def rulings(index: Index, nature: Nature, filling: Filling) -> Iterator[list[Cell]]:
    """Rows in the columns `RULED` for the criteria that appraisers ruled on."""
    by = nature.recipe.rulings
    for top, criteria in asked_of(index, nature.body.group):
        for _, criterion in criteria:
            reported = any(f"{criterion.id}.{name}" in filling.values for name in criterion.inputs)
            if reported and nature.happens(by.chance, "ruling", criterion.id):
                yield _ruling(nature, criterion, top.id)


def _ruling(nature: Nature, criterion: Criterion, pillar: str) -> list[Cell]:
    by = nature.recipe.rulings
    draw = nature.draw("ruling", criterion.id, nature.year)
    open_to = {
        name: decision
        for name, decision in by.decisions.items()
        if name != "not_applicable" or criterion.optional
    }
    total = sum(decision.weight for decision in open_to.values())
    shares = [decision.weight / total for decision in open_to.values()]
    name = list(open_to)[int(draw.choice(len(open_to), p=shares))]
    decision, points, reason = open_to[name], None, None
    if decision.reasons:
        reason = decision.reasons[int(draw.integers(len(decision.reasons)))]
    if name == "correct":
        left = decision.factor * nature.level(pillar, criterion.id)
        points = round(2 * criterion.full * left) / 2
    who = by.by[int(draw.integers(len(by.by)))]
    when = f"{nature.year}-12-{int(draw.integers(2, 29)):02d}"
    body = nature.body
    return [body.group, body.code, criterion.id, name, points, reason, who, when]
