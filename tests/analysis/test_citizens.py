"""Citizens' share in a composite: the published line, its error, and that nobody loses by it."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.scoring import Scores, mapped, with_citizens

SCALE, ONTO = (1, 4), (1, 5)
LOW = ("low_reliability",)


def scores(score: float, se: float, reliability: float, reasons: tuple[str, ...] = ()) -> Scores:
    one = [np.array([value]) for value in (score, se, reliability)]
    return Scores(*one, np.array([6]), np.array([not reasons]), (reasons,))


def joined(
    base: Scores, mean: float, error: float, reliability: float, weight: float = 0.1, limit: float = 0.5
) -> Scores:
    return with_citizens(
        base, [mean], [error], [reliability], weight=weight, scale=SCALE, onto=ONTO, limit=limit
    )


def test_score_error_and_reliability_by_hand() -> None:
    found = joined(scores(4.0, 0.3, 0.6), 3.4, 0.12, 0.75)
    # witness: 3.4 counts as 1 + 2.4 * 4/3 = 4.2, and its error as .16
    assert found.score[0] == pytest.approx(0.9 * 4.0 + 0.1 * 4.2)
    assert found.se[0] == pytest.approx(math.sqrt((0.9 * 0.3) ** 2 + (0.1 * 0.16) ** 2))
    true = (0.9 * 0.3) ** 2 * 0.6 / 0.4 + (0.1 * 0.16) ** 2 * 0.75 / 0.25
    assert found.reliability[0] == pytest.approx(true / (true + found.se[0] ** 2))
    assert (found.n.tolist(), found.usable.tolist()) == ([6], [True])


@given(
    st.floats(0.05, 1),
    st.floats(0.01, 0.99),
    st.floats(0.01, 1),
    st.floats(0.01, 0.99),
    st.floats(0.01, 0.5),
)
def test_the_reliability_lies_between_those_of_the_parts(
    se: float, own: float, error: float, theirs: float, weight: float
) -> None:
    found = joined(scores(3.0, se, own), 3.0, error, theirs, weight)
    assert min(own, theirs) - 1e-9 <= found.reliability[0] <= max(own, theirs) + 1e-9


@pytest.mark.parametrize("gap", ["mean", "error", "reliability"])
def test_whoever_has_no_figure_keeps_what_she_has(gap: str) -> None:
    base = scores(4.0, 0.3, 0.4, LOW)
    given_figure = {"mean": 3.4, "error": 0.12, "reliability": 0.75} | {gap: math.nan}
    found = joined(base, *given_figure.values())
    assert (found.score[0], found.se[0], found.reliability[0]) == (4.0, 0.3, 0.4)
    assert (found.reasons, found.usable.tolist()) == ((LOW,), [False])


def test_without_an_overall_figure_citizens_make_none() -> None:
    found = joined(scores(math.nan, math.nan, math.nan, ("development_only",)), 3.4, 0.12, 0.75)
    assert np.isnan(found.score[0])
    assert found.reasons == (("development_only",),)


def test_an_unknown_error_stays_unknown_and_the_reliability_is_judged_anew() -> None:
    unknown = joined(scores(4.0, math.nan, math.nan, ("error_unknown",)), 3.4, 0.12, 0.75)
    assert np.isnan(unknown.se[0])
    assert unknown.reasons == (("error_unknown",),)
    better = joined(scores(4.0, 0.3, 0.49, LOW), 3.4, 0.3, 0.9, weight=0.5)
    assert (better.reasons, better.usable.tolist()) == (((),), [True])


def test_ends_go_on_ends_and_wrong_values_are_named() -> None:
    assert mapped([1, 4], SCALE, ONTO).tolist() == [1, 5]
    with pytest.raises(ValueError, match="ends must rise"):
        mapped([1], (4, 1), ONTO)
    with pytest.raises(ValueError, match="weight"):
        joined(scores(4, 0.3, 0.6), 3, 0.1, 0.6, weight=1)
