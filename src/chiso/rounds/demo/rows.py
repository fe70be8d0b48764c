"""The rows of tables of a made-up body: its units, its services."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from chiso.index.model import Column, Input
from chiso.rounds.demo.nature import Nature
from chiso.rounds.demo.recipe import Amount, TableRecipe

_SIZED_SPREAD = 0.1
_PLAIN_ROWS = 5


def number_of(
    nature: Nature,
    key: str,
    item: Input | Column,
    amount: Amount,
    level: float,
    wholes: Mapping[str, float],
) -> float:
    """A number by the recipe, of the declared type, within its bounds and never above its whole."""
    if amount.sized:
        spread = _SIZED_SPREAD if amount.spread is None else amount.spread
        middle = amount.sized.get(nature.body.group, 1.0)
        value, most = middle * nature.size * math.exp(spread * nature.luck("sized", key)), math.inf
    else:
        value, most = amount.low + (amount.high - amount.low) * level, math.inf
        if amount.of is not None:
            whole = wholes[amount.of] - (wholes[amount.without] if amount.without else 0.0)
            # A share may be above 1 where the recipe says so: more computers than people.
            most = whole * max(amount.low, amount.high, 1.0)
            value *= whole
    value = min(max(value, item.min or 0.0), most)
    if item.max is not None:
        value = min(value, item.max)
    # Whole numbers are cut, not rounded, to stay within the whole.
    rounded = math.floor(value) if item.type == "integer" else round(value, 1)
    return float(max(rounded, item.min if item.min is not None else rounded))


def ranked_options(item: Input | Column) -> tuple[str, ...]:
    """The options of a choice as declared: from least to most, where nothing else is known."""
    return tuple(item.options)


def make_rows(
    nature: Nature, key: str, item: Input, known: Mapping[str, float]
) -> list[dict[str, Any]]:
    """The rows of a table input."""
    recipe = nature.recipe.tables.get(key)
    names = nature.recipe.names.get(key, {})
    kinds = names.get(nature.body.group) or names.get("all") or []
    rows = []
    for place in range(_count(nature, key, recipe, known)):
        given = dict(kinds[place % len(kinds)]) if kinds else {}
        if kinds and place >= len(kinds):
            first = next(iter(given))
            given[first] += f" ({place // len(kinds) + 1})"
        rows.append(_row(nature, key, item, recipe, place, given))
    return rows


def _count(nature: Nature, key: str, recipe: TableRecipe | None, known: Mapping[str, float]) -> int:
    if recipe is None:
        return _PLAIN_ROWS
    rows = recipe.rows
    if recipe.by_size:
        share = min(max(0.5 + 0.5 * math.log(nature.size), 0.0), 1.0)
    else:
        share = nature.level(key, "rows", key)
    count = rows.low + (rows.high - rows.low) * share
    if rows.of is not None:
        count *= known[rows.of]
    return min(int(count), rows.most)


def _row(
    nature: Nature,
    key: str,
    item: Input,
    recipe: TableRecipe | None,
    place: int,
    given: Mapping[str, str],
) -> dict[str, Any]:
    row: dict[str, Any] = {}
    numbers: dict[str, float] = {}
    amounts = recipe.amounts if recipe is not None else {}
    for name, column in item.columns.items():
        what = (key, place, name)
        amount = amounts.get(name, Amount())
        spread = nature.recipe.spread.chance if amount.spread is None else amount.spread
        level = nature.level(f"{key}.{name}", *what, spread=spread)
        if column.type == "text":
            row[name] = given.get(name, f"{place + 1}")
        elif column.type == "yes_no":
            row[name] = nature.chance("yes", *what) < nature.level(f"{key}.{name}", key, name)
        elif column.type == "choice":
            options = ranked_options(column)
            row[name] = options[min(int(level * len(options)), len(options) - 1)]
        else:
            barred = bool(amount.unless) and amount.unless.items() <= row.items()
            never = nature.chance("idle", *what) < amount.idle * (1 - level)
            made = number_of(nature, f"{key}.{place}.{name}", column, amount, level, numbers)
            numbers[name] = 0.0 if barred or never else made
            row[name] = int(numbers[name]) if column.type == "integer" else numbers[name]
    return row
