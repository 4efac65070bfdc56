"""The gate: what may be shown, and what stands in its place."""

import numpy as np
import pytest

from survey.exceptions import StepNotAllowed
from survey.models.cycles import Cycle
from survey.services.gate import disclosure
from survey.services.gate.disclosure import Figure, Span

SPAN = Span(1, 5)


@pytest.mark.parametrize(
    ("n", "mean"),
    [(None, None), (4, 3.5), (1, 3.5), (5, None)],
)
def test_a_group_too_small_has_a_reason_and_no_number(n: int | None, mean: float | None) -> None:
    figure = disclosure.group_figure(SPAN, 5, "peer", n, mean, 0.2)
    assert figure == Figure(SPAN, reason="too_few_raters")


def test_a_group_that_is_large_enough_is_shown_with_its_error() -> None:
    assert disclosure.group_figure(SPAN, 5, "peer", 5, 3.5, 0.2) == Figure(SPAN, 3.5, 0.2, 5)


def test_one_named_person_is_shown_without_an_error() -> None:
    for group in ("self", "supervisor"):
        assert disclosure.group_figure(SPAN, 5, group, 1, 5.0, None) == Figure(SPAN, 5.0, n=1)


def test_two_supervisors_are_neither_named_nor_enough() -> None:
    assert disclosure.group_figure(SPAN, 5, "supervisor", 2, 3.0, 0.2).reason == "too_few_raters"


@pytest.mark.parametrize(
    ("mean", "band"),
    [
        (4.8, "high"),
        (5.0, "high"),
        (24 / 5, "high"),
        (14.4 / 3, "high"),
        (1.2, "low"),
        (1.0, "low"),
        (4.79, ""),
    ],
)
def test_a_mean_at_the_end_of_the_scale_is_a_band_without_an_error(mean: float, band: str) -> None:
    figure = disclosure.group_figure(SPAN, 5, "peer", 5, mean, 0.2)
    assert figure.band == band
    assert (figure.value is None, figure.standard_error is None) == (bool(band), bool(band))
    assert figure.n == 5


def test_an_interval_is_cut_off_at_the_ends_of_the_scale() -> None:
    low, high = Figure(SPAN, 4.7, 0.2).interval or (0, 0)
    assert low == pytest.approx(4.7 - 1.959963984540054 * 0.2)  # witness: tables of the normal distribution
    assert high == 5


@pytest.mark.parametrize("n", range(3, 13))
def test_every_sum_inside_a_band_counts_as_its_middle_and_no_other_is_touched(n: int) -> None:
    sums = np.arange(n, 5 * n + 1)
    found = SPAN.coarsened(sums / n)
    is_low, is_high = 5 * sums <= 6 * n, 5 * sums >= 24 * n  # witness: 1.2 and 4.8 in whole numbers
    assert set(found[is_low]) == {1.1}
    assert set(found[is_high]) == {4.9}
    inside = ~is_low & ~is_high
    assert found[inside].tolist() == (sums / n)[inside].tolist()


def test_a_coarsened_mean_is_in_its_band_and_a_missing_one_stays_missing() -> None:
    low, missing, high = SPAN.coarsened(np.array([1.0, np.nan, 5.0])).tolist()
    assert (SPAN.band_of(low), SPAN.band_of(high)) == ("low", "high")
    assert np.isnan(missing)


def test_a_composite_of_coarsened_means_is_told_as_it_is() -> None:
    figure = disclosure.composite_figure(SPAN, 4.9, 0.05, 7, reason=None)
    assert (figure.value, figure.standard_error, figure.band) == (4.9, 0.05, "")


def test_an_unusable_figure_is_a_reason_for_those_who_would_use_it() -> None:
    figure = disclosure.composite_figure(SPAN, 3.4, 0.4, 7, reason="low_reliability")
    assert figure.value == 3.4
    assert disclosure.without_unusable(figure) == Figure(SPAN, reason="low_reliability")


def test_no_composite_at_all_says_why() -> None:
    figure = disclosure.composite_figure(SPAN, None, None, None, reason=None)
    assert figure == Figure(SPAN, reason="development_only")


@pytest.mark.parametrize(
    ("voice", "texts", "has_group", "shown"),
    [
        ("anonymous", 3, True, True),
        ("anonymous", 2, True, False),
        ("anonymous", 9, False, False),
        ("supervisor", 1, False, True),
        ("self", 1, False, True),
    ],
)
def test_anonymous_words_need_a_shown_group_and_three_texts(
    voice: str, texts: int, has_group: bool, shown: bool
) -> None:
    assert disclosure.may_show_texts(voice, texts, has_shown_group=has_group) is shown


@pytest.mark.parametrize("state", ["draft", "assigned", "open", "closed"])
def test_hr_sees_no_result_before_the_count(state: str) -> None:
    with pytest.raises(StepNotAllowed):
        disclosure.require_counted(Cycle(state=state))


@pytest.mark.parametrize(("state", "released"), [("tallied", False), ("released", True), ("open", False)])
def test_employees_see_released_cycles_only(state: str, released: bool) -> None:
    assert disclosure.is_released(Cycle(state=state)) is released
