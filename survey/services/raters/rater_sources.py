"""Who could rate whom, on the first day of a cycle, as arrays for the allocation.

Supervisors are those who count by `superiors` (transfers, acting officials), one for each. Peers share a
supervisor or a team; further ones come from the units around and from circles across units. Whoever came
lately rates, and is rated by, those alone whom she has worked with for the months that the cycle asks for;
circles across units know no contact.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

import numpy as np
from sqlalchemy import Row, or_, select
from sqlalchemy.orm import Session

from allocation import Circle
from allocation.problem import Ints, Pairs
from survey.models.assignments import Assignment, ConflictPair
from survey.models.cycles import Cycle
from survey.models.nominations import Decline, Nomination
from survey.models.people import Employee, Unit
from survey.models.posts import Post
from survey.models.teams import TeamMember
from survey.services.organisation.circles import circle_members
from survey.services.organisation.contact import DAYS_PER_MONTH, read_contacts
from survey.services.organisation.superiors import MAIN, superiors_on

COUNTED = ("tallied", "reviewed", "released")
NEAR, WIDE = 0, 1  # levels of circles: people who work together; those in like posts elsewhere


@dataclass(frozen=True, eq=False)
class Sources:
    """Everybody active, by place in arrays, with the circles in which people know each other's work."""

    ids: tuple[int, ...]
    unit_ids: tuple[int, ...]
    titles: Ints  # a number for each kind of post
    leaders: frozenset[int]  # places of those who have staff of their own
    staff: dict[int, Ints]  # place of a supervisor -> places of those whose supervisor counts
    newly_led: frozenset[int]  # places of those whose supervisor has not been it for the months asked for
    near: tuple[Circle, ...]
    wide: tuple[Circle, ...]
    barred: Pairs  # conflict pairs
    strangers: Pairs  # pairs of which one came lately, and who have not worked together long enough
    last: Pairs  # rater and subject among the peers of the last counted cycle
    agreed: Pairs  # rater and subject: named, and approved by the supervisor
    declined: Pairs  # rater and subject: the rater was promised not to be asked

    @cached_property
    def place_of(self) -> dict[int, int]:
        """Where an employee stands in the arrays."""
        return {employee: place for place, employee in enumerate(self.ids)}

    @cached_property
    def forbidden(self) -> frozenset[tuple[int, int]]:
        """Rater and subject, by place: conflict pairs in both directions, declines in their own."""
        pairs = self.barred.tolist()
        both = {(a, b) for a, b in pairs} | {(b, a) for a, b in pairs}
        return frozenset(both | {(rater, subject) for rater, subject in self.declined.tolist()})

    def near_of(self, place: int) -> set[int]:
        """Who works together with somebody."""
        found: set[int] = set()
        for circle in self.near:
            members = circle.members.tolist()
            if place in members:
                found.update(members)
        return found - {place}

    def line_of(self, place: int) -> set[int]:
        """Who is over somebody, or under: they rate as superior and as staff, never as peers."""
        below = set(self.staff[place].tolist()) if place in self.staff else set()
        return below | {above for above, members in self.staff.items() if place in members.tolist()}


def read_sources(session: Session, cycle: Cycle) -> Sources:
    """Read them; the number of statements does not grow with the city."""
    rows = session.execute(
        select(
            Employee.id,
            Employee.unit_id,
            Employee.supervisor_id,
            Employee.job_title,
            Employee.in_post_since,
            Unit.parent_id,
        )
        .join(Unit, Unit.id == Employee.unit_id)
        .where(Employee.is_active)
        .order_by(Employee.id)
    ).all()
    place_of = {row.id: place for place, row in enumerate(rows)}
    required = cycle.contact_months * DAYS_PER_MONTH
    staff: dict[int, list[int]] = defaultdict(list)
    superiors = superiors_on(session, cycle.opens_on, required)
    for superior in superiors:
        staff[place_of[superior.superior_id]].append(place_of[superior.subject_id])
    since = cycle.opens_on - timedelta(days=required)
    lately = {row.id for row in rows if required and row.in_post_since and row.in_post_since > since}
    near = _near(session, cycle, rows, lately)
    return Sources(
        ids=tuple(place_of),
        unit_ids=tuple(row.unit_id for row in rows),
        titles=np.unique(np.array([row.job_title for row in rows], dtype=str), return_inverse=True)[1],
        leaders=frozenset(staff)
        | {place_of[row.supervisor_id] for row in rows if row.supervisor_id in place_of},
        staff={place: np.array(sorted(members)) for place, members in staff.items()},
        newly_led=frozenset(place_of[each.subject_id] for each in superiors if each.is_short),
        near=tuple(_circles(near, place_of, NEAR)),
        wide=tuple(_circles(_wide(session, rows), place_of, WIDE)),
        barred=_placed(
            session.execute(select(ConflictPair.first_id, ConflictPair.second_id)).all(), place_of
        ),
        strangers=_placed(_strangers(session, cycle, near, lately, required), place_of),
        last=_placed(_last_peers(session, cycle), place_of),
        agreed=_placed(_agreed(session, cycle), place_of),
        declined=_placed(_declined(session, cycle), place_of),
    )


def _circles(groups: Iterable[Iterable[int]], place_of: dict[int, int], level: int) -> Iterable[Circle]:
    for group in groups:
        members = sorted({place_of[each] for each in group if each in place_of})
        if len(members) > 1:
            yield Circle(np.array(members), level)


def _near(session: Session, cycle: Cycle, rows: Sequence[Any], lately: set[int]) -> list[list[int]]:
    """Those who share a supervisor, those in a team, and newcomers with those they worked with before."""
    beside: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        if row.supervisor_id is not None:
            beside[row.supervisor_id].append(row.id)
    teams: dict[int, list[int]] = defaultdict(list)
    day = cycle.opens_on
    members = select(TeamMember.team_id, TeamMember.employee_id).where(
        or_(TeamMember.begins_on.is_(None), TeamMember.begins_on <= day),
        or_(TeamMember.ends_on.is_(None), TeamMember.ends_on >= day),
    )
    for team, employee in session.execute(members):
        teams[team].append(employee)
    earlier = select(Post.employee_id, Post.supervisor_id).where(
        Post.employee_id.in_(lately), Post.capacity == MAIN, Post.supervisor_id.is_not(None)
    )
    before: dict[int, int] = {
        employee: supervisor
        for employee, supervisor in session.execute(earlier.order_by(Post.ends_on, Post.id))
        if supervisor is not None
    }
    former = [[employee, *beside.get(supervisor, ())] for employee, supervisor in sorted(before.items())]
    return [*beside.values(), *teams.values(), *former]


def _wide(session: Session, rows: Sequence[Any]) -> list[list[int]]:
    leaders = {row.supervisor_id for row in rows}
    around: dict[tuple[int, bool], list[int]] = defaultdict(list)
    for row in rows:
        around[row.parent_id or row.unit_id, row.id in leaders].append(row.id)
    return [*around.values(), *circle_members(session).values()]


def _strangers(
    session: Session, cycle: Cycle, near: list[list[int]], lately: set[int], required: int
) -> list[tuple[int, int]]:
    if not lately:
        return []
    contacts = read_contacts(session)
    return [
        (one, other)
        for group in near
        for one in lately.intersection(group)
        for other in group
        if one != other and contacts.days(one, other, cycle.opens_on) < required
    ]


def _last_peers(session: Session, cycle: Cycle) -> Sequence[Row[int, int]]:
    last = session.scalar(
        select(Cycle.id)
        .where(Cycle.state.in_(COUNTED), Cycle.id != cycle.id)
        .order_by(Cycle.closes_on.desc(), Cycle.id.desc())
        .limit(1)
    )
    if last is None:
        return []
    pairs = select(Assignment.rater_id, Assignment.subject_id)
    return session.execute(pairs.where(Assignment.cycle_id == last, Assignment.rater_group == "peer")).all()


def _agreed(session: Session, cycle: Cycle) -> Sequence[Row[int, int]]:
    pairs = select(Nomination.rater_id, Nomination.subject_id)
    return session.execute(
        pairs.where(Nomination.cycle_id == cycle.id, Nomination.state == "approved").order_by(
            Nomination.subject_id, Nomination.rater_id
        )
    ).all()


def _declined(session: Session, cycle: Cycle) -> Sequence[Row[int, int]]:
    pairs = select(Decline.rater_id, Decline.subject_id).where(Decline.cycle_id == cycle.id)
    return session.execute(pairs.order_by(Decline.subject_id, Decline.rater_id)).all()


def _placed(pairs: Sequence[Any], place_of: dict[int, int]) -> Pairs:
    found = [(place_of.get(first, -1), place_of.get(second, -1)) for first, second in pairs]
    placed = np.array(found, dtype=np.int64).reshape(-1, 2)
    return placed[(placed >= 0).all(axis=1)]  # whoever left is in no circle
