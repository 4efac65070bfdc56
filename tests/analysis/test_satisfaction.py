"""The satisfaction index in exact arithmetic, against published figures and at its cuts."""

import csv
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import (
    ElementTotals,
    QualityBand,
    SatisfactionPolicy,
    element_totals,
    quality_band,
    round_half_up,
    satisfaction_index,
)
from tests.analysis.reference_values import HERE

NAMES = tuple(f"u{i}" for i in range(1, 10))
POLICY = SatisfactionPolicy(
    elements=NAMES,
    low=1,
    high=4,
    factor=25,
    bands=(
        QualityBand("D", "Tidak baik", Decimal("25.00")),
        QualityBand("C", "Kurang baik", Decimal("65.00")),
        QualityBand("B", "Baik", Decimal("76.61")),
        QualityBand("A", "Sangat baik", Decimal("88.31")),
    ),
    weights={"1/9": None, "0.111": Decimal("0.111"), "0.11": Decimal("0.11")},
)


def examples() -> list[dict[str, str]]:
    with (HERE / "skm" / "worked_examples_detail.csv").open() as file:
        return list(csv.DictReader(file))


def totals(row: dict[str, str]) -> ElementTotals:
    n = int(row["n"])
    return ElementTotals({u: int(row[f"sum_{u}"]) for u in NAMES}, dict.fromkeys(NAMES, n), n)


@pytest.mark.parametrize("row", examples(), ids=lambda row: f"{row['unit']} {row['weight_in_source'][:6]}")
@pytest.mark.parametrize(
    ("mode", "column"), [("1/9", "ikm_w_1_9"), ("0.111", "ikm_w_0111"), ("0.11", "ikm_w_011")]
)
def test_worked_example(row: dict[str, str], mode: str, column: str) -> None:
    """The table's own figures; those of the unnamed agency were computed from NRR of three decimals."""
    decimals = 3 if "rounded first" in row["weight_in_source"] else None
    found = satisfaction_index(totals(row), policy=POLICY, weight_mode=mode, nrr_decimals=decimals)
    assert found.ikm_exact is not None
    assert round_half_up(found.ikm_exact, 3) == Decimal(row[column]).quantize(Decimal("0.001"))
    if mode == "1/9":
        assert found.band is not None
        assert found.band.code == row["category"]


@pytest.mark.parametrize(
    ("unit", "mode", "decimals", "ikm"),
    [
        ("Unnamed agency website, Triwulan 1", "1/9", 3, "94.53"),
        ("Unnamed agency website, Triwulan 1", "1/9", None, "94.54"),
        ("Unnamed agency website, Triwulan 2", "1/9", 3, "95.02"),
        ("GASPUL service app, Triwulan III", "0.11", None, "90.56"),
        ("GASPUL service app, Triwulan III", "1/9", None, "91.48"),
        ("Disdukcapil Kab. Tulang Bawang Barat, Semester 1", "1/9", None, "100.00"),
    ],
)
def test_published_figures_are_reproduced_with_the_stated_mode(
    unit: str, mode: str, decimals: int | None, ikm: str
) -> None:
    row = next(row for row in examples() if row["unit"] == unit)
    found = satisfaction_index(totals(row), policy=POLICY, weight_mode=mode, nrr_decimals=decimals)
    assert found.ikm == Decimal(ikm)
    assert (found.weight_mode, found.nrr_decimals) == (mode, decimals)


def sekadau() -> np.ndarray:
    with (HERE / "skm" / "sekadau_2019_raw49.csv").open() as file:
        return np.array([[float(row[u]) for u in NAMES] for row in csv.DictReader(file)])


def test_sekadau_raw_rows() -> None:
    """Witness: the column sums printed beside the published rows, NI 3.1497, IKM 78.74, band B."""
    found = satisfaction_index(sekadau(), policy=POLICY)
    assert [found.elements[u].nrr for u in NAMES] == [
        Fraction(total, 49) for total in (138, 139, 150, 177, 159, 163, 161, 143, 159)
    ]
    assert found.ni is not None
    assert round_half_up(found.ni, 4) == Decimal("3.1497")
    assert found.ikm == Decimal("78.74")
    assert found.band is not None
    assert found.band.code == "B"
    assert found.n == 49


def test_each_element_has_its_own_denominator() -> None:
    rows = np.full((3, 9), 3.0)
    rows[0, 0] = np.nan
    rows[1, 0] = 1.0
    found = satisfaction_index(rows, policy=POLICY)
    assert (found.elements["u1"].n, found.elements["u2"].n) == (2, 3)
    assert found.ni == (Fraction(4, 2) + 8 * 3) / 9


@pytest.mark.parametrize(
    ("ikm", "code"),
    [
        ("25", "D"),
        ("64.99", "D"),
        ("64.994", "D"),
        ("64.995", "C"),
        ("65.00", "C"),
        ("76.60", "C"),
        ("76.605", "B"),
        ("76.61", "B"),
        ("88.30", "B"),
        ("88.305", "A"),
        ("88.31", "A"),
        ("100", "A"),
    ],
)
def test_bands_begin_at_their_cut_after_rounding_half_up(ikm: str, code: str) -> None:
    assert quality_band(Decimal(ikm), POLICY).code == code
    assert quality_band(float(ikm), POLICY).code == code


@pytest.mark.parametrize(
    ("total", "ikm", "code"),
    [
        # NI between the printed ends 2.5996 and 2.60, 3.064 and 3.0644, 3.532 and 3.5324
        (25_997, "64.99", "D"),
        (25_998, "65.00", "C"),
        (30_641, "76.60", "C"),
        (30_642, "76.61", "B"),
        (35_321, "88.30", "B"),
        (35_322, "88.31", "A"),
        (10_000, "25.00", "D"),
        (40_000, "100.00", "A"),
    ],
)
def test_no_index_falls_between_two_printed_bands(total: int, ikm: str, code: str) -> None:
    """Ten thousand answers to each element, so that NI has four decimals."""
    given_totals = ElementTotals(dict.fromkeys(NAMES, total), dict.fromkeys(NAMES, 10_000), 10_000)
    found = satisfaction_index(given_totals, policy=POLICY)
    assert found.band is not None
    assert (found.ikm, found.band.code) == (Decimal(ikm), code)


@given(
    st.lists(st.lists(st.sampled_from([1, 2, 3, 4, None]), min_size=9, max_size=9), min_size=1, max_size=20)
)
def test_the_index_stays_in_its_range_and_order_and_gaps_add_nothing(rows: list[list[int | None]]) -> None:
    x = np.array(rows, dtype=float)
    found = satisfaction_index(x, policy=POLICY)
    assert satisfaction_index(x[::-1], policy=POLICY).ikm_exact == found.ikm_exact
    assert satisfaction_index(np.vstack([x, np.full(9, np.nan)]), policy=POLICY).ikm_exact == found.ikm_exact
    if found.ikm is None:
        assert found.reason == "element_without_answers"
    else:
        assert 25 <= found.ikm <= 100


def test_an_index_below_every_cut_is_in_the_lowest_band() -> None:
    found = satisfaction_index(np.ones((2, 9)), policy=POLICY, weight_mode="0.11")
    assert found.ikm == Decimal("24.75")
    assert found.band == POLICY.bands[0]


def test_an_element_that_nobody_answered_leaves_no_index() -> None:
    rows = np.full((3, 9), 3.0)
    rows[:, 4] = np.nan
    found = satisfaction_index(rows, policy=POLICY)
    assert found.ikm is found.ni is found.band is None
    assert found.reason == "element_without_answers"
    assert found.elements["u5"].nrr is None


def test_nobody_answered() -> None:
    assert satisfaction_index(np.zeros((0, 9)), policy=POLICY).reason == "element_without_answers"


@given(
    st.lists(st.lists(st.sampled_from([1, 2, 3, 4, None]), min_size=9, max_size=9), max_size=20),
    st.integers(0, 20),
)
def test_totals_of_parts_add_up(rows: list[list[int | None]], cut: int) -> None:
    x = np.array(rows, dtype=float).reshape(-1, 9)
    assert element_totals(x[:cut], POLICY) + element_totals(x[cut:], POLICY) == element_totals(x, POLICY)


@given(st.lists(st.lists(st.integers(1, 4), min_size=9, max_size=9), min_size=1, max_size=20))
def test_the_index_is_the_grand_mean_times_25_when_nobody_skips(rows: list[list[int]]) -> None:
    found = satisfaction_index(rows, policy=POLICY)
    assert found.ikm_exact == Fraction(25 * sum(map(sum, rows)), 9 * len(rows))


@given(st.fractions(-100, 100), st.integers(0, 4))
def test_rounding_half_up_is_never_more_than_half_a_step_off(value: Fraction, decimals: int) -> None:
    off = Fraction(round_half_up(value, decimals)) - value
    assert -Fraction(1, 2) < off * 10**decimals <= Fraction(1, 2)


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: satisfaction_index([[5] * 9], policy=POLICY), "rows"),
        (lambda: satisfaction_index([[2.5] * 9], policy=POLICY), "rows"),
        (lambda: satisfaction_index([[1] * 8], policy=POLICY), "rows"),
        (lambda: satisfaction_index([[1] * 9], policy=POLICY, weight_mode="0.1"), "weight_mode"),
        (lambda: satisfaction_index([[1] * 9], policy=POLICY, nrr_decimals=-1), "nrr_decimals"),
        (lambda: satisfaction_index(ElementTotals({"u1": 1}, {"u1": 1}, 1), policy=POLICY), "answers"),
        (
            lambda: satisfaction_index(
                ElementTotals(dict.fromkeys(NAMES, 9), dict.fromkeys(NAMES, 2), 2), policy=POLICY
            ),
            "answers",
        ),
        (lambda: SatisfactionPolicy(NAMES, 1, 4, 25, POLICY.bands[::-1], {}), "bands"),
        (lambda: SatisfactionPolicy(("u1", "u1"), 1, 4, 25, POLICY.bands, {}), "elements"),
        (lambda: ElementTotals({"u1": 1}, {"u1": 1}, 1) + ElementTotals({"u2": 1}, {"u2": 1}, 1), "elements"),
    ],
)
def test_wrong_arguments_are_named(call, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        call()
