"""Which channels a unit's index counts, written down before the quarter from which they hold.

What has begun cannot be changed or taken back. The rule itself stands in `official_channels`.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from survey.exceptions import NotFound
from survey.models.improvement import OfficialChannels
from survey.models.people import Unit
from survey.services.citizens import periods
from survey.services.citizens.channels import STRATA
from survey.services.citizens.official_channels import Fixed, FixedByUnit


class ChannelsRefused(Exception):
    """The channels cannot be fixed; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def fix(people: Session, unit: str, from_period: str, channels: Sequence[str], today: date) -> None:
    """Fix channels from a quarter on that has not begun; what was fixed for that quarter before is replaced.

    Raises
    ------
    ChannelsRefused
        `begun`: the quarter runs or is over. `mixed`: none was chosen, or open links beside visits.
    """
    _require_not_begun(from_period, today)
    try:
        fixed = Fixed(from_period, tuple(channel for channel in STRATA if channel in channels))
    except ValueError as error:
        raise ChannelsRefused("mixed") from error
    unit_id = people.scalar(select(Unit.id).where(Unit.public_id == unit))
    if unit_id is None:
        raise NotFound("unit")
    row = people.scalar(_stored(unit).where(OfficialChannels.from_period == from_period))
    row = row or OfficialChannels(unit_id=unit_id, from_period=from_period)
    row.channels, row.fixed_on = list(fixed.channels), today
    people.add(row)


def take_back(people: Session, unit: str, from_period: str, today: date) -> None:
    """Remove what was fixed for a quarter that has not begun: what was fixed before goes on."""
    _require_not_begun(from_period, today)
    row = people.scalar(_stored(unit).where(OfficialChannels.from_period == from_period))
    if row is None:
        raise NotFound("channels")
    people.delete(row)


def fixed_for(people: Session, unit: str) -> tuple[Fixed, ...]:
    """All that a unit fixed, the oldest first."""
    return tuple(_fixed(row) for row in people.scalars(_stored(unit)))


def fixed_by_unit(people: Session) -> FixedByUnit:
    """What every unit fixed, in one statement."""
    rows = people.execute(
        select(Unit.public_id, OfficialChannels)
        .join(Unit, Unit.id == OfficialChannels.unit_id)
        .order_by(OfficialChannels.from_period)
    )
    found: dict[str, list[Fixed]] = defaultdict(list)
    for unit, row in rows:
        found[unit].append(_fixed(row))
    return dict(found)


def quarters_to_fix(today: date, count: int) -> tuple[str, ...]:
    """The next quarters that have not begun."""
    running = f"{today.year}-Q{(today.month + 2) // 3}"
    found = [periods.after(running)]
    while len(found) < count:
        found.append(periods.after(found[-1]))
    return tuple(found)


def _require_not_begun(from_period: str, today: date) -> None:
    if periods.kind_of(from_period) != "quarter" or periods.first_day(from_period) <= today:
        raise ChannelsRefused("begun")


def _stored(unit: str) -> Select[OfficialChannels]:
    return (
        select(OfficialChannels)
        .join(Unit, Unit.id == OfficialChannels.unit_id)
        .where(Unit.public_id == unit)
        .order_by(OfficialChannels.from_period)
    )


def _fixed(row: OfficialChannels) -> Fixed:
    return Fixed(row.from_period, tuple(row.channels))
