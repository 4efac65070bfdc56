"""The shape of `rules/*.yaml`, and a reader that refuses a bad file by its line."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Literal, TypeVar

import msgspec

from analysis.appraisal import Expectation
from instruments.marked_yaml import Document
from instruments.misfit import misfits

RULES = Path(__file__).parents[1] / "rules"

Rules = TypeVar("Rules")
Policy = TypeVar("Policy")
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
    source: Source
    value: Decimal | None = None


class Weights(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The weight modes and which one holds."""

    default: str
    modes: tuple[WeightMode, ...]


class DayLimits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From how many answers on a day is unusual."""

    fewest: int
    times: int
    source: Source


class FirstLimits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many days are seen before days are compared, and the limit until then."""

    days: int
    fewest: int
    source: Source


class AlikeLimits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From which share on answers are alike."""

    fewest: int
    percent: int
    source: Source


class StuffingRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When the arrival of answers is unusual, each limit with its reason."""

    code: str
    title: str
    day: DayLimits
    beginning: FirstLimits
    alike: AlikeLimits


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


class ItemExclusionRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When an item may be left out of its behaviour: limits to begin with, and what holds for all cycles."""

    code: str
    title: str
    item_total_r: Cap
    cannot_judge: Cap
    fewest_ballots: Cap
    fewest_subjects: Cap


class OfficerRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When what citizens say of one officer may be shown and used."""

    code: str
    title: str
    period: Literal["quarter", "half", "year"]
    visits: Cap
    reliability: Cap
    officers: Cap


class RuleError(ValueError):
    """A file of rules is wrong; the message begins with file and line."""

    def __init__(self, file: Path, line: int, message: str) -> None:
        self.file, self.line, self.message = file, line, message
        super().__init__(f"{file}:{line}: {message}")


def read_rules(kind: type[Rules], make: Callable[[Rules], Policy], file: Path) -> Policy:
    """Read a file of rules and make a policy of it.

    Raises
    ------
    RuleError
        The file is no YAML of the right shape, or its rules contradict each other.
    """
    document = Document(file.read_text(encoding="utf-8"))
    for fault in document.faults:
        raise RuleError(file, fault.line, fault.message)
    for path, message in misfits(document.data, kind):
        raise RuleError(file, document.line(path or _part_named(str(message))), str(message))
    try:
        return make(msgspec.convert(document.data, kind))
    except ValueError as error:
        raise RuleError(file, document.line(_part_named(str(error))), str(error)) from error


def _part_named(message: str) -> tuple[str]:
    """The part of a file that a contradiction is about: its message begins with it."""
    return (message.partition(":")[0],)
