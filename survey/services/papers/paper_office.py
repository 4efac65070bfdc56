"""The paper office: who may take which papers, once. It never sees a ballot, nor a paper as it is used."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    SelectBase,
    Table,
    and_,
    bindparam,
    exists,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from instruments.rater_groups import RATER_GROUPS
from instruments.schema import RaterGroup
from protocol import tokens
from survey.exceptions import CerminError, CycleNotOpen, NotFound, PaperTaken, PaperVoid, UnknownCode
from survey.models.assignments import Assignment
from survey.models.cycles import Cycle, CycleGroup, Subject, UnitDeadline
from survey.models.invitations import DrawnCode, Invitation, Paper
from survey.models.people import Employee
from survey.models.protocol import Scope
from survey.models.unit_history import CycleUnit
from survey.services.cycles import holders
from survey.services.organisation.unit_history import UNIT_OF_SUBJECT
from survey.services.secrets.codes import code_hash

HASH_BYTES = 32
BATCH = 5_000
_papers = Paper.__table__.c


def _taking(table: Table, *may: ColumnElement[bool]) -> Any:
    """Use a paper once: the same mark may come again."""
    return (
        update(table)
        .where(
            table.c.key == bindparam("of_key"),
            or_(table.c.taken.is_(None), table.c.taken == bindparam("mark")),
            exists().where(Cycle.id == table.c.cycle_id, Cycle.state == "open"),
            *may,
        )
        .values(taken=bindparam("mark"))
    )


_TAKE = _taking(Paper.__table__, _papers.is_void.is_(False))  # type: ignore[arg-type]
_TAKE_DRAWN = _taking(DrawnCode.__table__)  # type: ignore[arg-type]


@dataclass(frozen=True)
class PaperEntry:
    """One paper as the rater's list shows it, and what its ballot will be filed under."""

    key: str
    subject_key: str
    name: str
    job_title: str
    unit: str
    rater_group: RaterGroup
    instrument_hash: str
    leads: bool  # whether acts of leading apply to the subject
    scope_key: bytes  # what a stamp of this paper verifies under
    group_size: int  # how many raters of this group are asked about the subject
    place: int  # of the scope in the public list
    path: bytes  # the hashes that lead from there to the manifest
    is_taken: bool
    is_void: bool  # a drawn code took its place

    @property
    def scope(self) -> str:
        """The name of the paper's scope."""
        return tokens.scope_name(self.subject_key, self.rater_group)

    @property
    def path_hashes(self) -> list[str]:
        """The hashes one by one, in hexadecimal."""
        return [self.path[at : at + HASH_BYTES].hex() for at in range(0, len(self.path), HASH_BYTES)]


@dataclass(frozen=True)
class Papers:
    """All papers of one rater in one cycle, or the one paper of whoever drew a code."""

    cycle: Cycle
    closes_on: date  # the cycle's last day, or a later one of the rater's unit
    rater: str  # empty where the code was drawn
    entries: tuple[PaperEntry, ...]
    offices: tuple[str, ...]  # outside HR, that hold keys

    def entry(self, key: str) -> PaperEntry:
        """The paper of that key; NotFound where it is not one of hers."""
        for entry in self.entries:
            if entry.key == key:
                return entry
        raise NotFound(key)


_of_raters_unit = and_(UnitDeadline.cycle_id == Cycle.id, UnitDeadline.unit_id == Invitation.unit_id)


def papers_of(session: Session, code: str, today: date) -> Papers:
    """What the personal link with this code leads to on this day.

    Raises
    ------
    UnknownCode, CycleNotOpen
        No invitation has this code; its cycle takes no answers now.
    """
    hashed = code_hash(code)
    found = session.execute(
        select(Cycle, Employee.id, Employee.name, UnitDeadline.closes_on)
        .join(Invitation, Invitation.cycle_id == Cycle.id)
        .join(Employee, Employee.id == Invitation.rater_id)
        .outerjoin(UnitDeadline, _of_raters_unit)
        .where(Invitation.secret_hash == hashed)
    ).one_or_none()
    if found is not None:
        cycle, rater_id, name, later = found
        papers = _RATERS_PAPERS.where(Paper.cycle_id == cycle.id, Paper.rater_id == rater_id)
    else:
        of_code = select(Cycle).join(DrawnCode, DrawnCode.cycle_id == Cycle.id)
        drawn = session.scalar(of_code.where(DrawnCode.secret_hash == hashed))
        if drawn is None:
            raise UnknownCode
        cycle, name, later, papers = drawn, "", None, _DRAWN_PAPER.where(DrawnCode.secret_hash == hashed)
    last_day = max(cycle.closes_on, later or cycle.closes_on)
    if cycle.state != "open" or not cycle.opens_on <= today <= last_day:
        raise CycleNotOpen(cycle.public_id)
    offices = tuple(layer.office for layer in holders.layers(session, cycle) if layer.office)
    return Papers(cycle, last_day, name, _entries(session, papers), offices)


def _entries(session: Session, papers: SelectBase) -> tuple[PaperEntry, ...]:
    paper = papers.subquery().c
    rows = session.execute(
        select(
            paper.key,
            Subject.key,
            Employee.name,
            Employee.job_title,
            CycleUnit.name,
            paper.rater_group,
            CycleGroup.instrument_hash,
            Subject.leads,
            Scope.public_key,
            Scope.papers,
            Scope.place,
            Scope.path,
            paper.taken.is_not(None),
            paper.is_void,
        )
        .join(
            Scope,
            (Scope.cycle_id == paper.cycle_id)
            & (Scope.subject_id == paper.subject_id)
            & (Scope.rater_group == paper.rater_group),
        )
        .join(Subject, (Subject.cycle_id == paper.cycle_id) & (Subject.employee_id == paper.subject_id))
        .join(Employee, Employee.id == paper.subject_id)
        .join(CycleUnit, UNIT_OF_SUBJECT)
        .join(
            CycleGroup,
            (CycleGroup.cycle_id == paper.cycle_id) & (CycleGroup.rater_group == paper.rater_group),
        )
        .order_by(Employee.name)
    )
    entries = [PaperEntry(*row) for row in rows]
    return tuple(sorted(entries, key=lambda entry: RATER_GROUPS.index(entry.rater_group)))


def _same_paper() -> ColumnElement[bool]:
    return (
        (Assignment.cycle_id == Paper.cycle_id)
        & (Assignment.rater_id == Paper.rater_id)
        & (Assignment.subject_id == Paper.subject_id)
    )


_RATERS_PAPERS = select(
    Paper.key, Paper.cycle_id, Paper.subject_id, Assignment.rater_group, Paper.taken, Paper.is_void
).join(Assignment, _same_paper())
_DRAWN_PAPER = select(
    DrawnCode.key,
    DrawnCode.cycle_id,
    DrawnCode.subject_id,
    DrawnCode.rater_group,
    DrawnCode.taken,
    literal(False).label("is_void"),
)


def take(session: Session, marks: Mapping[str, bytes]) -> None:
    """Use papers, all or none: `marks` has for each paper's key the hash of what it is used with.

    The same mark may come again, as after a lost connection; another may not.

    Raises
    ------
    PaperTaken, PaperVoid, CycleNotOpen
        A paper was used with another mark; a drawn code took its place; the cycle was closed meanwhile.
    """
    # Core, past the session: this statement is the hot one, and no loaded paper needs to learn of it.
    connection = session.connection()
    for key, mark in marks.items():
        used = {"of_key": key, "mark": mark}
        if (
            connection.execute(_TAKE, used).rowcount != 1
            and connection.execute(_TAKE_DRAWN, used).rowcount != 1
        ):
            raise _why_not(session, key)


def _why_not(session: Session, key: str) -> CerminError:
    for paper in (_RATERS_PAPERS.where(Paper.key == key), _DRAWN_PAPER.where(DrawnCode.key == key)):
        found = paper.subquery().c
        row = session.execute(select(Cycle.state, found.is_void).join(Cycle, Cycle.id == found.cycle_id))
        for state, is_void in row:
            if state == "open":
                return PaperVoid(key) if is_void else PaperTaken(key)
    return CycleNotOpen(key)


class Replacement(NamedTuple):
    """A paper that a rater may have used twice: before she lost it, and anew."""

    rater_id: int
    subject_id: int
    rater_group: str


def replacements(session: Session, cycle: Cycle) -> list[Replacement]:
    """Every paper that replaced a lost one, as often as it did."""
    rows = session.execute(
        select(Paper.rater_id, Paper.subject_id, Assignment.rater_group, Paper.replaced)
        .join(Assignment, _same_paper())
        .where(Paper.cycle_id == cycle.id, Paper.replaced > 0)
    )
    return [Replacement(rater, subject, group) for rater, subject, group, times in rows for _ in range(times)]


def take_back(session: Session, cycle: Cycle, rater_id: int) -> int:
    """Let a rater take all papers anew that she took before; returns how many. What was sent stays."""
    taken_back = session.execute(
        update(Paper)
        .where(
            Paper.cycle_id == cycle.id,
            Paper.rater_id == rater_id,
            Paper.taken.is_not(None),
            exists().where(Cycle.id == Paper.cycle_id, Cycle.state == "open"),
        )
        .values(taken=None, replaced=Paper.replaced + 1)
        .execution_options(synchronize_session=False)
    )
    return int(taken_back.rowcount)  # type: ignore[attr-defined]
