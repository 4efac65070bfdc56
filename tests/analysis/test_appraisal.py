"""The rules of appraisal at every cut, with the articles they stand in."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import msgspec
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from analysis.appraisal import (
    AppraisalResult,
    BehaviourWeights,
    DistributionRule,
    distribution_check,
    permenpanrb_6_2022,
    pp30_2019,
)
from survey import rules

PP30, MATRIX, SPREAD = rules.pp30_policy(), rules.matrix_policy(), rules.distribution_policy()
VALUES = st.decimals(0, 120, places=2)


def pp30(value: object, behaviour: object = None, **given: bool) -> AppraisalResult:
    manner = value if behaviour is None else behaviour
    return pp30_2019(value, manner, policy=PP30, **({"uses_opinion": True} | given))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("0", "sangat_kurang"), ("49.99", "sangat_kurang"), ("50", "kurang"), ("69.99", "kurang"),
        ("70", "cukup"), ("89.99", "cukup"), ("89.9999999", "cukup"), ("90", "baik"), ("109.99", "baik"),
        ("110", "sangat_baik"), ("120", "sangat_baik"),
    ],
)  # fmt: skip
def test_pp30_at_every_cut(value: str, code: str) -> None:
    assert pp30(Decimal(value), has_new_idea=True).code == code


def test_without_a_new_idea_nobody_is_sangat_baik() -> None:
    found = pp30(115)
    assert (found.code, found.warnings) == ("baik", ("new_idea_missing",))
    assert (found.source.article, found.source.confidence) == ("Pasal 41(5)", "REG")
    assert pp30(100).warnings == ()


def test_weights_follow_the_use_of_opinion_exactly() -> None:
    assert pp30(100, 80).value == Fraction(92)
    assert pp30(100, 80, uses_opinion=False).value == Fraction(94)
    assert pp30(0.1, 0.2).value == Fraction(14, 100)


def test_what_lies_above_the_cap_counts_as_the_cap() -> None:
    found = pp30(180, 60)
    assert found.value == Fraction(6, 10) * 120 + Fraction(4, 10) * 60
    assert found.warnings == ("capped",)
    assert [each.confidence for each in found.sources] == ["REG", "SEC", "REG"]
    assert pp30(120, 60).warnings == ()
    assert pp30(Decimal("120.0001"), 60).value == found.value


@pytest.mark.parametrize(
    ("results", "behaviour", "reasons"),
    [
        (None, 90, ("no_results",)),
        (90, float("nan"), ("no_behaviour",)),
        (None, None, ("no_results", "no_behaviour")),
    ],
)
def test_what_is_missing_is_no_number(results: object, behaviour: object, reasons: tuple[str, ...]) -> None:
    found = pp30_2019(results, behaviour, policy=PP30, uses_opinion=True)  # type: ignore[arg-type]
    assert (found.code, found.value, found.warnings) == (None, None, reasons)
    assert found.reason == reasons[0]


@given(one=VALUES, other=VALUES, fixed=VALUES, given_idea=st.booleans(), uses_opinion=st.booleans())
def test_more_is_never_less(
    one: Decimal, other: Decimal, fixed: Decimal, given_idea: bool, uses_opinion: bool
) -> None:
    order = [each.code for each in PP30.predicates]

    def place(results: Decimal, behaviour: Decimal, has_new_idea: bool) -> int:
        found = pp30(results, behaviour, has_new_idea=has_new_idea, uses_opinion=uses_opinion)
        assert 0 <= (found.value or 0) <= 120
        return order.index(found.code or "")

    low, high = sorted([one, other])
    assert place(low, fixed, given_idea) <= place(high, fixed, given_idea)
    assert place(fixed, low, given_idea) <= place(fixed, high, given_idea)
    assert place(one, other, False) <= place(one, other, True)


@pytest.mark.parametrize(
    "wrong", [-1, Decimal("-0.01"), float("inf"), Decimal("Infinity"), Decimal("sNaN"), "80"]
)
def test_values_that_cannot_be_are_refused_by_name(wrong: object) -> None:
    with pytest.raises(ValueError, match="results"):
        pp30(wrong)


def test_numbers_too_large_for_floats_count_as_the_cap() -> None:
    assert pp30(10**400, 100).value == pp30(PP30.cap, 100).value


def test_the_weighted_rule_itself_is_checked() -> None:
    odd = BehaviourWeights(Decimal("0.6"), Decimal("0.5"), PP30.cap_source)
    for changes, named in (
        ({"predicates": PP30.predicates[::-1]}, "predicates"),
        ({"predicates": PP30.predicates[1:]}, "predicates"),
        ({"predicates": (replace(PP30.predicates[0], needs_new_idea=True),)}, "predicates"),
        ({"with_opinion": odd}, "weights"),
        ({"cap": Decimal(0)}, "cap"),
    ):
        with pytest.raises(ValueError, match=named):
            replace(PP30, **changes)


NINE = {
    ("above", "below"): "kurang", ("above", "as_expected"): "baik", ("above", "above"): "sangat_baik",
    ("as_expected", "below"): "kurang", ("as_expected", "as_expected"): "baik",
    ("as_expected", "above"): "baik",
    ("below", "below"): "sangat_kurang", ("below", "as_expected"): "butuh_perbaikan",
    ("below", "above"): "butuh_perbaikan",
}  # fmt: skip


@pytest.mark.parametrize(("ratings", "code"), NINE.items(), ids=lambda each: str(each))
def test_the_nine_cells(ratings: tuple[str, str], code: str) -> None:
    found = permenpanrb_6_2022(*ratings, policy=MATRIX)  # type: ignore[arg-type]
    assert (found.code, found.source.confidence) == (code, "SEC")


def test_a_better_rating_is_never_a_worse_predicate() -> None:
    order = list(MATRIX.names)  # from the best
    steps = ("below", "as_expected", "above")
    table = [[order.index(MATRIX.cells[results, manner]) for manner in steps] for results in steps]
    assert all(row == sorted(row, reverse=True) for row in table)
    assert all(list(column) == sorted(column, reverse=True) for column in zip(*table, strict=True))


def test_a_missing_or_unknown_rating_is_told() -> None:
    assert permenpanrb_6_2022(None, "above", policy=MATRIX).reason == "no_results"
    with pytest.raises(ValueError, match="results, behaviour"):
        permenpanrb_6_2022("high", "above", policy=MATRIX)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("organisation", "counts", "warnings"),
    [
        ("istimewa", {"sangat_baik": 7, "baik": 3}, ()),
        ("istimewa", {"sangat_baik": 71, "baik": 29}, ("main_too_large:sangat_baik",)),
        ("istimewa", {"sangat_baik": 4, "baik": 6}, ("main_not_largest:sangat_baik",)),
        ("baik", {"baik": 7, "sangat_baik": 2, "kurang": 1}, ()),
        ("baik", {"baik": 7, "sangat_baik": 3}, ("nobody_in:butuh_perbaikan+kurang",)),
        ("butuh_perbaikan", {"butuh_perbaikan": 6, "baik": 3, "sangat_baik": 1}, ()),
        (
            "butuh_perbaikan",
            {"butuh_perbaikan": 5, "baik": 3, "sangat_baik": 2},
            ("main_too_small:butuh_perbaikan", "too_many:sangat_baik"),
        ),
        ("kurang", {"kurang": 92, "butuh_perbaikan": 8}, ("too_few_of:butuh_perbaikan",)),
        (
            "sangat_kurang",
            {"sangat_kurang": 8, "kurang": 1, "sangat_baik": 1},
            ("should_not_exist:sangat_baik",),
        ),
    ],
)
def test_a_distribution_is_checked_and_left_as_it_is(
    organisation: str, counts: dict[str, int], warnings: tuple[str, ...]
) -> None:
    before = dict(counts)
    found = distribution_check(counts, organisation, policy=SPREAD)
    assert found.warnings == warnings
    assert counts == before
    assert sum(found.shares.values()) == 1


def test_a_pattern_of_unknown_predicates_is_refused() -> None:
    with pytest.raises(ValueError, match="rules: unknown predicates bak"):
        replace(SPREAD, rules={"baik": DistributionRule("bak")})
    with pytest.raises(ValueError, match="cells"):
        replace(MATRIX, names={"baik": "Baik"})


def test_nobody_makes_no_shares_and_strangers_are_refused() -> None:
    assert distribution_check({}, "baik", policy=SPREAD).warnings == ("no_employees",)
    with pytest.raises(ValueError, match="counts"):
        distribution_check({"hebat": 1}, "baik", policy=SPREAD)
    with pytest.raises(ValueError, match="organisation"):
        distribution_check({"baik": 1}, "hebat", policy=SPREAD)


@pytest.mark.parametrize("name", ["pp30_2019", "permenpanrb_6_2022", "se_3_2023", "skm_2017"])
def test_every_part_of_a_rule_has_its_article_and_confidence(name: str) -> None:
    data = yaml.safe_load((rules.RULES / f"{name}.yaml").read_text(encoding="utf-8"))
    found: list[dict[str, str]] = []

    def walk(part: object) -> None:
        for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
            walk(inner)
        if isinstance(part, dict) and "source" in part:
            found.append(part["source"])

    walk(data)
    assert found
    assert all(
        set(each) == {"article", "confidence"} and each["confidence"] in {"REG", "SEC", "MEM", "CALC"}
        for each in found
    )


def test_an_unknown_key_in_a_rule_is_refused_by_name() -> None:
    with pytest.raises(msgspec.ValidationError, match="unknown field `weigth`"):
        msgspec.convert({"weigth": 1}, rules.SharedWeights)
