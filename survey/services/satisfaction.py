"""Satisfaction by quarter, half-year and year, read from counts and sums and never from single answers.

What may be shown: a quarter needs `MINIMUM_BATCH` answers, and so does each element in it. The index is
held back while one element has fewer, because index and eight elements would give the ninth away. A half-year
or a year adds up only the quarters that are themselves shown, so that no difference leads to a hidden one.
"""

import operator
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.satisfaction import (
    AnswerSums,
    ElementTotals,
    SatisfactionIndex,
    SatisfactionPolicy,
    no_answers,
    satisfaction_index,
)
from survey.models.citizens import CitizenCount
from survey.services import periods
from survey.services.channels import OPEN_LINK
from survey.services.citizen_answers import MINIMUM_BATCH
from survey.services.citizen_sums import Bands, add_bands, sums_of

OFFICIAL_WEIGHTS = "1/9"
Profile = dict[str, Bands]


@dataclass(frozen=True)
class ElementFigure:
    """One element: its answers and their exact mean; neither where there are too few."""

    code: str
    n: int | None
    nrr: Fraction | None


@dataclass(frozen=True, eq=False)
class Told:
    """What lies behind the figures of a set of service points in one quarter, or of several quarters.

    `counts` are the public ones, by element and step; `sums` and `profiles` (one for each quarter) follow the
    responses at once and never leave the services but coarsened.
    """

    counts: Mapping[str, tuple[int, ...]]
    sums: AnswerSums
    profiles: tuple[Profile, ...]

    def totals(self, policy: SatisfactionPolicy) -> ElementTotals:
        """Sums and counts by element."""
        steps = range(policy.low, policy.high + 1)
        return ElementTotals(
            {name: sum(map(operator.mul, counts, steps)) for name, counts in self.counts.items()},
            {name: sum(counts) for name, counts in self.counts.items()},
            self.sums.respondents,
        )

    def with_point(self, other: "Told") -> "Told":
        """Together with another service point in the same quarter."""
        (own,), (others,) = self.profiles, other.profiles
        return replace(self + other, profiles=(add_bands(own, others),))

    def __add__(self, other: "Told") -> "Told":
        counts = {
            name: tuple(map(operator.add, self.counts[name], other.counts[name])) for name in self.counts
        }
        return Told(counts, self.sums + other.sums, self.profiles + other.profiles)


def nothing_told(policy: SatisfactionPolicy) -> Told:
    """What lies behind no quarter, to begin an addition with."""
    return Told(dict.fromkeys(policy.elements, (0,) * (policy.high - policy.low + 1)), no_answers(policy), ())


@dataclass(frozen=True, eq=False)
class PeriodFigures:
    """What may be shown of one quarter, half-year or year."""

    period: str
    n: int
    index: SatisfactionIndex | None
    elements: tuple[ElementFigure, ...]
    lowest: tuple[str, ...]  # the element to improve first; several when their means are equal
    told: Told
    left_out: tuple[str, ...] = ()  # quarters of a longer period that are not shown themselves

    @property
    def enough(self) -> bool:
        """Whether there are answers enough to show anything."""
        return self.n >= MINIMUM_BATCH


@dataclass(frozen=True)
class Satisfaction:
    """All periods of a set of service points, from the oldest to the newest."""

    quarters: tuple[PeriodFigures, ...] = ()
    halves: tuple[PeriodFigures, ...] = ()
    years: tuple[PeriodFigures, ...] = ()

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


def satisfaction_of(
    answers: Session,
    service_points: Sequence[str],
    policy: SatisfactionPolicy,
    stratum: str = OPEN_LINK,
    *,
    weights: str = OFFICIAL_WEIGHTS,
) -> Satisfaction:
    """The figures of the given service points together, for every period with answers."""
    groups = {"": service_points}
    return satisfaction_by(answers, groups, policy, stratum, weights=weights)[""]


def satisfaction_by(
    answers: Session,
    groups: Mapping[str, Sequence[str]],
    policy: SatisfactionPolicy,
    stratum: str = OPEN_LINK,
    *,
    quarters: Sequence[str] | None = None,
    weights: str = OFFICIAL_WEIGHTS,
) -> dict[str, Satisfaction]:
    """The figures of several groups of service points, in two statements; of some quarters, or of all."""
    points = sorted({point for group in groups.values() for point in group})
    told = _told(answers, points, policy, stratum, quarters)
    return {name: _satisfaction(told, group, policy, weights) for name, group in groups.items()}


def _told(
    answers: Session,
    points: Sequence[str],
    policy: SatisfactionPolicy,
    stratum: str,
    quarters: Sequence[str] | None,
) -> dict[str, dict[str, Told]]:
    """What lies behind each point and quarter."""
    counts = _counts(answers, points, policy, stratum, quarters)
    nothing = nothing_told(policy).counts
    found: dict[str, dict[str, Told]] = defaultdict(dict)
    for each in sums_of(answers, points, policy, stratum, quarters):
        if each.sums.respondents:
            shown = counts.get((each.service_point, each.period), nothing)
            found[each.service_point][each.period] = Told(shown, each.sums, (each.profile,))
    return found


def _counts(
    answers: Session,
    points: Sequence[str],
    policy: SatisfactionPolicy,
    stratum: str,
    quarters: Sequence[str] | None,
) -> dict[tuple[str, str], dict[str, tuple[int, ...]]]:
    counted = select(
        CitizenCount.service_point,
        CitizenCount.period,
        CitizenCount.item,
        CitizenCount.option,
        CitizenCount.shown,
    ).where(CitizenCount.service_point.in_(points), CitizenCount.stratum == stratum)
    if quarters is not None:
        counted = counted.where(CitizenCount.period.in_(quarters))
    tables: dict[tuple[str, str], dict[str, list[int]]] = {}
    steps = policy.high - policy.low + 1
    known = frozenset(policy.elements)
    for point, period, item, option, shown in answers.execute(counted):
        if item in known:
            table = tables.setdefault((point, period), {name: [0] * steps for name in policy.elements})
            table[item][option - policy.low] = shown
    return {place: {name: tuple(row) for name, row in table.items()} for place, table in tables.items()}


def _satisfaction(
    told: Mapping[str, Mapping[str, Told]], group: Iterable[str], policy: SatisfactionPolicy, weights: str
) -> Satisfaction:
    by_quarter: dict[str, Told] = {}
    for point in group:
        for quarter, each in told.get(point, {}).items():
            by_quarter[quarter] = by_quarter[quarter].with_point(each) if quarter in by_quarter else each
    quarters = tuple(_figures(name, by_quarter[name], policy, weights) for name in sorted(by_quarter))
    longer = {
        kind: tuple(
            _longer(period, quarters, policy, weights)
            for period in sorted({periods.around(each.period, kind) for each in quarters if each.index})
        )
        for kind in ("half", "year")
    }
    return Satisfaction(quarters, longer["half"], longer["year"])


def _longer(
    period: str, quarters: Sequence[PeriodFigures], policy: SatisfactionPolicy, weights: str
) -> PeriodFigures:
    own = [figures for figures in quarters if figures.period in periods.quarters_of(period)]
    together = nothing_told(policy)
    for figures in own:
        if figures.index:
            together += figures.told
    left_out = [figures.period for figures in own if not figures.index]
    return _figures(period, together, policy, weights, left_out)


def _figures(
    period: str, told: Told, policy: SatisfactionPolicy, weights: str, left_out: Iterable[str] = ()
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
        left_out=tuple(left_out),
    )


def _lowest(elements: Sequence[ElementFigure]) -> tuple[str, ...]:
    """The elements with the lowest mean; none where all are equal."""
    known = [(element.nrr, element.code) for element in elements if element.nrr is not None]
    bottom = min((nrr for nrr, _code in known), default=None)
    found = tuple(code for nrr, code in known if nrr == bottom)
    return found if len(found) < len(known) else ()
