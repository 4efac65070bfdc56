"""Who could rate whom: the chart, conflict pairs and the last cycle, as arrays for the allocation."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from allocation import Circle
from allocation.problem import Ints, Pairs
from survey.models.assignments import Assignment, ConflictPair
from survey.models.cycles import Cycle
from survey.models.people import Employee, Unit

COUNTED = ("tallied", "released")
NEAR, WIDE = 0, 1  # levels of circles: same supervisor; same kind of post in the units around


@dataclass(frozen=True, eq=False)
class Sources:
    """Everybody active, by place in arrays, with the circles in which people know each other's work."""

    ids: tuple[int, ...]
    unit_ids: tuple[int, ...]
    titles: Ints  # a number for each kind of post
    leaders: frozenset[int]  # places of those who have staff of their own
    staff: dict[int, Ints]  # place of a supervisor -> places of the staff
    near: tuple[Circle, ...]
    wide: tuple[Circle, ...]
    barred: Pairs
    last: Pairs  # rater and subject among the peers of the last counted cycle

    @cached_property
    def place_of(self) -> dict[int, int]:
        """Where an employee stands in the arrays."""
        return {employee: place for place, employee in enumerate(self.ids)}

    @cached_property
    def conflicts(self) -> frozenset[tuple[int, int]]:
        """The barred pairs in both directions, by place."""
        pairs = self.barred.tolist()
        return frozenset((a, b) for a, b in pairs) | frozenset((b, a) for a, b in pairs)


def read_sources(session: Session, cycle: Cycle) -> Sources:
    """Read them in five statements."""
    rows = session.execute(
        select(Employee.id, Employee.unit_id, Employee.supervisor_id, Employee.job_title, Unit.parent_id)
        .join(Unit, Unit.id == Employee.unit_id)
        .where(Employee.is_active)
        .order_by(Employee.id)
    ).all()
    place_of = {row.id: place for place, row in enumerate(rows)}
    staff: dict[int, list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        if row.supervisor_id in place_of:
            staff[place_of[row.supervisor_id]].append(place)
    around: dict[tuple[int, bool], list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        around[row.parent_id or row.unit_id, place in staff].append(place)
    titles = np.unique(np.array([row.job_title for row in rows], dtype=str), return_inverse=True)[1]
    return Sources(
        ids=tuple(place_of),
        unit_ids=tuple(row.unit_id for row in rows),
        titles=np.asarray(titles, dtype=np.int64),
        leaders=frozenset(staff),
        staff={place: np.array(members) for place, members in staff.items()},
        near=tuple(Circle(np.array(members), NEAR) for members in staff.values()),
        wide=tuple(Circle(np.array(members), WIDE) for members in around.values()),
        barred=_placed(
            session.execute(select(ConflictPair.first_id, ConflictPair.second_id)).all(), place_of
        ),
        last=_placed(_last_peers(session, cycle), place_of),
    )


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


def _placed(pairs: Sequence[Row[int, int]], place_of: dict[int, int]) -> Pairs:
    found = [(place_of.get(first, -1), place_of.get(second, -1)) for first, second in pairs]
    placed = np.array(found, dtype=np.int64).reshape(-1, 2)
    return placed[(placed >= 0).all(axis=1)]  # whoever left is in no circle
