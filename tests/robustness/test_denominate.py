"""Denomination against COINr and by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from chiso.robustness.denominate import denominate


def test_the_default_build_agrees(oracle: Any, agrees: Callable[..., None]) -> None:
    coin = oracle.unsorted
    denominators = {name: row[oracle.order] for name, row in coin.only.denominators.items()}
    raw = coin.only.values[:, oracle.order]
    agrees(raw, oracle.step("Raw"))
    result = denominate(raw, denominators, coin.denominated_by, names=coin.codes)
    agrees(result, oracle.step("Denominated"))


def test_only_what_has_a_denominator_is_divided_and_scaled() -> None:
    values = [[10.0, np.nan, 30.0], [1.0, 2.0, 3.0]]
    people = [1000.0, 0.0, np.nan]
    result = denominate(values, {"people": people}, ["people", None], scale=1000)
    np.testing.assert_array_equal(result, [[10, np.nan, np.nan], [1, 2, 3]])


@pytest.mark.parametrize(
    ("denominators", "by", "message"),
    [
        ({"people": [1.0, 0.0]}, ["people", None], "indicator 'a': its denominator is zero"),
        ({"people": [1.0, 1.0]}, [None, "area"], "indicator 'b': there is no such denominator"),
        ({"people": [1.0]}, ["people", None], "denominator 'people' has the shape"),
        ({}, [None], "1 choices of denominator for 2"),
    ],
)
def test_what_cannot_be_divided_is_refused(denominators: Any, by: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        denominate([[1.0, 2.0], [3.0, 4.0]], denominators, by, names=["a", "b"])
