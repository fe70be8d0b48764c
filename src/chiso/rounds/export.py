"""Answers written out as one long table, as `layout: long` reads them back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from chiso.index.model import Index
from chiso.rounds.answers import Answers, State
from chiso.tables import Cell, write_csv

COLUMNS = ("group", "body", "key", "value", "state", "reason", "source", "evidence")


def export_answers(path: Path, index: Index, answers: Mapping[str, Answers]) -> int:
    """Write every answer of some groups to a CSV file; returns how many.

    Table inputs are written as their number of rows, marked by the state `reported`.
    """
    rows = [row for group, read in answers.items() for row in _rows(index, group, read)]
    write_csv(path, COLUMNS, rows)
    return len(rows)


def _rows(index: Index, group: str, answers: Answers) -> Iterator[list[Cell]]:
    for place, body in enumerate(answers.bodies):
        for key in index.questions:
            state = answers.state(place, key)
            if state is State.MISSING:
                continue
            criterion = key.partition(".")[0]
            yield [
                group,
                body,
                key,
                plain_value(index, answers, place, key),
                state.word,
                answers.reasons.get((place, key)),
                answers.origins.get((place, key)),
                "; ".join(answers.evidence.get((place, criterion), ())) or None,
            ]


def plain_value(index: Index, answers: Answers, place: int, key: str) -> Cell:
    """An answer as it would be written in a file; None where there is none."""
    declared = index.questions[key]
    if declared.type == "table":
        return int(np.count_nonzero(answers.tables[key].owner == place))
    if key not in answers.columns:
        return answers.texts.get((place, key))
    value = float(answers.columns[key].values[place])
    if np.isnan(value):
        return None
    if declared.type == "choice":
        return tuple(declared.options)[int(value)]
    if declared.type == "yes_no":
        return "yes" if value else "no"
    return int(value) if declared.type == "integer" else value
