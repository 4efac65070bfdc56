"""What every function does with arguments that cannot be what they should be."""

from collections.abc import Callable
from decimal import Decimal

import numpy as np
import pytest

from analysis import (
    cronbach_alpha,
    efa,
    group_means,
    guttman_lambdas,
    icc_oneway,
    item_analysis,
    mcdonald_omega,
    omega_hierarchical,
    ordinal_alpha,
    rwg,
    sample_size,
    split_half,
    standard_error_of_measurement,
    stratified_alpha,
)

ROWS = [[1, 2], [2, 3], [3, 3], [4, 5]]


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: cronbach_alpha(np.array([["1", "2"], ["2", "3"]])), "items: must hold numbers"),
        (lambda: cronbach_alpha(np.array(ROWS) + 1j), "items: must hold numbers"),
        (
            lambda: icc_oneway(np.array(["2026-01-01"], dtype="datetime64[D]"), [1]),
            "values: must hold numbers",
        ),
        (lambda: cronbach_alpha(ROWS, confidence="95"), "confidence: must lie between 0 and 1"),
        (lambda: cronbach_alpha(ROWS, confidence=float("nan")), "confidence: must lie between 0 and 1"),
        (lambda: rwg([1, 2], [1, 1], scale=("1", "5")), "scale: must hold two numbers"),
        (lambda: group_means([1, 2], np.array(["a", 1], dtype=object)), "groups: labels of one kind"),
        (lambda: sample_size(100.5), "population: must be a whole number"),
        (lambda: sample_size(True), "population: must be a whole number"),
        (lambda: sample_size(100, error=Decimal("NaN")), "error: must be a number"),
    ],
)
def test_wrong_kinds_are_refused_by_name(call: Callable[[], object], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        call()


def test_numbers_of_numpy_and_floats_mean_what_they_say() -> None:
    assert sample_size(np.int64(500)) == 217
    assert sample_size(500, error=0.05) == 217  # as it is written, not as it is stored
    assert cronbach_alpha(np.array(ROWS, dtype=np.float32)).estimate == cronbach_alpha(ROWS).estimate


def turned() -> np.ndarray:
    rng = np.random.default_rng(1)
    x = np.clip(np.rint(3 + rng.normal(size=(300, 1)) + rng.normal(size=(300, 6))), 1, 5)
    x[:, 2] = 6 - x[:, 2]
    return x


@pytest.mark.parametrize(
    "coefficient",
    [
        cronbach_alpha,
        mcdonald_omega,
        guttman_lambdas,
        split_half,
        omega_hierarchical,
        ordinal_alpha,
        item_analysis,
        standard_error_of_measurement,
        lambda x: stratified_alpha(x, ["a"] * 3 + ["b"] * 3),
    ],
)
def test_an_item_keyed_the_other_way_is_told_and_not_turned(coefficient: Callable) -> None:
    found, right = coefficient(turned()), coefficient(6 - turned())
    assert "check_keys" in found.warnings
    assert found.estimate == pytest.approx(right.estimate, abs=1e-9)
    straight = turned()
    straight[:, 2] = 6 - straight[:, 2]
    assert "check_keys" not in coefficient(straight).warnings


def contradictory() -> np.ndarray:
    """Each pair of items from rows of its own: two agree wholly, and the third pair is the opposite."""
    x = np.full((12, 3), np.nan)
    x[:4, :2] = x[4:8, 1:] = np.repeat([[1], [2], [3], [5]], 2, axis=1)
    x[8:, [0, 2]] = [[1, 5], [2, 3], [3, 2], [5, 1]]
    return x


@pytest.mark.parametrize("coefficient", [mcdonald_omega, guttman_lambdas, split_half])
def test_pairs_that_contradict_each_other_give_no_coefficient(coefficient: Callable) -> None:
    assert coefficient(contradictory(), missing="pairwise").reason == "indefinite"


@pytest.mark.parametrize("coefficient", [cronbach_alpha, standard_error_of_measurement, item_analysis])
def test_figures_that_only_add_up_covariances_say_that_pairs_contradict(coefficient: Callable) -> None:
    assert "indefinite" in coefficient(contradictory(), missing="pairwise").warnings


def test_few_rows_for_many_items_are_told() -> None:
    few = turned()[:5]
    assert {"heywood", "few_rows"} <= set(mcdonald_omega(few).warnings)
    assert {"collinear_items", "few_rows"} <= set(efa(few, 1).warnings)
