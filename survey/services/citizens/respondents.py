"""Who answered, by bands; and how many should have (Krejcie & Morgan)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.satisfaction import margin_of_error, sample_size
from survey.models.improvement import ServiceVolume
from survey.models.service_points import ServicePoint
from survey.services.citizens import periods, settling
from survey.services.citizens.citizen_answers import MINIMUM_BATCH
from survey.services.citizens.citizen_sums import Bands
from survey.services.citizens.satisfaction import PeriodFigures


@dataclass(frozen=True)
class FieldProfile:
    """Respondents of one general fact by band; `others` are those in bands too small to be named."""

    field: str
    bands: tuple[tuple[str, int], ...]
    others: int


@dataclass(frozen=True)
class Need:
    """How many used the service, and how many answers that asks for."""

    users: int
    needed: int
    answered: int
    error: (
        float | None
    )  # the share that the answers keep; None where more answered than are said to have come

    @property
    def enough(self) -> bool:
        return self.answered >= self.needed


def profile_of(figures: PeriodFigures, fields: Sequence[str], today: date) -> tuple[FieldProfile, ...] | None:
    """Respondents by band; None until the period is settled: two pages would tell of the few between."""
    if not settling.may_be_told(figures.period, today) or not figures.enough:
        return None
    made = []
    for field in fields:
        quarters = [_nameable(_together(profiles, field)) for profiles in figures.told.profiles]
        bands: dict[str, int] = {}
        for named, _others in quarters:
            for band, n in named.items():
                bands[band] = bands.get(band, 0) + n
        made.append(FieldProfile(field, tuple(bands.items()), sum(others for _named, others in quarters)))
    return tuple(made)


def _together(profiles: Sequence[Mapping[str, Bands]], field: str) -> Bands:
    """Respondents of one quarter by band, over all service points."""
    whole: Counter[str] = Counter()
    for profile in profiles:
        whole.update(profile.get(field, {}))
    return dict(sorted(whole.items()))


def _nameable(bands: Bands) -> tuple[Bands, int]:
    """Bands with enough respondents, and the rest, which has enough too or is empty."""
    named = {band: n for band, n in bands.items() if n >= MINIMUM_BATCH}
    others = sum(bands.values()) - sum(named.values())
    while 0 < others < MINIMUM_BATCH and named:
        smallest = min(named, key=lambda band: (named[band], band))
        others += named.pop(smallest)
    return named, others


def users_by_place(people: Session, service_points: Sequence[str]) -> dict[tuple[str, str], int]:
    """How many used each service point in each quarter, where it is known."""
    rows = people.execute(
        select(ServicePoint.public_id, ServiceVolume.period, ServiceVolume.users)
        .join(ServicePoint, ServicePoint.id == ServiceVolume.service_point_id)
        .where(ServicePoint.public_id.in_(service_points))
    )
    return {(row.public_id, row.period): row.users for row in rows}


def need_of(
    users: dict[tuple[str, str], int], service_points: Sequence[str], figures: PeriodFigures
) -> Need | None:
    """What the users of a period ask for; None where nobody has entered how many there were.

    A place without a number in a quarter counts nobody: the need is then too small rather than invented.
    """
    quarters = [name for name in periods.quarters_of(figures.period) if name not in figures.left_out]
    total = sum(users.get((point, quarter), 0) for point in service_points for quarter in quarters)
    if total < 1:
        return None
    error = margin_of_error(figures.n, total) if 1 <= figures.n <= total else None
    return Need(total, sample_size(total), figures.n, error)


def set_users(people: Session, service_point: str, period: str, users: int) -> None:
    """Note how many used a service point in a quarter."""
    point_id = people.scalar(select(ServicePoint.id).where(ServicePoint.public_id == service_point))
    stored = people.get(ServiceVolume, (point_id, period))
    if stored:
        stored.users = users
    else:
        people.add(ServiceVolume(service_point_id=point_id, period=period, users=users))
