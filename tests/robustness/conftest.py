"""The oracle: inputs and outputs of COINr 1.1.14 on its ASEM example, kept outside the project.

COINr is GPL, so its data are read from beside the repository and never copied into it. Where the
folder is absent the tests that need it are skipped.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from chiso.robustness.coin import Coin, read_coin

FOLDER = Path(__file__).parents[2].parent / "shared" / "reference" / "coinr"


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")


class Oracle:
    """COINr's files as arrays; bodies stand in the alphabetical order of COINr's outputs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def rows(self, file: str) -> list[dict[str, str]]:
        """The rows of a file as texts by column."""
        with (self.folder / file).open(encoding="utf-8-sig", newline="") as stream:
            return list(csv.DictReader(stream))

    def column(self, file: str, column: str) -> NDArray[np.float64]:
        """One column as numbers; NaN for what is none."""
        return np.array([_number(row[column]) for row in self.rows(file)])

    def table(self, file: str, columns: tuple[str, ...] | None = None) -> NDArray[np.float64]:
        """A file as shape (columns, bodies), by default the indicators."""
        rows = self.rows(file)
        assert [row["uCode"] for row in rows] == list(self.bodies)
        names = self.names if columns is None else columns
        return np.array([[_number(row[name]) for row in rows] for name in names])

    @cached_property
    def unsorted(self) -> Coin:
        """The index as this project reads it, in the order of the file."""
        return read_coin(self.folder / "input/iData.csv", self.folder / "input/iMeta.csv")

    @cached_property
    def order(self) -> NDArray[np.intp]:
        """Turns the order of the input into that of the outputs."""
        return np.argsort(np.array(self.unsorted.bodies))

    @property
    def bodies(self) -> tuple[str, ...]:
        return tuple(sorted(self.unsorted.bodies))

    @property
    def names(self) -> tuple[str, ...]:
        return self.unsorted.codes

    def group(self, name: str) -> list[str | None]:
        """The groups of the bodies."""
        groups = self.unsorted.only.groups[name]
        return [groups[place] for place in self.order]

    def step(self, name: str) -> NDArray[np.float64]:
        """A data set of the default build, shape (indicators, bodies)."""
        return self.table(f"default/data_{name}.csv")

    def panel(self, file: str) -> NDArray[np.float64]:
        """A panel, shape (years, indicators, bodies), in the order of the file."""
        rows = self.rows(file)
        years = sorted({row["Time"] for row in rows})
        bodies = list(dict.fromkeys(row["uCode"] for row in rows))
        result = np.full((len(years), len(self.names), len(bodies)), np.nan)
        for row in rows:
            at = years.index(row["Time"]), bodies.index(row["uCode"])
            result[at[0], :, at[1]] = [_number(row[name]) for name in self.names]
        return result


@pytest.fixture(scope="session")
def oracle() -> Oracle:
    if not FOLDER.is_dir():
        pytest.skip("the reference outputs of COINr are not beside the repository")
    return Oracle(FOLDER)


@pytest.fixture(scope="session")
def agrees() -> Callable[..., None]:
    """Two arrays agree to 1e-9, relative for large numbers, and in what is unknown."""

    def check(ours: object, theirs: object, tolerance: float = 1e-9) -> None:
        np.testing.assert_allclose(ours, theirs, rtol=tolerance, atol=tolerance, equal_nan=True)

    return check
