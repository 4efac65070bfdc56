"""A unit's satisfaction by quarter and year, read from the counts and never from single answers.

What may be shown: a quarter needs `MINIMUM_BATCH` answers, and so does each element in it. The index is
held back while one element has fewer, because index and eight elements would give the ninth away. A year
adds up only the quarters that are themselves shown, so that no difference leads to a hidden one.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import String, cast, func, select
from sqlalchemy.orm import Session

from analysis.satisfaction import ElementTotals, SatisfactionIndex, SatisfactionPolicy, satisfaction_index
from survey.models.citizens import CitizenCount, CitizenResponse
from survey.services.citizen_answers import MINIMUM_BATCH, OPEN_LINK

NO_ANSWERS = "{}"  # as both engines store it


@dataclass(frozen=True)
class ElementFigure:
    """One element: its answers and their exact mean; neither where there are too few."""

    code: str
    n: int | None
    nrr: Fraction | None


@dataclass(frozen=True)
class PeriodFigures:
    """What may be shown of one quarter or year."""

    period: str
    n: int
    index: SatisfactionIndex | None
    elements: tuple[ElementFigure, ...]
    lowest: tuple[str, ...]  # the element to improve first; several when their means are equal
    left_out: tuple[str, ...] = ()  # quarters of a year that are not shown themselves

    @property
    def enough(self) -> bool:
        """Whether there are answers enough to show anything."""
        return self.n >= MINIMUM_BATCH


@dataclass(frozen=True)
class Satisfaction:
    """All periods of a set of service points, from the oldest to the newest."""

    quarters: tuple[PeriodFigures, ...]
    years: tuple[PeriodFigures, ...]

    def find(self, period: str) -> PeriodFigures | None:
        """The quarter or year of that name."""
        found = [figures for figures in (*self.quarters, *self.years) if figures.period == period]
        return found[0] if found else None

    @property
    def newest(self) -> PeriodFigures | None:
        """The newest quarter with an index; without any, the newest quarter."""
        shown = [figures for figures in self.quarters if figures.index] or list(self.quarters)
        return shown[-1] if shown else None


def satisfaction_of(
    answers: Session, service_points: Sequence[str], policy: SatisfactionPolicy, stratum: str = OPEN_LINK
) -> Satisfaction:
    """The figures of the given service points together, for every quarter and year with answers."""
    totals = _totals(answers, service_points, policy, stratum)
    quarters = tuple(_figures(period, totals[period], policy) for period in sorted(totals))
    shown_years = sorted({figures.period[:4] for figures in quarters if figures.index})
    return Satisfaction(quarters, tuple(_year(year, quarters, totals, policy) for year in shown_years))


def _totals(
    answers: Session, service_points: Sequence[str], policy: SatisfactionPolicy, stratum: str
) -> dict[str, ElementTotals]:
    """Sums and counts by quarter: two statements, however many service points and quarters there are."""
    counted = (
        select(
            CitizenCount.period,
            CitizenCount.item,
            func.sum(CitizenCount.shown),
            func.sum(CitizenCount.shown * CitizenCount.option),
        )
        .where(CitizenCount.service_point.in_(service_points), CitizenCount.stratum == stratum)
        .group_by(CitizenCount.period, CitizenCount.item)
    )
    sums: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(policy.elements, 0))
    counts: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(policy.elements, 0))
    for period, item, n, total in answers.execute(counted):
        counts[period][item], sums[period][item] = int(n), int(total)
    respondents = _respondents(answers, service_points, stratum)
    return {period: ElementTotals(sums[period], counts[period], n) for period, n in respondents.items()}


def _respondents(answers: Session, service_points: Sequence[str], stratum: str) -> dict[str, int]:
    """How many citizens judged anything at all."""
    by_period = (
        select(CitizenResponse.period, func.count().label("n"))
        .where(
            CitizenResponse.service_point.in_(service_points),
            CitizenResponse.stratum == stratum,
            cast(CitizenResponse.answers, String) != NO_ANSWERS,
        )
        .group_by(CitizenResponse.period)
    )
    return {row.period: row.n for row in answers.execute(by_period)}


def _figures(
    period: str, totals: ElementTotals, policy: SatisfactionPolicy, left_out: Iterable[str] = ()
) -> PeriodFigures:
    index = satisfaction_index(totals, policy=policy)
    elements = tuple(
        ElementFigure(code, score.n, score.nrr)
        if score.n >= MINIMUM_BATCH
        else ElementFigure(code, None, None)
        for code, score in index.elements.items()
    )
    complete = all(element.nrr is not None for element in elements)
    return PeriodFigures(
        period=period,
        n=totals.respondents,
        index=index if complete else None,
        elements=elements,
        lowest=_lowest(elements),
        left_out=tuple(left_out),
    )


def _lowest(elements: Sequence[ElementFigure]) -> tuple[str, ...]:
    """The elements with the lowest mean; none where all are equal."""
    known = [(element.nrr, element.code) for element in elements if element.nrr is not None]
    bottom = min((nrr for nrr, _code in known), default=None)
    found = tuple(code for nrr, code in known if nrr == bottom)
    return found if len(found) < len(known) else ()


def _year(
    year: str,
    quarters: Sequence[PeriodFigures],
    totals: dict[str, ElementTotals],
    policy: SatisfactionPolicy,
) -> PeriodFigures:
    own = [figures for figures in quarters if figures.period.startswith(year)]
    together = ElementTotals(dict.fromkeys(policy.elements, 0), dict.fromkeys(policy.elements, 0), 0)
    for figures in own:
        if figures.index:
            together += totals[figures.period]
    return _figures(year, together, policy, [figures.period for figures in own if not figures.index])
