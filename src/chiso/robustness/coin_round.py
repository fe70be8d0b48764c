"""A round made from the two tables of COINr users: index, bodies and answers in a folder.

Indicators become criteria between two goalposts, the worst and the best value of the data, so
that the index scores a body as min-max normalisation does; levels are weighted means. From there
on the index is a file like any other: goalposts can be set, evidence asked for, rules changed.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from ruamel.yaml import YAML

from chiso.bodies import slug
from chiso.problems import InvalidInput, Problem
from chiso.robustness.coin import Coin
from chiso.rounds.scaffold import refuse_existing
from chiso.tables import atomic_write, write_csv

GROUP = "body"


def write_coin_round(coin: Coin, folder: Path, name: str, year: int) -> None:
    """Write `index.yaml`, `bodies.csv`, `answers.csv` and `round.yaml` into a new folder.

    Only the latest year of a panel is taken. Raises InvalidInput if the folder holds a round,
    or if an indicator or node cannot be scored as it is, with every reason.
    """
    refuse_existing(folder / "round.yaml")
    values = coin.years[-1].values
    _check(coin, values)
    ids = _ids((*coin.codes, *coin.tree.aggregates))
    codes = _unique([slug(body) or f"body-{n}" for n, body in enumerate(coin.bodies, 1)])
    folder.mkdir(parents=True, exist_ok=True)
    _write_yaml(folder / "index.yaml", _index(coin, values, ids, name))
    bodies = [
        [code, title, title, GROUP] for code, title in zip(codes, coin.body_names, strict=True)
    ]
    write_csv(folder / "bodies.csv", ["code", "name_vi", "name_en", "group"], bodies, excel=False)
    rows = [
        [code, *(None if np.isnan(value) else float(value) for value in values[:, place])]
        for place, code in enumerate(codes)
    ]
    columns = ["body", *(ids[code] for code in coin.codes)]
    write_csv(folder / "answers.csv", columns, rows, excel=False)
    _write_yaml(
        folder / "round.yaml",
        {
            "round": slug(name) or "imported",
            "title": {"vi": name, "en": name},
            "index": "index.yaml",
            "year": year,
            "bodies": "bodies.csv",
            "groups": [GROUP],
            "decimal": "point",
            "answers": [{"file": "answers.csv"}],
        },
    )


def _check(coin: Coin, values: np.ndarray[Any, np.dtype[np.float64]]) -> None:
    problems = []
    for indicator, row in zip(coin.indicators, values, strict=True):
        known = row[~np.isnan(row)]
        if len(known) == 0 or known.min() == known.max():
            message = f"the indicator '{indicator.code}' does not differ between bodies"
            problems.append(Problem(message, hint="leave it out of both tables"))
    problems += [
        Problem(f"'{node}' has no weight", hint="leave it out of both tables")
        for node in (*coin.codes, *coin.tree.aggregates)
        if node != coin.tree.root and coin.tree.weight(node) <= 0
    ]
    if problems:
        raise InvalidInput(problems)


def _ids(codes: tuple[str, ...]) -> dict[str, str]:
    """Ids of nodes: small letters, digits and _, each once."""
    made = [re.sub(r"[^a-z0-9]+", "_", slug(code)).strip("_") or "node" for code in codes]
    made = [text if text[0].isalpha() else f"n_{text}" for text in made]
    return dict(zip(codes, _unique(made, "_"), strict=True))


def _unique(texts: list[str], mark: str = "-") -> list[str]:
    seen: dict[str, int] = {}
    found = []
    for text in texts:
        seen[text] = seen.get(text, 0) + 1
        found.append(text if seen[text] == 1 else f"{text}{mark}{seen[text]}")
    return found


def _index(
    coin: Coin, values: np.ndarray[Any, np.dtype[np.float64]], ids: Mapping[str, str], name: str
) -> dict[str, Any]:
    row = {code: place for place, code in enumerate(coin.codes)}

    def node(code: str) -> dict[str, Any]:
        title = coin.titles.get(code, code)
        made: dict[str, Any] = {
            "id": ids[code],
            "title": {"vi": title, "en": title},
            "weight": float(coin.tree.weight(code)),
        }
        if code in row:
            return made | _criterion(coin, row[code], values[row[code]])
        return made | {"aggregate": "weights"} | below(code)

    def below(code: str) -> dict[str, Any]:
        children = coin.tree.children[code]
        parts = {
            "pillars": [node(child) for child in children if child not in row],
            "criteria": [node(child) for child in children if child in row],
        }
        return {key: nodes for key, nodes in parts.items() if nodes}

    return {
        "index": slug(name) or "imported",
        "version": "1",
        "title": {"vi": name, "en": name},
        "groups": {GROUP: {"vi": "đơn vị", "en": "bodies"}},
        "aggregate": "weights",
        **below(coin.tree.root),
    }


def _criterion(
    coin: Coin, place: int, values: np.ndarray[Any, np.dtype[np.float64]]
) -> dict[str, Any]:
    indicator = coin.indicators[place]
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    worst, best = (low, high) if indicator.direction > 0 else (high, low)
    asked: dict[str, Any] = {
        "type": "number",
        "title": {"vi": indicator.name, "en": indicator.name},
    }
    if indicator.unit:
        asked["unit"] = {"vi": indicator.unit, "en": indicator.unit}
    return {
        "points": 1,
        "source": "published",
        "inputs": {"value": asked},
        "rule": {"goalposts": {"of": "value", "from": worst, "to": best}},
    }


def _write_yaml(path: Path, tree: dict[str, Any]) -> None:
    yaml = YAML()
    yaml.default_flow_style = False
    yaml.width = 100
    text = io.StringIO()
    yaml.dump(tree, text)
    with atomic_write(path) as file:
        file.write(text.getvalue().encode())
