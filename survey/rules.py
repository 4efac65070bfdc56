"""The ministry's rules as data: read from `rules/*.yaml`, checked, and handed on as frozen policies."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from analysis.appraisal import (
    BehaviourWeights,
    DistributionPolicy,
    DistributionRule,
    MatrixPolicy,
    Predicate,
    RuleSource,
    WeightedPolicy,
)
from analysis.satisfaction import QualityBand, SatisfactionPolicy, StuffingPolicy
from survey.rule_files import (
    RULES,
    ItemExclusionRules,
    MatrixRules,
    OfficerRules,
    Pp30Rules,
    SatisfactionRules,
    SharedWeights,
    Source,
    SpreadRule,
    SpreadRules,
    StuffingRules,
    read_rules,
)

FEWEST_VISITS, FEWEST_OFFICERS = 10, 3


@cache
def satisfaction_rules() -> SatisfactionRules:
    """PermenPANRB 14/2017 as it stands in its file, each part with its source."""
    return read_rules(SatisfactionRules, lambda rules: rules, RULES / "skm_2017.yaml")


@cache
def satisfaction_policy() -> SatisfactionPolicy:
    """PermenPANRB 14/2017 as the arithmetic needs it."""
    return read_rules(SatisfactionRules, make_satisfaction, RULES / "skm_2017.yaml")


@cache
def item_exclusion() -> ItemExclusionRules:
    """Limits at which an item may be left out, each with its source."""
    return read_rules(ItemExclusionRules, lambda rules: rules, RULES / "item_exclusion.yaml")


@cache
def pp30_policy() -> WeightedPolicy:
    """PP 30/2019 as the arithmetic needs it."""
    return read_rules(Pp30Rules, make_pp30, RULES / "pp30_2019.yaml")


@cache
def matrix_policy() -> MatrixPolicy:
    """PermenPANRB 6/2022 as the arithmetic needs it."""
    return read_rules(MatrixRules, make_matrix, RULES / "permenpanrb_6_2022.yaml")


@cache
def distribution_policy() -> DistributionPolicy:
    """SE 3/2023 as the arithmetic needs it; its predicates are those of PermenPANRB 6/2022."""
    return read_rules(SpreadRules, make_distribution, RULES / "se_3_2023.yaml")


@cache
def stuffing_policy() -> StuffingPolicy:
    """When the arrival of citizens' answers is unusual."""
    return read_rules(StuffingRules, make_stuffing, RULES / "stuffing.yaml")


def make_stuffing(rules: StuffingRules) -> StuffingPolicy:
    """The policy of unusual arrivals."""
    return StuffingPolicy(
        fewest=rules.day.fewest,
        times=rules.day.times,
        days_needed=rules.beginning.days,
        fewest_at_first=rules.beginning.fewest,
        alike_fewest=rules.alike.fewest,
        alike_percent=rules.alike.percent,
    )


@dataclass(frozen=True)
class OfficerPolicy:
    """When what citizens say of one officer may be shown and used."""

    period: str  # kind of period that a figure covers
    visits: int
    reliability: float
    officers: int  # of a period, before anything pooled over them is told


@cache
def officer_policy() -> OfficerPolicy:
    """The rule of this service as it stands in its file."""
    return read_rules(OfficerRules, make_officer, RULES / "officer_service.yaml")


def make_officer(rules: OfficerRules) -> OfficerPolicy:
    """The policy of officers' figures."""
    if rules.visits.value < FEWEST_VISITS:
        raise ValueError(f"visits: at least {FEWEST_VISITS}, so that a mean hides each of them")
    if not 0 <= rules.reliability.value < 1:
        raise ValueError("reliability: must lie from 0 to below 1")
    if rules.officers.value < FEWEST_OFFICERS:
        raise ValueError(f"officers: at least {FEWEST_OFFICERS}, or one would work out the other's mean")
    return OfficerPolicy(
        rules.period, int(rules.visits.value), float(rules.reliability.value), int(rules.officers.value)
    )


def make_satisfaction(rules: SatisfactionRules) -> SatisfactionPolicy:
    """The policy of a satisfaction index."""
    return SatisfactionPolicy(
        elements=rules.elements.names,
        low=rules.answers.low,
        high=rules.answers.high,
        factor=rules.factor.value,
        bands=tuple(QualityBand(band.code, band.name, band.cut) for band in rules.bands.table),
        weights={mode.name: mode.value for mode in rules.weights.modes},
    )


def make_pp30(rules: Pp30Rules) -> WeightedPolicy:
    """The policy of a weighted sum."""
    return WeightedPolicy(
        with_opinion=_weights(rules.with_opinion),
        without_opinion=_weights(rules.without_opinion),
        cap=rules.cap.value,
        cap_source=_source(rules.cap.source),
        predicates=tuple(
            Predicate(each.code, each.name, each.cut, _source(each.source), each.needs_new_idea)
            for each in rules.predicates
        ),
    )


def make_matrix(rules: MatrixRules) -> MatrixPolicy:
    """The policy of nine cells."""
    return MatrixPolicy(
        cells={(cell.results, cell.behaviour): cell.predicate for cell in rules.cells},
        names={each.code: each.name for each in rules.predicates},
        source=_source(rules.source),
    )


def make_distribution(rules: SpreadRules) -> DistributionPolicy:
    """The policy of expected spreads."""
    return DistributionPolicy(
        rules={rule.organisation: _spread(rule) for rule in rules.rules},
        predicates=tuple(matrix_policy().names),
        source=_source(rules.source),
    )


def _spread(rule: SpreadRule) -> DistributionRule:
    return DistributionRule(
        main=rule.main,
        main_is_largest=rule.main_is_largest,
        main_least=rule.main_least,
        main_most=rule.main_most,
        some_of=rule.some_of,
        some_least=rule.some_least,
        most=rule.most,
        none_of=rule.none_of,
    )


def _weights(given: SharedWeights) -> BehaviourWeights:
    return BehaviourWeights(given.results, given.behaviour, _source(given.source))


def _source(source: Source) -> RuleSource:
    return RuleSource(source.article, source.confidence)
