"""The answers of a made-up body: any declared question, by its type and bounds or by the recipe."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from chiso.index.model import Column, Criterion, Index, Input
from chiso.index.rules import Levels
from chiso.rounds.answers import State
from chiso.rounds.demo.nature import Nature
from chiso.rounds.demo.recipe import Amount
from chiso.rounds.demo.rows import make_rows, number_of, ranked_options
from chiso.rounds.forms import Filling, asked_of

FACTS = "facts"
_SMALL_BOUND = 20


def fill(index: Index, nature: Nature) -> Filling:
    """Everything that a body reports: values, tables, states with reasons, evidence."""
    filling = Filling()
    maker = _Maker(index, nature)
    for key, item in index.facts.items():
        if item.type != "table":
            filling.values[key] = maker.value(key, item, FACTS)
    for key, item in index.facts.items():
        if item.type == "table":
            filling.tables[key] = make_rows(nature, key, item, maker.known)
    for top, criteria in asked_of(index, nature.body.group):
        for _, criterion in criteria:
            if not idle(criterion, nature):
                maker.criterion(filling, criterion, top.id)
    return filling


def idle(criterion: Criterion, nature: Nature) -> bool:
    """Whether a criterion asks only bodies with something that this body has none of."""
    if criterion.applies is None:
        return False
    zero = {fact for fact, codes in nature.recipe.zero.items() if nature.body.code in codes}
    return bool(criterion.applies.names & zero)


def awards(index: Index, nature: Nature) -> Iterator[tuple[str, float | None]]:
    """The points that a board awards, by key; None where it has not met."""
    maker = _Maker(index, nature)
    for node in index.leaves:
        criterion = node.item
        if not isinstance(criterion, Criterion) or not criterion.awarded:
            continue
        for name, item in criterion.all_inputs.items():
            key = f"{criterion.id}.{name}"
            if name in criterion.inputs or not index.applies_to(node, nature.body.group):
                continue
            waits = nature.happens(nature.recipe.awards.pending, "award", key)
            yield key, None if waits else round(2 * maker.value(key, item, key)) / 2


class _Maker:
    """Makes answers one by one; `known` holds those made before, which others are shares of."""

    def __init__(self, index: Index, nature: Nature) -> None:
        self.index, self.nature, self.recipe = index, nature, nature.recipe
        self.known: dict[str, float] = {}

    def criterion(self, filling: Filling, criterion: Criterion, pillar: str) -> None:
        excuse = self.excuse(criterion)
        answered = not criterion.inputs
        for name, item in criterion.inputs.items():
            key = f"{criterion.id}.{name}"
            if item.type == "table":
                filling.tables[key] = make_rows(self.nature, key, item, self.known)
            elif excuse is not None:
                filling.states[key] = (State.NOT_APPLICABLE, excuse)
            else:
                value = self.value(key, item, pillar)
                if not self.nature.happens(self.recipe.missing, "missing", key):
                    filling.values[key] = value
                    answered = True
        if answered and criterion.evidence.required:
            documents = self.documents(criterion)
            if documents:
                filling.evidence[criterion.id] = documents

    def excuse(self, criterion: Criterion) -> str | None:
        """Why the criterion does not apply to the body, None where it does."""
        if not criterion.optional:
            return None
        general = self.recipe.not_applicable
        special = general.criteria.get(criterion.id)
        reason, chance = general.reason, general.chance
        if special is not None:
            reason = special.reason
            chance = special.groups.get(self.nature.body.group, chance)
        return reason if self.nature.chance("excuse", criterion.id) < chance else None

    def documents(self, criterion: Criterion) -> list[str]:
        by, nature = self.recipe.evidence, self.nature
        if nature.happens(by.blank, "evidence", criterion.id):
            return []
        draw = nature.draw("evidence", criterion.id, nature.year)
        name = by.names[int(draw.integers(len(by.names)))].format(
            code=nature.body.code,
            criterion=criterion.id,
            number=int(draw.integers(11, 990)),
            day=int(draw.integers(1, 29)),
            year=nature.year,
        )
        late = nature.happens(by.late, "late", criterion.id)
        return [f"{name} ({by.late_note})" if late else name]

    def value(self, key: str, item: Input, pillar: str) -> Any:
        """The answer to a question."""
        level = self.nature.level(pillar, key)
        if item.type == "yes_no":
            needed = self.recipe.needs.get(key)
            said = self.nature.chance("yes", key) < level**0.8
            self.known[key] = float(said and (needed is None or self.known[needed] == 1.0))
            return self.known[key] == 1.0
        if item.type == "choice":
            options = self.options(key, item)
            wide = self.recipe.spread.chance
            shifted = level + wide * (self.nature.chance("option", key) - 0.5)
            return options[min(max(int(shifted * len(options)), 0), len(options) - 1)]
        if item.type == "date":
            return f"{self.nature.year}-{1 + int(level * 11):02d}-15"
        if item.type == "text":
            return f"{self.nature.body.name.vi}: nội dung minh họa"
        value = self.number(key, item, pillar, level)
        self.known[key] = value
        return int(value) if item.type == "integer" else value

    def number(self, key: str, item: Input, pillar: str, level: float) -> float:
        if self.nature.body.code in self.recipe.zero.get(key, ()):
            return 0.0
        amount = self.recipe.amounts.get(key)
        if amount is None:
            return _between(item, level, self.nature.size)
        if amount.spread is not None:
            level = self.nature.level(pillar, key, spread=amount.spread)
        return number_of(self.nature, key, item, amount, level, self.wholes(amount))

    def wholes(self, amount: Amount) -> Mapping[str, float]:
        """The answers that an amount is made from, made now where they come later."""
        for key in amount.wholes:
            if key not in self.known:
                self.value(key, self.index.questions[key], key.partition(".")[0])
        return self.known

    def options(self, key: str, item: Input) -> tuple[str, ...]:
        """The options from the one that earns least to the one that earns most."""
        owner, _, name = key.rpartition(".")
        if owner:
            for rule in self.index.criterion(owner).rule.walk():
                if isinstance(rule, Levels) and rule.levels.of == name:
                    earns = rule.levels.at
                    return tuple(sorted(item.options, key=lambda option: earns.get(option, 0.0)))
        return ranked_options(item)


def _between(item: Input | Column, level: float, size: float) -> float:
    """A number within the bounds of a question that the recipe does not know."""
    low = 0.0 if item.min is None else item.min
    high = max(low + 100.0, 100.0) if item.max is None else item.max
    if high - low > _SMALL_BOUND:
        high = low + min(high - low, 100.0 * size)
    value = low + (high - low) * level
    return float(math.floor(value)) if item.type == "integer" else round(value, 2)
