"""Screening and denominating against COINr, and their refusals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from chiso.robustness.denominate import denominate
from chiso.robustness.screen import screen

Check = Callable[..., None]


@pytest.mark.parametrize(
    ("file", "by"), [("byNA", "unknown"), ("byzeros", "zeros"), ("byNAandzeros", "both")]
)
def test_counts_agree_with_the_oracle(oracle: Any, agrees: Check, file: str, by: Any) -> None:
    found = screen(oracle.step("Raw"), by=by)
    rows = {row["uCode"]: row for row in oracle.rows(f"screen/{file}_summary.csv")}
    for place, body in enumerate(oracle.bodies):
        row = rows[body]
        assert found.unknown[place] == int(row["N_missing"])
        assert found.zeros[place] == int(row["N_zero"])
        agrees(found.available[place], float(row["Dat_Avail"]))
        agrees(found.nonzero[place], float(row["Non_Zero"]))


def test_a_body_can_be_kept_or_left_out_by_name() -> None:
    data = np.array([[1.0, np.nan, 1.0], [1.0, np.nan, np.nan]])
    assert screen(data).included.tolist() == [True, False, False]
    forced = screen(data, force={1: True, 0: False})
    assert forced.included.tolist() == [False, True, False]
    assert forced.forced.tolist() == [True, True, False]
    assert forced.keep(data).shape == (2, 1)
    with pytest.raises(ValueError, match="no body 7"):
        screen(data, force={7: True})
    with pytest.raises(ValueError, match="from 0 to 1"):
        screen(data, available=2)


def test_denominating_agrees_with_the_default_build(oracle: Any, agrees: Check) -> None:
    coin = oracle.unsorted
    divided = denominate(
        coin.only.values, coin.only.denominators, coin.denominated_by, names=coin.codes
    )
    agrees(divided[:, oracle.order], oracle.step("Denominated"))


def test_a_denominator_that_is_zero_or_not_there_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="'x': its denominator is zero"):
        denominate([[1.0, 2.0]], {"people": [0.0, 1.0]}, ["people"], names=["x"])
    with pytest.raises(ValueError, match="there is no such denominator; there are people"):
        denominate([[1.0, 2.0]], {"people": [1.0, 1.0]}, ["area"], names=["x"])
