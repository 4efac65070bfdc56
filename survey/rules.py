"""The ministry's rules as data: read from `rules/*.yaml`, checked, and handed on as frozen policies."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec
import yaml

from analysis.satisfaction import QualityBand, SatisfactionPolicy

RULES = Path(__file__).parents[1] / "rules"

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


@cache
def satisfaction_rules() -> SatisfactionRules:
    """The rule as it stands in `rules/skm_2017.yaml`."""
    data = yaml.safe_load((RULES / "skm_2017.yaml").read_text(encoding="utf-8"))
    return msgspec.convert(data, SatisfactionRules)


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
