"""Satisfaction by quarter, half-year and year, read from counts and sums and never from single answers.

What may be shown: a quarter needs `MINIMUM_BATCH` answers, and so does each element in it. The index is
held back while one element has fewer, because index and eight elements would give the ninth away. A half-year
or a year adds up only the quarters that are themselves shown, so that no difference leads to a hidden one.

Answers that show a visit and those of open links are never added: figures are of one kind or of the other.
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
from survey.services.channels import OPEN_LINK, VERIFIED
from survey.services.citizen_answers import MINIMUM_BATCH
from survey.services.citizen_sums import Bands, sums_of

OFFICIAL_WEIGHTS = "1/9"
OPEN, CHECKED = "open", "verified"  # kinds of answers
STRATA = {OPEN: (OPEN_LINK,), CHECKED: VERIFIED}
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

    `counts` are the public ones, by element and step; `sums` and `profiles` (by quarter and point) follow the
    responses at once and never leave the services but coarsened.
    """

    counts: Mapping[str, tuple[int, ...]]
    sums: AnswerSums
    profiles: tuple[tuple[Profile, ...], ...]

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
        return replace(self + other, profiles=((*own, *others),))

    def __add__(self, other: "Told") -> "Told":
        counts = {
            name: tuple(map(operator.add, self.counts[name], other.counts[name])) for name in self.counts
        }
        return Told(counts, self.sums + other.sums, self.profiles + other.profiles)


def nothing_told(policy: SatisfactionPolicy) -> Told:
    """What lies behind no quarter, to begin an addition with."""
    return Told(dict.fromkeys(policy.elements, (0,) * (policy.high - policy.low + 1)), no_answers(policy), ())


ByPlace = dict[str, dict[str, Told]]  # by service point and quarter


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

    kind: str  # of the answers: verified or open
    kinds: tuple[str, ...]  # of which there are answers
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
    kind: str | None = None,
    *,
    weights: str = OFFICIAL_WEIGHTS,
) -> Satisfaction:
    """The figures of the given service points together, for every period with answers."""
    groups = {"": service_points}
    return satisfaction_by(answers, groups, policy, kind, weights=weights)[""]


def satisfaction_by(
    answers: Session,
    groups: Mapping[str, Sequence[str]],
    policy: SatisfactionPolicy,
    kind: str | None = None,
    *,
    weights: str = OFFICIAL_WEIGHTS,
) -> dict[str, Satisfaction]:
    """The figures of several groups of service points, in two statements.

    Without a kind each group has that of its verified answers; of open links where it has no others.
    """
    points = sorted({point for group in groups.values() for point in group})
    told = read_told(answers, points, policy)
    return {name: of_group(told, group, policy, weights, kind) for name, group in groups.items()}


def of_group(
    told: Mapping[str, ByPlace],
    group: Sequence[str],
    policy: SatisfactionPolicy,
    weights: str = OFFICIAL_WEIGHTS,
    kind: str | None = None,
) -> Satisfaction:
    """All periods of a group of service points."""
    used, kinds = _kind_of(told, group, kind)
    by_quarter = _by_quarter(told[used], group)
    quarters = tuple(_figures(name, by_quarter[name], policy, weights) for name in sorted(by_quarter))
    longer = {
        length: tuple(
            _longer(period, quarters, policy, weights)
            for period in sorted({periods.around(each.period, length) for each in quarters if each.index})
        )
        for length in ("half", "year")
    }
    return Satisfaction(used, kinds, quarters, longer["half"], longer["year"])


def in_period(
    told: Mapping[str, ByPlace], group: Sequence[str], policy: SatisfactionPolicy, period: str
) -> tuple[str, PeriodFigures | None]:
    """The kind of answers of a group, and its figures in one period alone."""
    used, _kinds = _kind_of(told, group, None)
    by_quarter = _by_quarter(told[used], group, periods.quarters_of(period))
    quarters = [
        _figures(name, by_quarter[name], policy, OFFICIAL_WEIGHTS)
        for name in periods.quarters_of(period)
        if name in by_quarter
    ]
    if periods.kind_of(period) == "quarter":
        return used, quarters[0] if quarters else None
    if not any(each.index for each in quarters):
        return used, None
    return used, _longer(period, quarters, policy, OFFICIAL_WEIGHTS)


def _kind_of(
    told: Mapping[str, ByPlace], group: Sequence[str], kind: str | None
) -> tuple[str, tuple[str, ...]]:
    """The kind of answers to tell, and the kinds that there are."""
    kinds = tuple(each for each in STRATA if any(point in told[each] for point in group))
    return kind or (CHECKED if CHECKED in kinds else OPEN), kinds


def _by_quarter(told: ByPlace, group: Iterable[str], wanted: Sequence[str] | None = None) -> dict[str, Told]:
    """What lies behind a group, by quarter; of the wanted quarters, or of all."""
    found: dict[str, Told] = {}
    for point in group:
        for quarter, each in told.get(point, {}).items():
            if wanted is None or quarter in wanted:
                found[quarter] = found[quarter].with_point(each) if quarter in found else each
    return found


def read_told(answers: Session, points: Sequence[str], policy: SatisfactionPolicy) -> dict[str, ByPlace]:
    """What lies behind each point and quarter, by kind of answers."""
    counts = _counts(answers, points, policy)
    nothing = nothing_told(policy).counts
    kinds = {stratum: kind for kind, strata in STRATA.items() for stratum in strata}
    found: dict[str, ByPlace] = {kind: defaultdict(dict) for kind in STRATA}
    for each in sums_of(answers, points, policy, tuple(kinds)):
        if each.sums.respondents:
            shown = counts.get((each.service_point, each.period, each.stratum), nothing)
            told = Told(shown, each.sums, ((each.profile,),))
            quarters = found[kinds[each.stratum]][each.service_point]
            before = quarters.get(each.period)
            quarters[each.period] = before.with_point(told) if before else told
    return found


def _counts(
    answers: Session, points: Sequence[str], policy: SatisfactionPolicy
) -> dict[tuple[str, str, str], dict[str, tuple[int, ...]]]:
    counted = select(
        CitizenCount.service_point,
        CitizenCount.period,
        CitizenCount.stratum,
        CitizenCount.item,
        CitizenCount.option,
        CitizenCount.shown,
    ).where(CitizenCount.service_point.in_(points))
    tables: dict[tuple[str, str, str], dict[str, list[int]]] = {}
    steps = policy.high - policy.low + 1
    known = frozenset(policy.elements)
    for point, period, stratum, item, option, shown in answers.execute(counted):
        if item in known:
            place = (point, period, stratum)
            if place not in tables:
                tables[place] = {name: [0] * steps for name in policy.elements}
            tables[place][item][option - policy.low] = shown
    return {place: {name: tuple(row) for name, row in table.items()} for place, table in tables.items()}


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
