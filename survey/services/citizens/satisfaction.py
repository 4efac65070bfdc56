"""Satisfaction by quarter, half-year and year, read from counts and sums and never from single answers.

What may be shown: a quarter needs `MINIMUM_BATCH` answers, and so does each element in it. The index is
held back while one element has fewer, because index and eight elements would give the ninth away. A half-year
or a year adds up only the quarters that are themselves shown, so that no difference leads to a hidden one.

Which answers are told, the unit fixed before the quarter (`official_channels`); those of visits and those of
open links are never added. Where channels change within a half-year or year, it has no figures.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from analysis.satisfaction import SatisfactionIndex, SatisfactionPolicy, satisfaction_index
from survey.services.citizens import periods
from survey.services.citizens.channels import OPEN_LINK
from survey.services.citizens.citizen_answers import MINIMUM_BATCH
from survey.services.citizens.official_channels import (
    APART,
    OFFICIAL,
    Fixed,
    channels_of,
    channels_over,
)
from survey.services.citizens.satisfaction_counts import ByPlace, Told, nothing_told

OFFICIAL_WEIGHTS = "1/9"


@dataclass(frozen=True)
class ElementFigure:
    """One element: its answers and their exact mean; neither where there are too few."""

    code: str
    n: int | None
    nrr: Fraction | None


@dataclass(frozen=True, eq=False)
class PeriodFigures:
    """What may be shown of one quarter, half-year or year."""

    period: str
    n: int
    index: SatisfactionIndex | None
    elements: tuple[ElementFigure, ...]
    lowest: tuple[str, ...]  # the element to improve first; several when their means are equal
    told: Told
    channels: tuple[str, ...]  # of the answers
    left_out: tuple[str, ...] = ()  # quarters of a longer period that are not shown themselves

    @property
    def enough(self) -> bool:
        """Whether there are answers enough to show anything."""
        return self.n >= MINIMUM_BATCH

    @property
    def is_verified(self) -> bool:
        """Whether the answers are of people who were served."""
        return OPEN_LINK not in self.channels

    def is_like(self, other: "PeriodFigures") -> bool:
        """Whether both are of the same channels, so that a difference can come from the service."""
        return set(self.channels) == set(other.channels)


@dataclass(frozen=True)
class Satisfaction:
    """All periods of a set of service points, from the oldest to the newest."""

    part: str = OFFICIAL  # of the answers
    quarters: tuple[PeriodFigures, ...] = ()
    halves: tuple[PeriodFigures, ...] = ()
    years: tuple[PeriodFigures, ...] = ()
    changed: tuple[str, ...] = ()  # halves and years without figures, because channels change within them

    def of_kind(self, kind: str) -> tuple[PeriodFigures, ...]:
        """The periods of one kind."""
        return {"quarter": self.quarters, "half": self.halves, "year": self.years}[kind]

    def find(self, period: str) -> PeriodFigures | None:
        """The quarter, half-year or year of that name."""
        every = (*self.quarters, *self.halves, *self.years)
        return next((figures for figures in every if figures.period == period), None)

    @property
    def newest(self) -> PeriodFigures | None:
        """The newest quarter with an index; without any, the newest quarter."""
        shown = [figures for figures in self.quarters if figures.index] or list(self.quarters)
        return shown[-1] if shown else None


def of_group(
    told: Mapping[str, ByPlace],
    group: Sequence[str],
    policy: SatisfactionPolicy,
    fixed: Sequence[Fixed],
    weights: str = OFFICIAL_WEIGHTS,
    part: str = OFFICIAL,
) -> Satisfaction:
    """All periods of a group of service points."""
    basis = _Basis(fixed, part, weights)
    quarters = _quarters(told, group, policy, basis)
    names = {
        length: sorted({periods.around(each.period, length) for each in quarters if each.index})
        for length in ("half", "year")
    }
    halves, years = ([_longer(period, quarters, policy, basis) for period in each] for each in names.values())
    return Satisfaction(
        part,
        tuple(quarters),
        tuple(each for each in halves if each),
        tuple(each for each in years if each),
        tuple(period for each in names.values() for period in each if not channels_over(fixed, period, part)),
    )


def in_period(
    told: Mapping[str, ByPlace],
    group: Sequence[str],
    policy: SatisfactionPolicy,
    fixed: Sequence[Fixed],
    period: str,
    part: str = OFFICIAL,
) -> PeriodFigures | None:
    """The figures of a group in one period alone."""
    basis = _Basis(fixed, part)
    quarters = _quarters(told, group, policy, basis, periods.quarters_of(period))
    if periods.kind_of(period) == "quarter":
        return quarters[0] if quarters else None
    return _longer(period, quarters, policy, basis) if any(each.index for each in quarters) else None


def every_part(
    told: Mapping[str, ByPlace], group: Sequence[str], policy: SatisfactionPolicy, fixed: Sequence[Fixed]
) -> tuple[Satisfaction, ...]:
    """What the index counts, and beside it the answers that it does not count."""
    return tuple(of_group(told, group, policy, fixed, part=part) for part in parts_there(told, group, fixed))


def parts_there(told: Mapping[str, ByPlace], group: Sequence[str], fixed: Sequence[Fixed]) -> tuple[str, ...]:
    """The parts of which a group has answers."""
    quarters = {
        (channel, quarter)
        for channel, by_place in told.items()
        for point in group
        for quarter in by_place.get(point, {})
    }
    return tuple(
        part
        for part in (OFFICIAL, *APART)
        if any(channel in channels_of(fixed, quarter, part) for channel, quarter in quarters)
    )


def added_up(
    period: str, parts: Sequence[PeriodFigures], policy: SatisfactionPolicy, weights: str = OFFICIAL_WEIGHTS
) -> PeriodFigures:
    """What several units say in one period together; all verified, or none."""
    if len({each.is_verified for each in parts}) > 1:
        raise ValueError("parts: answers of visits and of open links are never added")
    together = sum((each.told for each in parts), nothing_told(policy))
    channels = tuple(sorted({channel for each in parts for channel in each.channels}))
    left_out = sorted({quarter for each in parts for quarter in each.left_out})
    return _figures(period, together, policy, weights, channels, left_out)


@dataclass(frozen=True)
class _Basis:
    """Which answers count, and how."""

    fixed: Sequence[Fixed]
    part: str
    weights: str = OFFICIAL_WEIGHTS


def _quarters(
    told: Mapping[str, ByPlace],
    group: Sequence[str],
    policy: SatisfactionPolicy,
    basis: _Basis,
    wanted: Sequence[str] | None = None,
) -> list[PeriodFigures]:
    """The quarters of a group, the wanted ones or all."""
    found: dict[str, Told] = {}
    for channel, by_place in told.items():
        for point in group:
            for quarter, each in by_place.get(point, {}).items():
                is_wanted = wanted is None or quarter in wanted
                if is_wanted and channel in channels_of(basis.fixed, quarter, basis.part):
                    found[quarter] = found[quarter].with_point(each) if quarter in found else each
    return [
        _figures(name, found[name], policy, basis.weights, channels_of(basis.fixed, name, basis.part))
        for name in sorted(found)
    ]


def _longer(
    period: str, quarters: Sequence[PeriodFigures], policy: SatisfactionPolicy, basis: _Basis
) -> PeriodFigures | None:
    channels = channels_over(basis.fixed, period, basis.part)
    if channels is None:
        return None
    own = [figures for figures in quarters if figures.period in periods.quarters_of(period)]
    together = sum((figures.told for figures in own if figures.index), nothing_told(policy))
    left_out = [figures.period for figures in own if not figures.index]
    return _figures(period, together, policy, basis.weights, channels, left_out)


def _figures(
    period: str,
    told: Told,
    policy: SatisfactionPolicy,
    weights: str,
    channels: tuple[str, ...],
    left_out: Iterable[str] = (),
) -> PeriodFigures:
    index = satisfaction_index(told.totals(policy), policy=policy, weight_mode=weights)
    elements = tuple(
        ElementFigure(code, score.n, score.nrr)
        if score.n >= MINIMUM_BATCH
        else ElementFigure(code, None, None)
        for code, score in index.elements.items()
    )
    complete = all(element.nrr is not None for element in elements)
    return PeriodFigures(
        period=period,
        n=told.sums.respondents,
        index=index if complete else None,
        elements=elements,
        lowest=_lowest(elements),
        told=told,
        channels=channels,
        left_out=tuple(left_out),
    )


def _lowest(elements: Sequence[ElementFigure]) -> tuple[str, ...]:
    """The elements with the lowest mean; none where all are equal."""
    known = [(element.nrr, element.code) for element in elements if element.nrr is not None]
    bottom = min((nrr for nrr, _code in known), default=None)
    found = tuple(code for nrr, code in known if nrr == bottom)
    return found if len(found) < len(known) else ()
