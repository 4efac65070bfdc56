"""The ministry's rules as data: read from `rules/*.yaml`, checked, and handed on as frozen policies."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Literal, TypeVar

import msgspec
import yaml

from analysis.appraisal import (
    BehaviourWeights,
    DistributionPolicy,
    DistributionRule,
    Expectation,
    MatrixPolicy,
    Predicate,
    RuleSource,
    WeightedPolicy,
)
from analysis.satisfaction import QualityBand, SatisfactionPolicy

RULES = Path(__file__).parents[1] / "rules"

Rules = TypeVar("Rules")
Confidence = Literal["REG", "SEC", "MEM", "CALC"]


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a rule stands, and how sure that is: read there, read elsewhere, from memory, computed."""

    article: str
    confidence: Confidence


class Names(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Code names in one order."""

    names: tuple[str, ...]
    source: Source


class AnswerSteps(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """First and last step of an answer."""

    low: int
    high: int
    source: Source


class Factor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the index is multiplied with."""

    value: int
    source: Source


class Band(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A band of quality and where it begins."""

    code: str
    name: str
    cut: Decimal


class Bands(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All bands, from the lowest."""

    table: tuple[Band, ...]
    source: Source


class WeightMode(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A weight of one element by name; no value means 1 / number of elements."""

    name: str
    value: Decimal | None
    source: Source


class Weights(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The weight modes and which one holds."""

    default: str
    modes: tuple[WeightMode, ...]


class SatisfactionRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole rule of the satisfaction index, each part with its source."""

    code: str
    title: str
    elements: Names
    form_order: Names
    answers: AnswerSteps
    factor: Factor
    bands: Bands
    weights: Weights

    def __post_init__(self) -> None:
        if set(self.form_order.names) != set(self.elements.names):
            raise ValueError("form_order: must name the same elements")
        if self.weights.default not in {mode.name for mode in self.weights.modes}:
            raise ValueError("weights: the default must be one of the modes")


class SharedWeights(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How work results and behaviour are weighed."""

    results: Decimal
    behaviour: Decimal
    source: Source


class Cap(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The most that a value may count."""

    value: Decimal
    source: Source


class CutPredicate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A predicate and where it begins."""

    code: str
    name: str
    cut: Decimal
    source: Source
    needs_new_idea: bool = False


class Pp30Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """PP 30/2019: weights, cap and predicates."""

    code: str
    title: str
    without_opinion: SharedWeights
    with_opinion: SharedWeights
    cap: Cap
    predicates: tuple[CutPredicate, ...]


class NamedPredicate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A predicate and its name."""

    code: str
    name: str


class Cell(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of the nine cells."""

    results: Expectation
    behaviour: Expectation
    predicate: str


class MatrixRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """PermenPANRB 6/2022: nine cells."""

    code: str
    title: str
    predicates: tuple[NamedPredicate, ...]
    cells: tuple[Cell, ...]
    source: Source


class SpreadRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The expected spread in an organisation of one predicate."""

    organisation: str
    main: str
    main_is_largest: bool = False
    main_least: Decimal = Decimal(0)
    main_most: Decimal = Decimal(1)
    some_of: tuple[str, ...] = ()
    some_least: Decimal = Decimal(0)
    most: dict[str, Decimal] = {}
    none_of: tuple[str, ...] = ()


class SpreadRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """SE 3/2023: the expected spreads."""

    code: str
    title: str
    source: Source
    rules: tuple[SpreadRule, ...]


def _read(name: str, kind: type[Rules]) -> Rules:
    data = yaml.safe_load((RULES / f"{name}.yaml").read_text(encoding="utf-8"))
    return msgspec.convert(data, kind)


def _source(source: Source) -> RuleSource:
    return RuleSource(source.article, source.confidence)


@cache
def satisfaction_rules() -> SatisfactionRules:
    """The rule as it stands in `rules/skm_2017.yaml`."""
    return _read("skm_2017", SatisfactionRules)


@cache
def pp30_policy() -> WeightedPolicy:
    """PP 30/2019 as the arithmetic needs it."""
    rules = _read("pp30_2019", Pp30Rules)

    def weights(given: SharedWeights) -> BehaviourWeights:
        return BehaviourWeights(given.results, given.behaviour, _source(given.source))

    return WeightedPolicy(
        with_opinion=weights(rules.with_opinion),
        without_opinion=weights(rules.without_opinion),
        cap=rules.cap.value,
        cap_source=_source(rules.cap.source),
        predicates=tuple(
            Predicate(each.code, each.name, each.cut, _source(each.source), each.needs_new_idea)
            for each in rules.predicates
        ),
    )


@cache
def matrix_policy() -> MatrixPolicy:
    """PermenPANRB 6/2022 as the arithmetic needs it."""
    rules = _read("permenpanrb_6_2022", MatrixRules)
    return MatrixPolicy(
        cells={(cell.results, cell.behaviour): cell.predicate for cell in rules.cells},
        names={each.code: each.name for each in rules.predicates},
        source=_source(rules.source),
    )


@cache
def distribution_policy() -> DistributionPolicy:
    """SE 3/2023 as the arithmetic needs it; its predicates are those of PermenPANRB 6/2022."""
    rules = _read("se_3_2023", SpreadRules)
    return DistributionPolicy(
        rules={
            rule.organisation: DistributionRule(
                **{
                    name: value
                    for name, value in msgspec.structs.asdict(rule).items()
                    if name != "organisation"
                }
            )
            for rule in rules.rules
        },
        predicates=tuple(matrix_policy().names),
        source=_source(rules.source),
    )


@cache
def satisfaction_policy() -> SatisfactionPolicy:
    """The rule as the arithmetic needs it."""
    rules = satisfaction_rules()
    return SatisfactionPolicy(
        elements=rules.elements.names,
        low=rules.answers.low,
        high=rules.answers.high,
        factor=rules.factor.value,
        bands=tuple(QualityBand(band.code, band.name, band.cut) for band in rules.bands.table),
        weights={mode.name: mode.value for mode in rules.weights.modes},
    )
