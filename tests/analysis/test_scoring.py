"""The composite: who carries how much, with which error, and when it may be used."""

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import Components, Composite, Limits, answered_mean, composite, self_other_gap

GROUPS = ("self", "supervisor", "peer", "subordinate")
KINDS = ("self", "supervisor", "anonymous", "anonymous")
WEIGHTS = (0.0, 0.5, 0.25, 0.25)
NAN = float("nan")


def components(scales: int = 1, within: float = 0.5, between: float = 0.2, shared: float = 0.0) -> Components:
    """The same components for every group; supervisors and self have no error that could be known."""
    table = np.full((len(GROUPS), scales, scales), shared)
    table[:, range(scales), range(scales)] = within
    truth = np.full((len(GROUPS), scales, scales), between)
    table[:2], truth[:2] = NAN, NAN
    return Components(table, truth)


def one(
    mean: list[float],
    n: list[int],
    *,
    lone: bool = True,
    parts: Components | None = None,
    limits: Limits | None = None,
) -> Composite:
    """One subject, one scale."""
    return composite(
        np.array(mean).reshape(1, 4, 1),
        np.array(n).reshape(1, 4, 1),
        named=[[True, lone, False, False]],
        groups=GROUPS,
        kinds=KINDS,
        weights=WEIGHTS,
        components=parts or components(),
        limits=limits,
    )


def test_the_composite_is_the_weighted_mean_and_self_never_counts() -> None:
    found = one([5, 4, 3, 2], [1, 1, 8, 6])
    assert found.weights.ravel().tolist() == [0, 0.5, 0.25, 0.25]
    assert found.scales.score[0, 0] == pytest.approx(0.5 * 4 + 0.25 * 3 + 0.25 * 2)


def test_its_error_holds_the_anonymous_parts_only_and_says_whose_is_missing() -> None:
    found = one([5, 4, 3, 2], [1, 1, 8, 6])
    assert found.scales.se[0, 0] == pytest.approx(np.sqrt(0.25**2 * 0.5 / 8 + 0.25**2 * 0.5 / 6))
    assert found.error_excludes == (("supervisor",),)


def test_its_reliability_rests_on_the_anonymous_parts() -> None:
    truth, error = 2 * 0.25**2 * 0.2, 0.25**2 * 0.5 * (1 / 8 + 1 / 6)
    assert one([5, 4, 3, 2], [1, 1, 8, 6]).scales.reliability[0, 0] == pytest.approx(truth / (truth + error))


def test_the_share_of_a_hidden_group_goes_to_the_shown_ones_in_proportion() -> None:
    found = one([NAN, NAN, 3, 2], [0, 0, 8, 6], lone=False)
    assert found.weights.ravel().tolist() == [0, 0, 0.5, 0.5]


def test_one_identifiable_person_never_carries_more_than_the_cap() -> None:
    """Without subordinates the supervisor would carry 2/3; the cap of .60 gives the rest to peers."""
    found = one([NAN, 4, 3, NAN], [0, 1, 8, 0])
    assert found.weights.ravel() == pytest.approx([0, 0.6, 0.4, 0])


def test_the_cap_is_the_cycles_own() -> None:
    found = one([NAN, 4, 3, 2], [0, 1, 8, 8], limits=Limits(cap=0.3))
    assert found.weights.ravel() == pytest.approx([0, 0.3, 0.35, 0.35])


def test_several_supervisors_are_not_capped() -> None:
    parts = Components(np.full((4, 1, 1), 0.5), np.full((4, 1, 1), 0.2))
    found = one([NAN, 4, 3, NAN], [0, 6, 8, 0], lone=False, parts=parts)
    assert found.weights.ravel() == pytest.approx([0, 2 / 3, 1 / 3, 0])
    assert found.error_excludes == ((),)


def test_without_an_anonymous_block_there_is_no_composite() -> None:
    found = one([5, 4, NAN, NAN], [1, 1, 0, 0])
    assert np.isnan(found.scales.score).all()
    assert found.scales.reasons == (("development_only",),)
    assert found.overall.reasons == (("development_only",),)
    assert not found.overall.usable.any()
    assert found.weights.sum() == 0


def test_it_is_usable_when_every_limit_is_reached() -> None:
    found = one([NAN, 4, 3, 2], [0, 1, 8, 6])
    assert found.scales.usable.all()
    assert found.overall.usable.all()
    assert found.scales.reasons == ((),)


@pytest.mark.parametrize(
    ("limits", "parts", "reason"),
    [
        (Limits(raters=15), components(), "too_few_raters"),
        (Limits(reliability=0.95), components(), "low_reliability"),
        (Limits(), components(between=-0.1), "low_reliability"),
        (Limits(), components(within=NAN), "error_unknown"),
    ],
)
def test_limits_that_are_not_reached_are_named(limits: Limits, parts: Components, reason: str) -> None:
    found = one([NAN, 4, 3, 2], [0, 1, 8, 6], parts=parts, limits=limits)
    assert found.scales.reasons == ((reason,),)
    assert not found.scales.usable.any()


def two_scales(shared: float) -> Composite:
    mean = np.array([[[NAN, NAN], [NAN, NAN], [3.0, 4.0], [NAN, NAN]]])
    n = np.array([[[0, 0], [0, 0], [8, 6], [0, 0]]])
    parts = components(2, shared=shared)
    return composite(
        mean, n, named=np.zeros((1, 4)), groups=GROUPS, kinds=KINDS, weights=WEIGHTS, components=parts
    )


def test_the_error_of_a_mean_over_scales_holds_their_covariance() -> None:
    """Six of at most eight ballots are complete on both scales: the covariance is .3 * 6 / (8 * 6)."""
    found = two_scales(0.3)
    assert found.overall.score.tolist() == [3.5]
    variance = (0.5 / 8 + 0.5 / 6 + 2 * 0.3 * 6 / 48) / 4
    assert found.overall.se[0] == pytest.approx(np.sqrt(variance))
    assert found.overall.se[0] > two_scales(0.0).overall.se[0]
    assert found.overall.reliability[0] == pytest.approx(0.2 / (0.2 + variance))
    assert found.overall.n.tolist() == [6]


def missing_scale(limits: Limits) -> Composite:
    mean = np.array([[[NAN, NAN], [NAN, NAN], [3.0, NAN], [NAN, NAN]]])
    n = np.array([[[0, 0], [0, 0], [8, 0], [0, 0]]])
    return composite(
        mean,
        n,
        named=np.zeros((1, 4)),
        groups=GROUPS,
        kinds=KINDS,
        weights=WEIGHTS,
        components=components(2),
        limits=limits,
    )


def test_a_mean_over_some_scales_only_is_not_usable_unless_the_limits_say_so() -> None:
    assert missing_scale(Limits()).overall.reasons == (("scales_missing",),)
    assert missing_scale(Limits()).overall.score.tolist() == [3.0]
    assert missing_scale(Limits(scales=1)).overall.usable.all()


def test_three_thousand_subjects_take_well_under_a_second() -> None:
    rng = np.random.default_rng(1)
    n = rng.integers(0, 12, (3000, 4, 7))
    mean = np.where(n > 0, rng.uniform(1, 5, n.shape), NAN)
    begin = time.perf_counter()
    found = composite(
        mean,
        n,
        named=np.tile([True, True, False, False], (3000, 1)),
        groups=GROUPS,
        kinds=KINDS,
        weights=WEIGHTS,
        components=components(7, shared=0.1),
    )
    assert time.perf_counter() - begin < 1
    assert len(found.overall.reasons) == 3000


@given(
    st.lists(st.one_of(st.just(NAN), st.floats(1, 5)), min_size=4, max_size=4),
    st.lists(st.floats(0.01, 1), min_size=3, max_size=3),
    st.floats(0.05, 0.95),
)
def test_shares_add_up_to_one_and_respect_the_cap(
    mean: list[float], weights: list[float], cap: float
) -> None:
    found = composite(
        np.array(mean).reshape(1, 4, 1),
        np.full((1, 4, 1), 5),
        named=[[True, True, False, False]],
        groups=GROUPS,
        kinds=KINDS,
        weights=[0, *weights],
        components=components(),
        limits=Limits(cap=cap),
    )
    share = found.weights.ravel()
    assert share.sum() == pytest.approx(0 if np.isnan(mean[2]) and np.isnan(mean[3]) else 1)
    assert share[0] == 0
    assert share[1] <= cap
    assert (share[np.isnan(mean)] == 0).all()


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"mean": np.ones((2, 4, 1))}, "mean"),
        ({"n": np.zeros((1, 4, 1), dtype=int)}, "n: a shown mean"),
        ({"groups": ("a",)}, "groups"),
        ({"weights": (1, 1, -1, 1)}, "weights"),
        ({"weights": (1, 0, 0, 0)}, "weights"),
    ],
)
def test_wrong_arguments_are_named(change: dict, named: str) -> None:
    arguments = {
        "mean": np.ones((1, 4, 1)),
        "n": np.full((1, 4, 1), 5),
        "named": np.zeros((1, 4)),
        "groups": GROUPS,
        "kinds": KINDS,
        "weights": WEIGHTS,
        "components": components(),
    } | change
    with pytest.raises(ValueError, match=named):
        composite(arguments.pop("mean"), arguments.pop("n"), **arguments)


@pytest.mark.parametrize("change", [{"cap": 1.0}, {"reliability": 1.0}, {"raters": 0}])
def test_limits_that_make_no_sense_are_refused(change: dict) -> None:
    with pytest.raises(ValueError, match="limits"):
        Limits(**change)


def test_a_row_counts_with_its_answered_items_if_at_least_half_are_answered() -> None:
    found = answered_mean([[1, 2, NAN, NAN], [1, NAN, NAN, NAN], [2, 3, 4, 5]])
    assert found[0] == 1.5
    assert np.isnan(found[1])
    assert found[2] == 3.5


def test_the_gap_to_the_others_takes_each_answer_alike() -> None:
    gap = self_other_gap(4.0, [3.5, 3.0], [6, 2], [0.2, 0.4])
    assert gap is not None
    assert gap.difference == pytest.approx(4.0 - (6 * 3.5 + 2 * 3.0) / 8)
    assert gap.se == pytest.approx(((6 * 0.2) ** 2 + (2 * 0.4) ** 2) ** 0.5 / 8)
    assert self_other_gap(4.0, [], [], []) is None
    assert self_other_gap(np.nan, [3.5], [6], [0.2]) is None
    with pytest.raises(ValueError, match="mean, n, se"):
        self_other_gap(4.0, [np.nan], [5], [0.2])


def test_groups_without_weight_are_no_groups_too_small() -> None:
    """Six subordinates are shown but carry nothing: the weights are the reason, not the number of answers."""
    weights = (0.0, 0.6, 0.4, 0.0)  # the fourth group's is zero; no peer answered
    found = composite(
        np.array([[[NAN], [4.0], [NAN], [3.0]], [[NAN], [4.0], [NAN], [NAN]]]),
        np.array([[[0], [1], [0], [6]], [[0], [1], [0], [0]]]),
        named=[[True, True, False, False]] * 2,
        groups=GROUPS,
        kinds=KINDS,
        weights=weights,
        components=components(),
    )
    assert found.overall.reasons == (("no_weighted_group",), ("development_only",))
    assert found.scales.reasons == (("no_weighted_group",), ("development_only",))
    assert np.isnan(found.overall.score).all()
    assert not found.overall.usable.any()


def test_one_scale_with_weight_is_a_figure_though_another_has_none() -> None:
    found = composite(
        np.array([[[NAN, NAN], [4.0, 4.0], [3.0, NAN], [3.0, 3.0]]]),
        np.array([[[0, 0], [1, 1], [6, 0], [6, 6]]]),
        named=[[True, True, False, False]],
        groups=GROUPS,
        kinds=KINDS,
        weights=(0.0, 0.6, 0.4, 0.0),
        components=components(2),
        limits=Limits(reliability=0.0),
    )
    assert found.scales.reasons == ((), ("no_weighted_group",))
    assert found.overall.reasons == (("scales_missing",),)
