"""Before anybody is asked: how likely each group is to reach its minimum, and what would mend it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from allocation import chance_of_reaching
from allocation.shortfall import shortfalls
from instruments.rater_groups import ANONYMOUS_GROUPS
from survey.models.assignments import Assignment
from survey.models.cycles import Cycle, Subject
from survey.models.people import Employee, Unit
from survey.services.papers import distribution
from survey.services.papers.distribution import Rate
from survey.services.raters import assignments
from survey.services.raters.assignments import EVEN_CHANCE, Proposal, Triple
from survey.services.raters.rater_sources import read_sources

JOINABLE = ("peer", "subordinate")
SAFE = 0.9  # the chance from which a subject is called safe; likely from an even one

Outlook = Literal["safe", "likely", "unlikely", "never"]
Mend = Literal["join", "wide", "parent"]


@dataclass(frozen=True)
class GroupOutlook:
    """One anonymous group of a subject."""

    rater_group: str
    invited: int
    expected: float
    chance: float


@dataclass(frozen=True)
class SubjectOutlook:
    """One subject: the groups, the chance that at least one is shown, and what would mend it."""

    public_id: str
    name: str
    unit_id: int
    groups: tuple[GroupOutlook, ...]
    chance: float
    outlook: Outlook
    mend: Mend | None
    reason: str | None  # why the peers are too few

    def group(self, name: str) -> GroupOutlook | None:
        """That group, if anybody is asked in it."""
        return next((group for group in self.groups if group.rater_group == name), None)


@dataclass(frozen=True)
class UnitOutlook:
    """One unit: how many of its subjects stand how."""

    public_id: str
    name: str
    subjects: int
    outlooks: Mapping[str, int]
    mends: Mapping[str, int]
    expected: float  # subjects with a figure, by the chances


@dataclass(frozen=True)
class Preview:
    """The whole cycle."""

    rate: Rate
    subjects: tuple[SubjectOutlook, ...]
    units: tuple[UnitOutlook, ...]
    unit_names: Mapping[int, str]

    @property
    def outlooks(self) -> Counter[str]:
        """How many subjects stand how."""
        return Counter(subject.outlook for subject in self.subjects)

    @property
    def mends(self) -> Counter[str]:
        """How many subjects would be helped how."""
        return Counter(subject.mend for subject in self.subjects if subject.mend)

    @property
    def expected(self) -> float:
        """How many subjects come out with a figure, by the chances."""
        return sum(subject.chance for subject in self.subjects)


def preview(session: Session, cycle: Cycle) -> Preview:
    """Of the list as it is assigned; of a draft, of a list as it would be assigned now over all units."""
    if cycle.state == "draft":
        proposal = assignments.propose(session, cycle, is_trial=True)
    else:
        proposal = _as_assigned(session, cycle)
    rate = distribution.expected_rate(session)
    subjects = tuple(_outlooks(session, cycle, proposal, rate))
    units = session.execute(select(Unit.id, Unit.public_id, Unit.name).order_by(Unit.name)).all()
    return Preview(rate, subjects, tuple(_by_unit(units, subjects)), {unit.id: unit.name for unit in units})


def _as_assigned(session: Session, cycle: Cycle) -> Proposal:
    sources = read_sources(session, cycle)
    place_of = sources.place_of
    people = session.execute(
        select(Subject.employee_id, Subject.is_joined).where(Subject.cycle_id == cycle.id)
    ).all()
    rows = session.execute(
        select(Assignment.subject_id, Assignment.rater_id, Assignment.rater_group).where(
            Assignment.cycle_id == cycle.id
        )
    )
    triples: list[Triple] = [
        (place_of[subject], place_of[rater], group)
        for subject, rater, group in rows
        if subject in place_of and rater in place_of
    ]
    subjects = tuple(place_of[row.employee_id] for row in people if row.employee_id in place_of)
    joined = frozenset(
        place_of[row.employee_id] for row in people if row.is_joined and row.employee_id in place_of
    )
    peers = np.array(
        [(rater, subject) for subject, rater, group in triples if group == "peer"], dtype=np.int64
    )
    problem = assignments.peer_problem(cycle, sources, subjects, triples)
    return Proposal(sources, subjects, triples, joined, shortfalls(problem, peers.reshape(-1, 2)))


def _outlooks(session: Session, cycle: Cycle, proposal: Proposal, rate: Rate) -> Iterable[SubjectOutlook]:
    weighted = {group.rater_group for group in cycle.groups if group.weight > 0}
    invited: dict[int, Counter[str]] = defaultdict(Counter)
    for subject, _rater, group in proposal.triples:
        if group in ANONYMOUS_GROUPS and group in weighted:
            invited[subject][group] += 1
    most = max((count for groups in invited.values() for count in groups.values()), default=0) + 1
    chances = chance_of_reaching(
        np.arange(len(JOINABLE) * most), rate.share, cycle.minimum_group_size
    ).tolist()
    reasons = {each.person: each.reason for each in proposal.shortfalls}
    wide = {
        place: len(circle.members) - 1
        for circle in proposal.sources.wide
        for place in circle.members.tolist()
    }
    names = {row.id: row for row in session.execute(select(Employee.id, Employee.public_id, Employee.name))}
    for place in sorted(proposal.subjects, key=lambda each: names[proposal.sources.ids[each]].name):
        row = names[proposal.sources.ids[place]]
        groups = tuple(
            GroupOutlook(name, count, count * rate.share, chances[count])
            for name in ANONYMOUS_GROUPS
            if (count := invited[place][name])
        )
        chance = 1 - float(np.prod([1 - group.chance for group in groups]))
        outlook = _outlook(chance)
        mend = None
        if outlook in ("unlikely", "never"):
            near = [group.invited for group in groups if group.rater_group in JOINABLE]
            mend = _mend(cycle, chances[sum(near)] > chance and len(near) > 1, wide.get(place, 0))
        yield SubjectOutlook(
            row.public_id,
            row.name,
            proposal.sources.unit_ids[place],
            groups,
            chance,
            outlook,
            mend,
            reasons.get(place),
        )


def _outlook(chance: float) -> Outlook:
    if chance == 0:
        return "never"
    if chance < EVEN_CHANCE:
        return "unlikely"
    return "safe" if chance >= SAFE else "likely"


def _mend(cycle: Cycle, joining_helps: bool, around: int) -> Mend:
    if joining_helps and not cycle.joins_groups:
        return "join"
    if around >= cycle.minimum_group_size and not cycle.has_wide_circles:
        return "wide"
    return "parent"


def _by_unit(units: Sequence[Any], subjects: tuple[SubjectOutlook, ...]) -> list[UnitOutlook]:
    of_unit: dict[int, list[SubjectOutlook]] = defaultdict(list)
    for subject in subjects:
        of_unit[subject.unit_id].append(subject)
    return [
        UnitOutlook(
            unit.public_id,
            unit.name,
            len(own),
            Counter(subject.outlook for subject in own),
            Counter(subject.mend for subject in own if subject.mend),
            sum(subject.chance for subject in own),
        )
        for unit in units
        if (own := of_unit.get(unit.id, []))
    ]
