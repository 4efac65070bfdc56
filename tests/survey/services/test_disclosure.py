"""The gate: what may be shown, and what stands in its place."""

import pytest

from survey.exceptions import StepNotAllowed
from survey.models.cycles import Cycle
from survey.services import disclosure
from survey.services.disclosure import Figure, Span

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
    assert low == pytest.approx(4.7 - 1.96 * 0.2)  # witness: by hand
    assert high == 5


def test_a_composite_with_a_banded_part_is_told_to_one_decimal() -> None:
    figure = disclosure.composite_figure(SPAN, 4.2549, 0.1, 7, reason=None, has_banded_part=True)
    assert (figure.value, figure.places, figure.standard_error) == (4.3, 1, 0.1)


@pytest.mark.parametrize("share", [0.4, 0.5, 1.0])
def test_nobody_can_work_a_banded_part_out_of_its_composite(share: float) -> None:
    """Two unlike group means inside the band give the same composite as shown, so neither is given away."""
    other = 3.0
    shown = {
        disclosure.composite_figure(
            SPAN, share * mean + (1 - share) * other, 0.1, 7, reason=None, has_banded_part=True
        )
        for mean in (4.9, 5.0)
    }
    assert len(shown) == 1


def test_a_composite_at_the_end_of_the_scale_is_a_band_too() -> None:
    figure = disclosure.composite_figure(SPAN, 4.93, 0.05, 7, reason=None, has_banded_part=True)
    assert (figure.band, figure.value, figure.standard_error, figure.limit) == ("high", None, None, 4.8)


def test_an_unusable_figure_is_a_reason_for_those_who_would_use_it() -> None:
    figure = disclosure.composite_figure(SPAN, 3.4, 0.4, 7, reason="low_reliability", has_banded_part=False)
    assert figure.value == 3.4
    assert disclosure.without_unusable(figure) == Figure(SPAN, reason="low_reliability")


def test_no_composite_at_all_says_why() -> None:
    figure = disclosure.composite_figure(SPAN, None, None, None, reason=None, has_banded_part=False)
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
