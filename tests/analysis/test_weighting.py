"""Weights that bring respondents to a population's shares."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.satisfaction import post_stratification_weights

SIZES = st.dictionaries(st.sampled_from("abcd"), st.floats(0.1, 1e6), min_size=1)


@given(strata=st.lists(st.sampled_from("abcd"), min_size=1, max_size=30), population=SIZES)
def test_weights_give_each_stratum_its_share_and_keep_the_number(
    strata: list[str], population: dict[str, float]
) -> None:
    found = post_stratification_weights(strata, population)
    names = np.array(strata)
    there = {name: size for name, size in population.items() if name in strata}
    assert found.empty == tuple(name for name in population if name not in strata)
    assert ("empty_stratum" in found.warnings) == bool(found.empty)
    assert (found.weights[~np.isin(names, list(population))] == 0).all()
    if not there:
        assert (found.reason, found.estimate) == ("no_respondents", None)
        return
    assert found.weights.sum() == pytest.approx(found.n)
    for name, size in there.items():
        assert found.weights[names == name].sum() / found.n == pytest.approx(size / sum(there.values()))
    assert found.design_effect is not None
    assert found.design_effect >= 1 - 1e-12
    used = found.weights[found.weights > 0]
    assert found.estimate == pytest.approx(used.sum() ** 2 / (used**2).sum())


def test_sizes_and_shares_give_the_same_and_order_does_not_matter() -> None:
    strata = ["a", "b", "a", "c", "b", "a"]
    sizes = post_stratification_weights(strata, {"a": 10, "b": 30, "c": 60})
    shares = post_stratification_weights(strata[::-1], {"c": 0.6, "a": 0.1, "b": 0.3})
    assert sizes.weights == pytest.approx(shares.weights[::-1])


def test_an_empty_or_unknown_stratum_is_told() -> None:
    found = post_stratification_weights(["a", "a", "x"], {"a": 1, "b": 1, "nobody": 0})
    assert found.warnings == ("empty_stratum", "unknown_stratum")
    assert (found.empty, found.weights.tolist(), found.n) == (("b",), [1, 1, 0], 2)
    assert post_stratification_weights([], {"a": 1}).reason == "no_respondents"
    assert post_stratification_weights(["a"], {"a": 0, "b": 1}).reason == "no_respondents"


@pytest.mark.parametrize("population", [{}, {"a": -1, "b": 2}, {"a": 0}, {"a": np.nan}, {"a": np.inf}])
def test_a_population_that_cannot_be_is_refused(population: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="population"):
        post_stratification_weights(["a"], population)
