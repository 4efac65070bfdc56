"""Unusual arrivals of citizens' answers, found without an address or a time beside any answer.

Ballots are counted by day and channel where they come in. When the day is over its number becomes one more
of the usual days, kept by size and without a date; or, where it is unusual, the day is noted for everybody to
see. Paper is left out: it is typed in when there is time. No answer is ever dropped for any of it.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from analysis.satisfaction import StuffingPolicy, are_alike, count_class, is_unusual_day
from survey.models.arrivals import RunningDay, UnusualArrivals, UsualDays
from survey.models.citizens import CitizenCount, CitizenResponse, CitizenSums
from survey.models.service_points import ServicePoint
from survey.services.citizens import citizen_answers, periods
from survey.services.citizens.channels import PAPER
from survey.services.papers import ballot_box

DAY, ALIKE = "day", "alike"


@dataclass(frozen=True)
class Unusual:
    """What is told: where, through which channel, and on which day or in the whole quarter."""

    service_point: str
    period: str
    stratum: str
    kind: str
    day: date | None = None


def take_in(
    spool: Session, keys: Path, box: str, nonce: str, ballot: bytes, *, channel: str, today: date
) -> None:
    """Drop a ballot into its box, and count it where it is not there yet."""
    is_new = not ballot_box.is_spooled(spool, box, nonce)
    citizen_answers.cast(spool, keys, box, nonce, ballot)
    if is_new and channel != PAPER:
        count(spool, box, channel, today)


def count(spool: Session, box: str, channel: str, today: date) -> None:
    """One more ballot came in today."""
    row = sqlite_insert(RunningDay).values(box=box, stratum=channel, day=today.isoformat(), n=1)
    spool.execute(
        row.on_conflict_do_update(index_elements=["box", "stratum", "day"], set_={"n": RunningDay.n + 1})
    )


def days_over(spool: Session, today: date) -> list[RunningDay]:
    """The days that are over, in their order."""
    found = select(RunningDay).where(RunningDay.day < today.isoformat())
    return list(spool.scalars(found.order_by(RunningDay.day, RunningDay.box, RunningDay.stratum)))


def forget_days(spool: Session, today: date) -> None:
    """Drop the numbers of days that are over."""
    spool.execute(delete(RunningDay).where(RunningDay.day < today.isoformat()))


def judge(answers: Session, over: Iterable[RunningDay], policy: StuffingPolicy) -> list[Unusual]:
    """Which of the days were unusual; the others are added to the usual ones."""
    found = []
    for each in over:
        point, period = citizen_answers.place_of(each.box)
        if is_unusual_day(each.n, _usual(answers, point, period, each.stratum), policy):
            found.append(Unusual(point, period, each.stratum, DAY, date.fromisoformat(each.day)))
        else:
            _add(answers, point, period, each.stratum, count_class(each.n))
    return found


def forget_usual(answers: Session, running: str) -> None:
    """Drop the usual days of quarters with which nothing is compared any more."""
    answers.execute(delete(UsualDays).where(UsualDays.period < periods.before(running, 1)[0]))


def alike(answers: Session, service_point: str, period: str, policy: StuffingPolicy) -> list[Unusual]:
    """The channels of a quarter whose answers are the same in everything too often.

    Counts tell first whether that can be; only then the answers themselves are looked at.
    """
    here = (CitizenSums.service_point == service_point, CitizenSums.period == period)
    sizes = answers.execute(select(CitizenSums.stratum, CitizenSums.respondents).where(*here))
    return [
        Unusual(service_point, period, stratum, ALIKE)
        for stratum, n in sizes.all()
        if n >= policy.alike_fewest
        and _may_be_alike(answers, (service_point, period, stratum), n, policy)
        and are_alike(_sheets(answers, (service_point, period, stratum)).values(), policy)
    ]


def note_days(people: Session, found: Iterable[Unusual]) -> None:
    """Note unusual days; one that is noted already stays."""
    for each in found:
        point = _point(people, each.service_point)
        if point is not None and each.day is not None and not _is_noted(people, point, each):
            people.add(_row(point, each))


def note_alike(people: Session, service_point: str, period: str, found: Iterable[Unusual]) -> None:
    """Note which channels of a quarter hold answers that are alike, instead of what was noted before."""
    point = _point(people, service_point)
    if point is None:
        return
    people.execute(
        delete(UnusualArrivals).where(
            UnusualArrivals.service_point_id == point,
            UnusualArrivals.period == period,
            UnusualArrivals.kind == ALIKE,
        )
    )
    people.add_all(_row(point, each) for each in found)


def unusual_of(people: Session, service_points: Sequence[str]) -> list[Unusual]:
    """All that was unusual at the given service points, the newest first."""
    found = (
        select(ServicePoint.public_id, UnusualArrivals)
        .join(ServicePoint, ServicePoint.id == UnusualArrivals.service_point_id)
        .where(ServicePoint.public_id.in_(service_points))
        .order_by(UnusualArrivals.period.desc(), UnusualArrivals.day, UnusualArrivals.id)
    )
    return [
        Unusual(point, row.period, row.stratum, row.kind, row.day) for point, row in people.execute(found)
    ]


def _usual(answers: Session, point: str, period: str, stratum: str) -> dict[int, int]:
    compared = (period, *periods.before(period, 1))
    found = (
        select(UsualDays.at_least, func.sum(UsualDays.days))
        .where(
            UsualDays.service_point == point,
            UsualDays.period.in_(compared),
            UsualDays.stratum == stratum,
        )
        .group_by(UsualDays.at_least)
    )
    return {at_least: int(days) for at_least, days in answers.execute(found)}


def _add(answers: Session, point: str, period: str, stratum: str, at_least: int) -> None:
    row = answers.get(UsualDays, (point, period, stratum, at_least))
    if row is None:
        row = UsualDays(service_point=point, period=period, stratum=stratum, at_least=at_least, days=0)
        answers.add(row)
    row.days += 1
    answers.flush()


def _may_be_alike(
    answers: Session, place: tuple[str, str, str], respondents: int, policy: StuffingPolicy
) -> bool:
    """No sheet is given more often than the rarest of its answers."""
    point, period, stratum = place
    largest = (
        select(func.max(CitizenCount.n))
        .where(
            CitizenCount.service_point == point,
            CitizenCount.period == period,
            CitizenCount.stratum == stratum,
        )
        .group_by(CitizenCount.item)
    )
    rarest = min(answers.scalars(largest), default=0)
    return 100 * rarest >= policy.alike_percent * respondents


def _sheets(answers: Session, place: tuple[str, str, str]) -> Counter[tuple[tuple[str, int], ...]]:
    point, period, stratum = place
    found = select(CitizenResponse.answers).where(
        CitizenResponse.service_point == point,
        CitizenResponse.period == period,
        CitizenResponse.stratum == stratum,
    )
    return Counter(tuple(sorted(given.items())) for given in answers.scalars(found))


def _point(people: Session, public_id: str) -> int | None:
    return people.scalar(select(ServicePoint.id).where(ServicePoint.public_id == public_id))


def _is_noted(people: Session, point: int, found: Unusual) -> bool:
    stored = select(func.count()).where(
        UnusualArrivals.service_point_id == point,
        UnusualArrivals.stratum == found.stratum,
        UnusualArrivals.day == found.day,
    )
    return bool(people.scalar(stored))


def _row(point: int, found: Unusual) -> UnusualArrivals:
    return UnusualArrivals(
        service_point_id=point,
        period=found.period,
        stratum=found.stratum,
        kind=found.kind,
        day=found.day,
    )
