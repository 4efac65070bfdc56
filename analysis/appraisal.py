"""The rules that turn results of work and behaviour into a predicate; the rules come in as frozen policies.

Arithmetic is exact and nothing is rounded: a value of 89.99 is below 90. What a rule lacks it says; it
never guesses, and a check of a distribution warns and changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal, get_args

from analysis._arrays import as_exact, as_whole, is_missing

__all__ = [
    "AppraisalResult",
    "BehaviourWeights",
    "DistributionCheck",
    "DistributionPolicy",
    "DistributionRule",
    "MatrixPolicy",
    "Predicate",
    "RuleSource",
    "WeightedPolicy",
    "distribution_check",
    "permenpanrb_6_2022",
    "pp30_2019",
]

Number = Decimal | Fraction | int | float
Expectation = Literal["below", "as_expected", "above"]


@dataclass(frozen=True)
class RuleSource:
    """Where a rule stands, and how sure that is.

    Attributes
    ----------
    article : article or annex
    confidence : REG read in the regulation, SEC read elsewhere, MEM from memory, CALC computed
    """

    article: str
    confidence: str


@dataclass(frozen=True)
class Predicate:
    """A predicate and where it begins, its cut included; `needs_new_idea` is a further condition."""

    code: str
    name: str
    cut: Decimal
    source: RuleSource
    needs_new_idea: bool = False


@dataclass(frozen=True)
class BehaviourWeights:
    """How work results and behaviour are weighed; together one."""

    results: Decimal
    behaviour: Decimal
    source: RuleSource


@dataclass(frozen=True)
class WeightedPolicy:
    """A rule that adds weighted values (PP 30/2019).

    Attributes
    ----------
    with_opinion, without_opinion : weights where peers' and subordinates' opinion is used, and where not
    cap : the most that a value may count
    predicates : from the lowest cut up
    cap_source : of the cap
    """

    with_opinion: BehaviourWeights
    without_opinion: BehaviourWeights
    cap: Decimal
    cap_source: RuleSource
    predicates: tuple[Predicate, ...]

    def __post_init__(self) -> None:
        cuts = [each.cut for each in self.predicates]
        if not cuts or cuts != sorted(set(cuts)) or cuts[0] != 0 or self.predicates[0].needs_new_idea:
            raise ValueError("predicates: cuts must rise from 0, and the lowest asks for nothing more")
        if self.cap <= 0:
            raise ValueError("cap: must be above 0")
        for name, weights in (("with_opinion", self.with_opinion), ("without_opinion", self.without_opinion)):
            if weights.results + weights.behaviour != 1 or min(weights.results, weights.behaviour) < 0:
                raise ValueError(f"{name}: weights must not be negative and must add up to one")


@dataclass(frozen=True)
class MatrixPolicy:
    """A rule that reads a predicate from two ratings (PermenPANRB 6/2022).

    Attributes
    ----------
    cells : (rating of results, rating of behaviour) -> code of a predicate, all nine
    names : code -> name
    """

    cells: Mapping[tuple[Expectation, Expectation], str]
    names: Mapping[str, str]
    source: RuleSource

    def __post_init__(self) -> None:
        steps = get_args(Expectation)
        all_nine = {(results, behaviour) for results in steps for behaviour in steps}
        if set(self.cells) != all_nine or not set(self.cells.values()) <= set(self.names):
            raise ValueError("cells: all nine, with predicates that have a name")


@dataclass(frozen=True)
class AppraisalResult:
    """A predicate, or the reason why there is none.

    Attributes
    ----------
    code, name : of the predicate, or None
    value : the exact value behind it, where the rule has one
    source : article and confidence of the part of the rule that decided
    warnings : "capped", "new_idea_missing"; or the reason: "no_results", "no_behaviour"
    sources : of every part of the rule that was used; the figure is as sure as the least sure of them
    """

    code: str | None
    name: str | None
    value: Fraction | None
    source: RuleSource
    warnings: tuple[str, ...] = ()
    sources: tuple[RuleSource, ...] = ()

    @property
    def reason(self) -> str | None:
        """Why there is no predicate."""
        return self.warnings[0] if self.code is None and self.warnings else None


@dataclass(frozen=True)
class DistributionRule:
    """How predicates should be spread in an organisation of one predicate.

    Attributes
    ----------
    main : the predicate that most should have
    main_is_largest : whether it must be the largest group
    main_least, main_most : share of it at least, at most
    some_of, some_least : predicates of which some must exist, and their least share together
    most : predicate -> its largest share
    none_of : predicates that must not exist
    """

    main: str
    main_is_largest: bool = False
    main_least: Decimal = Decimal(0)
    main_most: Decimal = Decimal(1)
    some_of: tuple[str, ...] = ()
    some_least: Decimal = Decimal(0)
    most: Mapping[str, Decimal] | None = None
    none_of: tuple[str, ...] = ()

    @property
    def predicates(self) -> tuple[str, ...]:
        """Every predicate that the rule speaks of."""
        return (self.main, *self.some_of, *(self.most or {}), *self.none_of)


@dataclass(frozen=True)
class DistributionPolicy:
    """The expected patterns by predicate of the organisation (SE MenPANRB 3/2023)."""

    rules: Mapping[str, DistributionRule]
    predicates: tuple[str, ...]
    source: RuleSource

    def __post_init__(self) -> None:
        named = {name for rule in self.rules.values() for name in rule.predicates}
        if strangers := sorted(named - set(self.predicates)):
            raise ValueError(f"rules: unknown predicates {', '.join(strangers)}")


@dataclass(frozen=True)
class DistributionCheck:
    """What is unusual about a distribution; it is for a leader to consider, and blocks nothing.

    Attributes
    ----------
    n : employees with a predicate
    shares : predicate -> exact share; empty without employees
    warnings : codes with the predicate they are about, such as "main_too_large:sangat_baik"
    source : of the pattern
    """

    n: int
    shares: Mapping[str, Fraction]
    warnings: tuple[str, ...]
    source: RuleSource


def pp30_2019(
    results: Number | None,
    behaviour: Number | None,
    *,
    policy: WeightedPolicy,
    uses_opinion: bool,
    has_new_idea: bool = False,
) -> AppraisalResult:
    """The predicate of PP 30/2019: weighted sum of work results and behaviour.

    Value = w_r results + w_b behaviour, 60/40 where peers' and subordinates' opinion is used, else 70/30
    (Pasal 41(2)). Each value counts up to the cap. The highest predicate also asks for a new idea
    (Pasal 41(5)); without one the next predicate holds.

    Parameters
    ----------
    results, behaviour : values from 0; None or NaN where there is none. A float stands for the decimal
        number that it prints as
    policy : weights, cap and cuts
    uses_opinion : whether the institution uses peers' and subordinates' opinion
    has_new_idea : whether a new idea or method was recognised

    Returns
    -------
    AppraisalResult : reason `no_results` or `no_behaviour` where a value is missing

    Raises
    ------
    ValueError : a value below 0 or infinite

    Examples
    --------
    >>> somewhere = RuleSource("Pasal 41", "REG")
    >>> low, good = (Predicate(c, c, Decimal(x), somewhere) for c, x in (("kurang", 0), ("baik", 90)))
    >>> weights = BehaviourWeights(Decimal("0.6"), Decimal("0.4"), somewhere)
    >>> rule = WeightedPolicy(weights, weights, Decimal(120), somewhere, (low, good))
    >>> pp30_2019(95, Decimal("82.5"), policy=rule, uses_opinion=True).code
    'baik'
    """
    weights = policy.with_opinion if uses_opinion else policy.without_opinion
    given = {"no_results": _known(results, "results"), "no_behaviour": _known(behaviour, "behaviour")}
    missing = tuple(code for code, value in given.items() if value is None)
    if missing:
        return AppraisalResult(None, None, None, weights.source, missing, (weights.source,))
    work, manner = (value for value in given.values() if value is not None)
    if min(work, manner) < 0:
        raise ValueError("results, behaviour: must not be negative")
    cap = Fraction(policy.cap)
    is_capped = max(work, manner) > cap
    value = Fraction(weights.results) * min(work, cap) + Fraction(weights.behaviour) * min(manner, cap)
    reached = [each for each in policy.predicates if value >= Fraction(each.cut)]
    best = [each for each in reached if has_new_idea or not each.needs_new_idea][-1]
    faults = {"capped": is_capped, "new_idea_missing": best is not reached[-1]}
    sources = (weights.source, *((policy.cap_source,) if is_capped else ()), best.source)
    marks = tuple(code for code, holds in faults.items() if holds)
    return AppraisalResult(best.code, best.name, value, best.source, marks, sources)


def permenpanrb_6_2022(
    results: Expectation | None, behaviour: Expectation | None, *, policy: MatrixPolicy
) -> AppraisalResult:
    """The predicate of PermenPANRB 6/2022: one of nine cells.

    Parameters
    ----------
    results, behaviour : "below", "as_expected" or "above" expectation; None where there is no rating
    policy : the nine cells

    Returns
    -------
    AppraisalResult : reason `no_results` or `no_behaviour` where a rating is missing

    Raises
    ------
    ValueError : an unknown rating

    Examples
    --------
    >>> steps = ("below", "as_expected", "above")
    >>> rule = MatrixPolicy(
    ...     {(a, b): "baik" for a in steps for b in steps}, {"baik": "Baik"}, RuleSource("Lampiran", "SEC")
    ... )
    >>> permenpanrb_6_2022("as_expected", "above", policy=rule).name
    'Baik'
    """
    missing = tuple(
        code for code, value in (("no_results", results), ("no_behaviour", behaviour)) if value is None
    )
    if results is None or behaviour is None:
        return AppraisalResult(None, None, None, policy.source, missing, (policy.source,))
    steps = get_args(Expectation)
    if results not in steps or behaviour not in steps:
        raise ValueError("results, behaviour: must be 'below', 'as_expected' or 'above'")
    code = policy.cells[results, behaviour]
    return AppraisalResult(code, policy.names[code], None, policy.source, (), (policy.source,))


def distribution_check(
    counts: Mapping[str, int], organisation: str, *, policy: DistributionPolicy
) -> DistributionCheck:
    """Whether the predicates of an organisation's employees are spread as expected.

    Parameters
    ----------
    counts : predicate -> employees
    organisation : the organisation's own predicate
    policy : the pattern for each

    Returns
    -------
    DistributionCheck : warnings only; nothing is changed

    Raises
    ------
    ValueError : unknown predicate, a count that is negative or not whole

    References
    ----------
    SE MenPANRB 3/2023, the pattern of distribution, which comes in as the policy.

    Examples
    --------
    >>> rule = DistributionRule("baik", main_is_largest=True, main_most=Decimal("0.7"), some_of=("kurang",))
    >>> policy = DistributionPolicy({"baik": rule}, ("baik", "kurang"), RuleSource("SE 3/2023", "SEC"))
    >>> distribution_check({"baik": 8, "kurang": 2}, "baik", policy=policy).warnings
    ('main_too_large:baik',)
    """
    if organisation not in policy.rules:
        raise ValueError(f"organisation: must be one of {', '.join(policy.rules)}")
    if not set(counts) <= set(policy.predicates):
        raise ValueError(f"counts: predicates must be among {', '.join(policy.predicates)}")
    employees = {name: as_whole(count, f"counts of {name!r}") for name, count in counts.items()}
    if min(employees.values(), default=0) < 0:
        raise ValueError("counts: none negative")
    n = sum(employees.values())
    if n == 0:
        return DistributionCheck(0, {}, ("no_employees",), policy.source)
    shares = {name: Fraction(employees.get(name, 0), n) for name in policy.predicates}
    return DistributionCheck(n, shares, tuple(_unusual(policy.rules[organisation], shares)), policy.source)


def _unusual(rule: DistributionRule, shares: Mapping[str, Fraction]) -> Sequence[str]:
    main, together = shares[rule.main], sum(shares[name] for name in rule.some_of)
    found = {
        f"main_not_largest:{rule.main}": rule.main_is_largest and main < max(shares.values()),
        f"main_too_small:{rule.main}": main < Fraction(rule.main_least),
        f"main_too_large:{rule.main}": main > Fraction(rule.main_most),
        f"nobody_in:{'+'.join(rule.some_of)}": bool(rule.some_of) and together == 0,
        f"too_few_of:{'+'.join(rule.some_of)}": 0 < together < Fraction(rule.some_least),
    }
    found |= {f"too_many:{name}": shares[name] > Fraction(most) for name, most in (rule.most or {}).items()}
    found |= {f"should_not_exist:{name}": shares[name] > 0 for name in rule.none_of}
    return [code for code, is_unusual in found.items() if is_unusual]


def _known(value: Number | None, name: str) -> Fraction | None:
    return None if value is None or is_missing(value) else as_exact(value, name)
