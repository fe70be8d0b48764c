"""Two versions of a result side by side."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chiso.robustness.versions import compare_versions

SCORES = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 9).map(float))


def test_bodies_of_both_versions_are_ranked_anew_among_themselves() -> None:
    found = compare_versions(
        {"a": 9.0, "gone": 8.0, "b": 7.0, "c": 6.0, "mute": math.nan},
        {"c": 3.0, "b": 2.0, "a": 1.0, "new": 9.0, "mute": 1.0},
    )
    assert found.bodies == ("a", "b", "c")
    assert found.first_ranks.tolist() == [1, 2, 3]
    assert found.second_ranks.tolist() == [3, 2, 1]
    assert found.shifts.tolist() == [-2, 0, 2]
    assert found.only_first == ("gone",)
    assert found.only_second == ("new", "mute")
    assert found.mean_shift == pytest.approx(4 / 3)
    assert found.most_shift == 2
    assert found.spearman == pytest.approx(-1)
    assert found.kendall == pytest.approx(-1)


def test_versions_without_a_common_body_have_nothing_to_compare() -> None:
    found = compare_versions({"a": 1.0}, {"b": 1.0})
    assert found.bodies == ()
    assert math.isnan(found.mean_shift)
    assert math.isnan(found.pearson)


@given(SCORES)
def test_a_version_compared_with_itself_does_not_move(scores: dict[str, float]) -> None:
    found = compare_versions(scores, scores)
    assert not found.shifts.any()
    assert found.only_first == found.only_second == ()


@given(SCORES, SCORES)
def test_looking_from_the_other_side_turns_the_shifts(
    first: dict[str, float], second: dict[str, float]
) -> None:
    there, back = compare_versions(first, second), compare_versions(second, first)
    place = {body: at for at, body in enumerate(back.bodies)}
    turned = np.array([-back.shifts[place[body]] for body in there.bodies])
    np.testing.assert_array_equal(there.shifts, turned)
    assert (there.only_first, there.only_second) == (back.only_second, back.only_first)
