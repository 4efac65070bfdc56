"""The figure of what citizens say of one officer, for her and for HR; never public.

Periods do not overlap, so no figure is the difference of two others. A mean at the end of the scale is a band
and counts as its middle, as in a cycle.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.agreement import empirical_bayes
from analysis.agreement.oneway import GroupStatistics
from analysis.disclosure import lie_close
from analysis.scoring.means import error_variance, mean_error
from survey.models.channels import Officer
from survey.models.citizens import OfficerSpread, OfficerSums
from survey.models.people import Employee, Unit
from survey.rules import OfficerPolicy, officer_policy
from survey.services.accounts.access import Reach
from survey.services.citizens import officer_answers, periods, settling
from survey.services.citizens.citizen_answers import RATER_GROUP, period_of
from survey.services.gate import disclosure
from survey.services.gate.disclosure import Figure, Span

TOO_FEW_VISITS = "too_few_visits"
LOW, UNKNOWN = "low_reliability", "reliability_unknown"
BACK = 4  # periods that pages look back


@dataclass(frozen=True)
class OfficerFigure:
    """What the citizens of a period said of one officer: raw and shrunken mean, and whether it is usable."""

    officer: str
    period: str
    n: int
    figure: Figure  # on the questions' own steps, as it may be shown
    standard_error: float | None  # of the mean it counts as, behind a band too
    shrunken: float | None
    reliability: float | None
    items: Mapping[str, float]  # means of the questions: all of them, or none where one lies in a band
    reason: str = ""  # why it is not usable

    @property
    def counts_as(self) -> float | None:
        """The mean that enters a composite: the raw one, or the middle of its band."""
        span = self.figure.span
        middles = {"high": span.high_middle, "low": span.low_middle}
        return middles.get(self.figure.band, self.figure.value)


@dataclass(frozen=True)
class Named:
    """An officer's figure with the name, for HR."""

    name: str
    unit: str
    found: OfficerFigure


def span() -> Span:
    """The steps of the three questions."""
    values = [option.value for option in officer_answers.questionnaire().items[0].options]
    return Span(min(values), max(values))


def period_around(quarter: str) -> str:
    """The period in which a quarter is counted."""
    return periods.around(quarter, officer_policy().period)


def ended_periods(today: date) -> tuple[str, ...]:
    """The periods that pages look back on, the newest first: none in which anything can still move."""
    now = period_around(period_of(today))
    return tuple(each for each in reversed(periods.before(now, BACK)) if settling.may_be_told(each, today))


def of_period(answers: Session, period: str) -> dict[str, OfficerFigure]:
    """The figure of every officer of a period, from the sums."""
    rows = answers.scalars(
        select(OfficerSums).where(OfficerSums.period == period).order_by(OfficerSums.officer)
    ).all()
    squares = answers.scalar(select(OfficerSpread.squares).where(OfficerSpread.period == period)) or 0
    questions = len(officer_answers.questionnaire().items)
    n = np.array([row.n for row in rows], dtype=np.int64)
    totals = np.array([sum(row.items.values()) for row in rows], dtype=np.int64)
    width = questions * (span().high - span().low)
    plain = {row.officer: _figure(row) for row in rows}
    told = [row for row in rows if row.n >= officer_policy().visits]
    if len(told) < officer_policy().officers or lie_close(squares, totals, n, width):
        return plain
    within = max(squares - float((totals**2 / n).sum()), 0.0) / questions**2
    stats = _pool(told, plain, within / float((n - 1).sum()))
    drawn, errors = empirical_bayes(stats), mean_error(error_variance(stats), stats.n)
    return plain | {
        row.officer: _figure(row, float(error), _known(theta), _known(rate))
        for row, error, theta, rate in zip(told, errors, drawn.theta, drawn.reliability, strict=True)
    }


def _pool(told: list[OfficerSums], plain: Mapping[str, OfficerFigure], variance: float) -> GroupStatistics:
    """What officers are shrunken towards: figures that are shown, as they are shown.

    A hidden mean, or one in a band, could otherwise be solved for from the shrunken means of others.
    """
    n = np.array([row.n for row in told], dtype=np.int64)
    means = np.array([plain[row.officer].counts_as for row in told], dtype=np.float64)
    names = np.array([row.officer for row in told])
    return GroupStatistics(n, means, variance * float((n - 1).sum()), names)


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _figure(
    row: OfficerSums,
    error: float | None = None,
    shrunken: float | None = None,
    reliability: float | None = None,
) -> OfficerFigure:
    policy, scale = officer_policy(), span()
    items = {code: total / row.n for code, total in row.items.items()}
    whole = _gated(scale, row.n, sum(items.values()) / len(items), error)
    has_all_items = all(_gated(scale, row.n, mean, None).value is not None for mean in items.values())
    has_enough = row.n >= policy.visits
    return OfficerFigure(
        officer=row.officer,
        period=row.period,
        n=row.n,
        figure=whole,
        standard_error=error if has_enough else None,
        # Of a band the shrunken mean would tell more than the band does.
        shrunken=shrunken if whole.value is not None else None,
        reliability=reliability if has_enough else None,
        items=items if has_all_items else {},
        reason=_why_not(policy, row.n, reliability),
    )


def _why_not(policy: OfficerPolicy, n: int, reliability: float | None) -> str:
    if n < policy.visits:
        return TOO_FEW_VISITS
    if reliability is None:
        return UNKNOWN
    return LOW if reliability < policy.reliability else ""


def _gated(scale: Span, n: int, mean: float, error: float | None) -> Figure:
    return disclosure.group_figure(scale, officer_policy().visits, RATER_GROUP, n, mean, error)


def own_key(people: Session, employee_id: int) -> str | None:
    """The name by which the answers know an officer; None for whoever is none."""
    return people.scalar(select(Officer.key).where(Officer.employee_id == employee_id))


def own_figures(answers: Session, key: str, today: date) -> list[tuple[str, OfficerFigure | None]]:
    """An officer's figure of each period that is over, the newest first; None where nobody was counted."""
    return [(period, of_period(answers, period).get(key)) for period in ended_periods(today)]


def named_figures(people: Session, answers: Session, reach: Reach, period: str) -> list[Named]:
    """The figures of a period with the officers' names, by name."""
    found = of_period(answers, period)
    rows = people.execute(
        select(Officer.key, Employee.name, Unit.name)
        .join(Employee, Employee.id == Officer.employee_id)
        .join(Unit, Unit.id == Employee.unit_id)
        .where(Officer.key.in_(found), reach.has())
        .order_by(Employee.name, Employee.id)
    )
    return [Named(name, unit, found[key]) for key, name, unit in rows]
