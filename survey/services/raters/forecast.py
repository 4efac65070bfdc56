"""What can be expected at the end of an open cycle: how many subjects will have groups that may be shown.

Everything comes from the steps of participation that are shown anyway, the frozen list and the dates; so it
tells nothing that these do not.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from analysis.participation import chance_of_reaching, projected_share
from instruments.rater_groups import ANONYMOUS_GROUPS
from survey.models.assignments import Assignment
from survey.models.cycles import Cycle, Subject
from survey.services.accounts.access import Reach
from survey.services.auditing import public_log
from survey.services.papers.distribution import Participation

FEWEST_DAYS = 2  # whole days gone, before which a rate is chance
FEWEST_PAPERS_FOR_CURVE = 100
AT_RISK = 0.8  # less than this share of a unit's subjects expected to be reached

Sizes = list[int]  # raters asked about one subject, by anonymous group


@dataclass(frozen=True)
class Expected:
    """How many of a unit's subjects are expected to have a group that may be shown."""

    subjects: int
    low: float  # if nobody else answers
    likely: float  # if those who are left go on as until now
    high: float

    @property
    def is_at_risk(self) -> bool:
        """Whether many are expected to stay without a result."""
        return self.likely < AT_RISK * self.subjects


@dataclass(frozen=True)
class Day:
    """How many ballots lay in the box on a day, as the public log tells."""

    day: date
    ballots: int


def by_unit(
    session: Session, reach: Reach, cycle: Cycle, participation: Iterable[Participation], today: date
) -> dict[int, Expected]:
    """Of each unit whose participation is shown; two days after opening at the earliest. One statement."""
    total = (cycle.closes_on - cycle.opens_on).days + 1
    gone = min((today - cycle.opens_on).days, total)
    if gone < FEWEST_DAYS:
        return {}
    sizes = _sizes(session, reach, cycle)
    found = {}
    for unit in participation:
        if unit.percent is None or unit.unit_id not in sizes:
            continue
        half = unit.step / 2
        low, middle, high = (
            min(max(share / 100, 0.0), 1.0)
            for share in (unit.percent - half, unit.percent, unit.percent + half)
        )
        of_unit, minimum = sizes[unit.unit_id], cycle.minimum_group_size
        found[unit.unit_id] = Expected(
            subjects=len(of_unit),
            low=_reached(of_unit, minimum, low),
            likely=_reached(of_unit, minimum, projected_share(middle, gone, total)),
            high=_reached(of_unit, minimum, projected_share(high, gone, total)),
        )
    return found


def altogether(units: Iterable[Expected]) -> Expected | None:
    """Of all units together; none where nothing can be said."""
    found = list(units)
    if not found:
        return None
    return Expected(
        sum(unit.subjects for unit in found),
        sum(unit.low for unit in found),
        sum(unit.likely for unit in found),
        sum(unit.high for unit in found),
    )


def _sizes(session: Session, reach: Reach, cycle: Cycle) -> dict[int, list[Sizes]]:
    """By unit: of each subject how many raters its anonymous groups have."""
    rows = session.execute(
        select(Subject.unit_id, Assignment.subject_id, func.count())
        .join(Subject, Subject.employee_id == Assignment.subject_id)
        .where(
            Assignment.cycle_id == cycle.id,
            Subject.cycle_id == cycle.id,
            Assignment.rater_group.in_(ANONYMOUS_GROUPS),
            reach.has_unit(Subject.unit_id),
        )
        .group_by(Subject.unit_id, Assignment.subject_id, Assignment.rater_group)
    )
    found: dict[int, dict[int, Sizes]] = defaultdict(lambda: defaultdict(list))
    for unit, subject, raters in rows:
        found[unit][subject].append(raters)
    return {unit: list(subjects.values()) for unit, subjects in found.items()}


def _reached(subjects: list[Sizes], minimum: int, share: float) -> float:
    """The expected number of subjects with at least one group large enough."""
    chance = {
        size: float(chance_of_reaching(size, minimum, share))
        for size in {size for sizes in subjects for size in sizes}
    }
    expected = 0.0
    for sizes in subjects:
        none = 1.0
        for size in sizes:
            none *= 1 - chance[size]
        expected += 1 - none
    return expected


def curve(session: Session, cycle: Cycle, papers: int) -> list[Day]:
    """Ballots in the box by day, of the whole cycle, as everybody reads them in the public log."""
    if papers < FEWEST_PAPERS_FOR_CURVE:
        return []
    told = (
        entry
        for entry in public_log.entries(session, cycle.public_id)
        if entry.action in ("box-told", "box-closed")
    )
    return [Day(date.fromisoformat(str(entry.detail["day"])), int(entry.detail["ballots"])) for entry in told]
