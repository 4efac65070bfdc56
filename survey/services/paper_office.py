"""The paper office: who may take which papers, once. It never sees a ballot, nor a paper as it is used."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, bindparam, delete, exists, insert, or_, select, update
from sqlalchemy.orm import Session

from instruments.schema import RaterGroup
from protocol import tokens
from survey.exceptions import CerminError, CycleNotOpen, NotFound, PaperTaken, UnknownCode
from survey.models.assignments import Assignment
from survey.models.cycles import Cycle, CycleGroup, Subject
from survey.models.invitations import Invitation, Paper
from survey.models.people import Employee, Unit
from survey.models.protocol import Scope
from survey.services import holders
from survey.services.codes import code_hash
from survey.services.cycles import RATER_GROUPS

HASH_BYTES = 32
BATCH = 5_000
_papers = Paper.__table__.c
_TAKE = (
    update(Paper.__table__)  # type: ignore[arg-type]
    .where(
        _papers.key == bindparam("of_key"),
        or_(_papers.taken.is_(None), _papers.taken == bindparam("mark")),
        exists().where(Cycle.id == _papers.cycle_id, Cycle.state == "open"),
    )
    .values(taken=bindparam("mark"))
)


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
    """All papers of one rater in one cycle."""

    cycle: Cycle
    rater: str
    entries: tuple[PaperEntry, ...]
    offices: tuple[str, ...]  # outside HR, that hold keys

    def entry(self, key: str) -> PaperEntry:
        """The paper of that key; NotFound where it is not one of hers."""
        for entry in self.entries:
            if entry.key == key:
                return entry
        raise NotFound(key)


def papers_of(session: Session, code: str, today: date) -> Papers:
    """What the personal link with this code leads to on this day.

    Raises
    ------
    UnknownCode, CycleNotOpen
        No invitation has this code; its cycle takes no answers now.
    """
    found = session.execute(
        select(Cycle, Employee.id, Employee.name)
        .join(Invitation, Invitation.cycle_id == Cycle.id)
        .join(Employee, Employee.id == Invitation.rater_id)
        .where(Invitation.secret_hash == code_hash(code))
    ).one_or_none()
    if found is None:
        raise UnknownCode
    cycle, rater_id, name = found
    if cycle.state != "open" or not cycle.opens_on <= today <= cycle.closes_on:
        raise CycleNotOpen(cycle.public_id)
    offices = tuple(layer.office for layer in holders.layers(session, cycle) if layer.office)
    return Papers(cycle=cycle, rater=name, entries=_entries(session, cycle, rater_id), offices=offices)


def _entries(session: Session, cycle: Cycle, rater_id: int) -> tuple[PaperEntry, ...]:
    rows = session.execute(
        select(
            Paper.key,
            Subject.key,
            Employee.name,
            Employee.job_title,
            Unit.name,
            Assignment.rater_group,
            CycleGroup.instrument_hash,
            Subject.leads,
            Scope.public_key,
            Scope.papers,
            Scope.place,
            Scope.path,
            Paper.taken.is_not(None),
        )
        .select_from(Paper)
        .join(Assignment, _same_paper())
        .join(Subject, (Subject.cycle_id == Paper.cycle_id) & (Subject.employee_id == Paper.subject_id))
        .join(Scope, _same_scope())
        .join(Employee, Employee.id == Paper.subject_id)
        .join(Unit, Unit.id == Subject.unit_id)
        .join(
            CycleGroup,
            (CycleGroup.cycle_id == Paper.cycle_id) & (CycleGroup.rater_group == Assignment.rater_group),
        )
        .where(Paper.cycle_id == cycle.id, Paper.rater_id == rater_id)
        .order_by(Employee.name)
    )
    entries = [PaperEntry(*row) for row in rows]  # type: ignore[arg-type,call-arg]
    return tuple(sorted(entries, key=lambda entry: RATER_GROUPS.index(entry.rater_group)))


def _same_scope() -> ColumnElement[bool]:
    return (
        (Scope.cycle_id == Assignment.cycle_id)
        & (Scope.subject_id == Assignment.subject_id)
        & (Scope.rater_group == Assignment.rater_group)
    )


def _same_paper() -> ColumnElement[bool]:
    return (
        (Assignment.cycle_id == Paper.cycle_id)
        & (Assignment.rater_id == Paper.rater_id)
        & (Assignment.subject_id == Paper.subject_id)
    )


def take(session: Session, marks: Mapping[str, bytes]) -> None:
    """Use papers, all or none: `marks` has for each paper's key the hash of what it is used with.

    The same mark may come again, as after a lost connection; another may not.

    Raises
    ------
    PaperTaken, CycleNotOpen
        A paper was used with another mark; the cycle was closed meanwhile.
    """
    for key, mark in marks.items():
        # Core, past the session: this statement is the hot one, and no loaded paper needs to learn of it.
        taken = session.connection().execute(_TAKE, {"of_key": key, "mark": mark})
        if taken.rowcount != 1:
            raise _why_not(session, key)


def _why_not(session: Session, key: str) -> CerminError:
    state = select(Cycle.state).join(Paper, Paper.cycle_id == Cycle.id).where(Paper.key == key)
    return PaperTaken(key) if session.scalar(state) == "open" else CycleNotOpen(key)


def forget_marks(session: Session, cycle: Cycle) -> None:
    """After counting, keep that a paper was used and nothing of what it was used with.

    All rows are written anew in the order of their random keys: PostgreSQL puts a changed row behind the
    others, so the table would go on telling in which order papers were taken.
    """
    of_cycle = _papers.cycle_id == cycle.id
    rows = session.execute(select(Paper.__table__).where(of_cycle).order_by(_papers.key)).mappings().all()
    anew = [{**row, "taken": None if row["taken"] is None else b""} for row in rows]
    session.execute(delete(Paper).where(of_cycle))
    for start in range(0, len(anew), BATCH):
        session.execute(insert(Paper), anew[start : start + BATCH])
