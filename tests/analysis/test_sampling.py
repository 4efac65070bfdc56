"""Krejcie and Morgan's sample size, exact, and both of its inverses."""

import json
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.satisfaction import covered_population, margin_of_error, sample_size
from tests.analysis.reference_values import HERE

SPREAD, D2 = Fraction("3.841") / 4, Fraction(1, 400)


def printed_table() -> dict[int, int]:
    table = json.loads((HERE / "krejcie_morgan.json").read_text())["table"]
    return {int(n): size for n, size in table.items()}


def test_all_sizes_of_the_printed_table() -> None:
    """Witness: all 90 sizes of the published table."""
    printed = printed_table()
    assert len(printed) == 90
    assert {n: sample_size(n) for n in printed} == printed


def test_rounding_up_keeps_the_error_within_its_limit_and_the_printed_table_does_not_always() -> None:
    printed = printed_table()
    assert all(margin_of_error(sample_size(n, rounding="up"), n) <= 0.05 for n in printed)
    assert sum(margin_of_error(size, n) > 0.05 for n, size in printed.items()) == 45
    assert sample_size(1) == 1


@given(population=st.integers(1, 2_000_000))
def test_a_sample_is_never_larger_than_its_population_and_grows_with_it(population: int) -> None:
    size = sample_size(population, rounding="up")
    assert 1 <= size <= population
    assert size <= sample_size(population + 1, rounding="up")
    assert sample_size(population) in (size, size - 1)


@given(population=st.integers(2, 100_000), share=st.floats(0.01, 1))
def test_margin_and_size_are_inverse(population: int, share: float) -> None:
    sample = max(1, int(population * share))
    d = margin_of_error(sample, population)
    if d == 0:
        assert sample == population
        return
    size = float(SPREAD) * population / (d**2 * (population - 1) + float(SPREAD))
    assert size == pytest.approx(sample, rel=1e-9)


@given(sample=st.integers(1, 384))
def test_a_sample_covers_exactly_as_many_as_it_is_enough_for(sample: int) -> None:
    largest = covered_population(sample)
    assert largest is not None
    assert sample_size(largest, rounding="up") <= sample
    assert sample_size(largest + 1, rounding="up") > sample
    assert covered_population(385) is None


def test_other_errors_and_shares() -> None:
    assert (
        sample_size(1000, error=Decimal("0.1")) < sample_size(1000) < sample_size(1000, error=Decimal("0.01"))
    )
    assert sample_size(1000, proportion=Decimal("0.2")) < sample_size(1000)
    assert covered_population(10, error=Decimal("0.9")) is None


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: sample_size(0), "population"),
        (lambda: sample_size(5, rounding="down"), "rounding"),
        (lambda: sample_size(5, proportion=Decimal(1)), "proportion"),
        (lambda: sample_size(5, error=Decimal(0)), "error"),
        (lambda: margin_of_error(11, 10), "sample"),
        (lambda: margin_of_error(0, 10), "sample"),
        (lambda: covered_population(0), "sample"),
    ],
)
def test_wrong_arguments_are_named(call, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        call()
