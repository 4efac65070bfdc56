"""Assign raters from the organisation chart: self, supervisor, peers, subordinates."""

import secrets
from collections import defaultdict
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from random import Random

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from survey.models.assignments import Assignment
from survey.models.cycles import Cycle, Subject
from survey.models.people import Employee
from survey.services import cycles

PEERS = 9  # seven at 75 % response reach five with probability .76 only
SUBORDINATES = 10

Triple = tuple[int, int, str]  # subject, rater, group


@dataclass(frozen=True)
class Coverage:
    """How many subjects of one rater group were asked about by how many raters."""

    rater_group: str
    subjects: int
    below_minimum: int
    papers: int


def assign_raters(
    session: Session, cycle: Cycle, unit_ids: Iterable[int] | None = None, random: Random | None = None
) -> int:
    """Make subjects and assignments anew from the chart; returns the number of papers.

    Peers share a supervisor. Where there are more than `PEERS` of them, a shuffled circle is used: each
    rates the next nine, so that everybody rates and is rated equally often.
    """
    cycles.advance(session, cycle, "assign")
    random = random or Random(secrets.randbits(64))  # noqa: S311 - fairness, not secrecy
    _remove_assignments(session, cycle)
    staff = session.execute(
        select(Employee.id, Employee.unit_id, Employee.supervisor_id).where(Employee.is_active)
    ).all()
    wanted = set(unit_ids) if unit_ids is not None else None
    subjects = {row.id: row.unit_id for row in staff if wanted is None or row.unit_id in wanted}
    groups = {group.rater_group for group in cycle.groups}
    triples = [
        triple for triple in _from_chart(staff, random) if triple[0] in subjects and triple[2] in groups
    ]
    leaders = {row.supervisor_id for row in staff}
    _store(session, cycle, subjects, leaders, triples)
    return len(triples)


def _remove_assignments(session: Session, cycle: Cycle) -> None:
    session.execute(delete(Assignment).where(Assignment.cycle_id == cycle.id))
    session.execute(delete(Subject).where(Subject.cycle_id == cycle.id))


def _from_chart(staff: Sequence[object], random: Random) -> list[Triple]:
    active = {row.id for row in staff}  # type: ignore[attr-defined]
    teams: dict[int, list[int]] = defaultdict(list)
    triples: list[Triple] = []
    for row in staff:
        person, supervisor = row.id, row.supervisor_id  # type: ignore[attr-defined]
        triples.append((person, person, "self"))
        if supervisor in active:
            triples.append((person, supervisor, "supervisor"))
            teams[supervisor].append(person)
    for supervisor, members in teams.items():
        chosen = random.sample(members, min(SUBORDINATES, len(members)))
        triples += [(supervisor, member, "subordinate") for member in chosen]
        triples += _circle(members, random)
    return triples


def _circle(members: list[int], random: Random) -> list[Triple]:
    """Each member rates the next `PEERS` members of a shuffled circle."""
    shuffled = random.sample(members, len(members))
    reach = min(PEERS, len(shuffled) - 1)
    return [
        (shuffled[(place + step) % len(shuffled)], rater, "peer")
        for place, rater in enumerate(shuffled)
        for step in range(1, reach + 1)
    ]


def _store(
    session: Session, cycle: Cycle, subjects: dict[int, int], leaders: Set[int | None], triples: list[Triple]
) -> None:
    if subjects:
        session.execute(
            insert(Subject),
            [
                {"cycle_id": cycle.id, "employee_id": person, "unit_id": unit, "leads": person in leaders}
                for person, unit in subjects.items()
            ],
        )
    if triples:
        session.execute(
            insert(Assignment),
            [
                {"cycle_id": cycle.id, "subject_id": subject, "rater_id": rater, "rater_group": group}
                for subject, rater, group in triples
            ],
        )


def coverage(session: Session, cycle: Cycle) -> list[Coverage]:
    """Per rater group: how many subjects have fewer raters than the minimum group size."""
    per_subject = (
        select(Assignment.rater_group, Assignment.subject_id, func.count().label("n"))
        .where(Assignment.cycle_id == cycle.id)
        .group_by(Assignment.rater_group, Assignment.subject_id)
        .subquery()
    )
    is_short = per_subject.c.n < cycle.minimum_group_size
    rows = session.execute(
        select(
            per_subject.c.rater_group,
            func.count(),
            func.count().filter(is_short),
            func.sum(per_subject.c.n),
        ).group_by(per_subject.c.rater_group)
    )
    found = {group: Coverage(group, subjects, short, int(papers)) for group, subjects, short, papers in rows}
    return [found[group] for group in cycles.RATER_GROUPS if group in found]
