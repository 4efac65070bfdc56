"""Single-use codes that are handed out after a visit: 60 random bits on paper, hashes here, and no more.

A roll is printed in random order, and no table joins a code to a citizen, a queue, a time or an order:
whoever hands codes out must not see them used (docs/decisions/0022). A roll may be for the visitors of one
officer: that is the service's own record of whom they were served by.
"""

import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import delete, func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from survey.exceptions import NotFound, VisitCodeRefused
from survey.models.channels import CodeRoll, CodeUse, Officer, VisitCode
from survey.models.people import Employee
from survey.models.service_points import ServicePoint
from survey.services.citizens.citizen_answers import MINIMUM_BATCH
from survey.services.documents.rounding import in_steps
from survey.services.secrets.codes import code_hash
from survey.services.secrets.sealing import BASE32, visit_hash

LENGTH = 12  # 60 bits
UNKNOWN, USED = "unknown", "used"


@dataclass(frozen=True)
class Roll:
    """A roll of a service point: how many codes were printed, and about what share of them is used."""

    public_id: str
    printed: int
    used: int | None  # percent, in steps of `MINIMUM_BATCH` codes at least
    is_void: bool
    officer: str = ""  # whose visitors get it


@dataclass(frozen=True)
class Serving:
    """The officer of a roll: her name, and the name by which the answers know her."""

    name: str
    key: str


def print_roll(people: Session, service_point: str, count: int, officer_id: int | None = None) -> list[str]:
    """Make the codes of a new roll; they are known in this moment only."""
    point_id = people.scalar(select(ServicePoint.id).where(ServicePoint.public_id == service_point))
    if point_id is None:
        raise NotFound("service point")
    if officer_id is not None and people.get(Officer, officer_id) is None:
        people.add(Officer(employee_id=officer_id))
        people.flush()
    roll = CodeRoll(service_point_id=point_id, officer_id=officer_id, printed=count)
    people.add(roll)
    people.flush()
    codes = [_new_code() for _ in range(count)]
    hashes = sorted(code_hash(code) for code in codes)  # rows lie in an order that is not that of the roll
    people.execute(
        insert(VisitCode), [{"code_hash": hashed, "roll_id": roll.id, "taken": None} for hashed in hashes]
    )
    return codes


def rolls(people: Session, service_point: str) -> list[Roll]:
    """The rolls of a service point, the newest first."""
    found = (
        select(
            CodeRoll.public_id,
            CodeRoll.printed,
            func.count(VisitCode.taken),
            CodeRoll.is_void,
            func.coalesce(Employee.name, ""),
        )
        .join(VisitCode, VisitCode.roll_id == CodeRoll.id)
        .join(ServicePoint, ServicePoint.id == CodeRoll.service_point_id)
        .outerjoin(Employee, Employee.id == CodeRoll.officer_id)
        .where(ServicePoint.public_id == service_point)
        .group_by(CodeRoll.id, CodeRoll.public_id, CodeRoll.printed, CodeRoll.is_void, Employee.name)
        .order_by(CodeRoll.id.desc())
    )
    return [
        Roll(public_id, printed, in_steps(used, printed, MINIMUM_BATCH), is_void, officer)
        for public_id, printed, used, is_void, officer in people.execute(found)
    ]


def void_roll(people: Session, service_point: str, roll: str) -> None:
    """Let no code of a lost roll be used any more."""
    found = people.scalar(
        select(CodeRoll)
        .join(ServicePoint, ServicePoint.id == CodeRoll.service_point_id)
        .where(ServicePoint.public_id == service_point, CodeRoll.public_id == roll)
    )
    if found is None:
        raise NotFound("roll")
    found.is_void = True


def require_known(people: Session, service_point: str, typed: str) -> None:
    """Look whether a code is one of this place. Whether it was used is told at sending alone.

    Raises
    ------
    VisitCodeRefused
        It is not one of this service point, or its roll is void.
    """
    _find(people, service_point, typed)


def take(people: Session, service_point: str, typed: str, nonce: str) -> None:
    """Use a code up for the form with this nonce; the same form may come again.

    Raises
    ------
    VisitCodeRefused
        As above, or it was used; nothing was changed.
    """
    code, mark = _find(people, service_point, typed), visit_hash(nonce)
    pending = people.get(CodeUse, code.code_hash) or _note(people, code, mark)
    # Read after the use was noted: `settle` may have carried it over meanwhile.
    settled = people.scalar(select(VisitCode.taken).where(VisitCode.code_hash == code.code_hash))
    if (settled or pending.taken) != mark:
        raise VisitCodeRefused(USED)
    if settled:
        people.delete(pending)  # a form that comes again fills no batch


def _note(people: Session, code: VisitCode, mark: bytes) -> CodeUse:
    use = CodeUse(code_hash=code.code_hash, roll_id=code.roll_id, taken=mark)
    try:
        with people.begin_nested():
            people.add(use)
    except IntegrityError:  # somebody else was quicker
        return people.get_one(CodeUse, code.code_hash, populate_existing=True)
    return use


def settle(people: Session) -> None:
    """Carry uses over into their rolls, at least `MINIMUM_BATCH` of a roll at once, and mix the rest.

    Whatever was touched is written anew in the order of the hashes, which are random: neither the place of a
    row nor its transaction tells when a code was used, or before which.
    """
    waiting = people.scalars(select(CodeUse).order_by(CodeUse.code_hash).with_for_update()).all()
    uses = [(use.roll_id, use.code_hash, use.taken) for use in waiting]
    people.execute(delete(CodeUse).where(CodeUse.code_hash.in_([use.code_hash for use in waiting])))
    by_roll = Counter(roll_id for roll_id, _code, _mark in uses)
    carried = {roll_id for roll_id, count in by_roll.items() if count >= MINIMUM_BATCH}
    fresh = {code: mark for roll_id, code, mark in uses if roll_id in carried}
    for roll_id in sorted(carried):
        _rewrite(people, roll_id, fresh)
    rest = [
        {"code_hash": code, "roll_id": roll_id, "taken": mark}
        for roll_id, code, mark in uses
        if roll_id not in carried
    ]
    if rest:
        people.execute(insert(CodeUse), rest)


def _rewrite(people: Session, roll_id: int, fresh: Mapping[bytes, bytes]) -> None:
    """Write all codes of a roll anew, in the order of their hashes."""
    rows = people.execute(
        select(VisitCode.code_hash, VisitCode.taken).where(VisitCode.roll_id == roll_id)
    ).all()
    people.execute(delete(VisitCode).where(VisitCode.roll_id == roll_id))
    people.execute(
        insert(VisitCode),
        [
            {"code_hash": code, "roll_id": roll_id, "taken": fresh.get(code, taken)}
            for code, taken in sorted(rows)
        ],
    )


def officer_of(people: Session, service_point: str, typed: str, nonce: str) -> Serving | None:
    """The officer whose roll the code is from, if it was used up for the form with this nonce."""
    hashed, mark = code_hash(typed), visit_hash(nonce)
    noted = people.scalar(select(CodeUse.taken).where(CodeUse.code_hash == hashed))
    row = people.execute(
        select(Employee.name, Officer.key, VisitCode.taken)
        .select_from(VisitCode)
        .join(CodeRoll, CodeRoll.id == VisitCode.roll_id)
        .join(ServicePoint, ServicePoint.id == CodeRoll.service_point_id)
        .join(Officer, Officer.employee_id == CodeRoll.officer_id)
        .join(Employee, Employee.id == Officer.employee_id)
        .where(VisitCode.code_hash == hashed, ServicePoint.public_id == service_point)
    ).one_or_none()
    is_hers = row is not None and mark == (row.taken or noted)
    return Serving(row.name, row.key) if row is not None and is_hers else None


def _find(people: Session, service_point: str, typed: str) -> VisitCode:
    found = people.scalar(
        select(VisitCode)
        .join(CodeRoll, CodeRoll.id == VisitCode.roll_id)
        .join(ServicePoint, ServicePoint.id == CodeRoll.service_point_id)
        .where(
            VisitCode.code_hash == code_hash(typed),
            ServicePoint.public_id == service_point,
            CodeRoll.is_void.is_(False),
        )
    )
    if found is None:
        raise VisitCodeRefused(UNKNOWN)
    return found


def _new_code() -> str:
    letters = "".join(secrets.choice(BASE32) for _ in range(LENGTH))
    return "-".join(letters[start : start + 4] for start in range(0, LENGTH, 4))
