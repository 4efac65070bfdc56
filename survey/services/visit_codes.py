"""Single-use codes that are handed out after a visit: 60 random bits on paper, hashes here, and no more.

A roll is printed in random order, and no table joins a code to a person, a queue or a time.
"""

import secrets
from dataclasses import dataclass

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from survey.exceptions import NotFound, VisitCodeRefused
from survey.models.channels import CodeRoll, VisitCode
from survey.models.service_points import ServicePoint
from survey.services.codes import code_hash
from survey.services.sealing import BASE32, visit_hash

LENGTH = 12  # 60 bits
UNKNOWN, USED = "unknown", "used"


@dataclass(frozen=True)
class Roll:
    """A roll of a service point: how many codes were printed, and how many of them used."""

    public_id: str
    printed: int
    used: int
    is_void: bool


def print_roll(people: Session, service_point: str, count: int) -> list[str]:
    """Make the codes of a new roll; they are known in this moment only."""
    point_id = people.scalar(select(ServicePoint.id).where(ServicePoint.public_id == service_point))
    if point_id is None:
        raise NotFound("service point")
    roll = CodeRoll(service_point_id=point_id, printed=count)
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
        select(CodeRoll.public_id, CodeRoll.printed, func.count(VisitCode.taken), CodeRoll.is_void)
        .join(VisitCode, VisitCode.roll_id == CodeRoll.id)
        .join(ServicePoint, ServicePoint.id == CodeRoll.service_point_id)
        .where(ServicePoint.public_id == service_point)
        .group_by(CodeRoll.id, CodeRoll.public_id, CodeRoll.printed, CodeRoll.is_void)
        .order_by(CodeRoll.id.desc())
    )
    return [Roll(*row) for row in people.execute(found)]


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


def require_unused(people: Session, service_point: str, typed: str) -> None:
    """Look whether a code may still be used here.

    Raises
    ------
    VisitCodeRefused
        It is not one of this service point, its roll is void, or it was used.
    """
    if _find(people, service_point, typed).taken is not None:
        raise VisitCodeRefused(USED)


def take(people: Session, service_point: str, typed: str, nonce: str) -> None:
    """Use a code up for the form with this nonce; the same form may come again.

    Raises
    ------
    VisitCodeRefused
        As above; nothing was changed.
    """
    found, mark = _find(people, service_point, typed, lock=True), visit_hash(nonce)
    if found.taken not in (None, mark):
        raise VisitCodeRefused(USED)
    found.taken = mark


def _find(people: Session, service_point: str, typed: str, *, lock: bool = False) -> VisitCode:
    wanted = (
        select(VisitCode)
        .join(CodeRoll, CodeRoll.id == VisitCode.roll_id)
        .join(ServicePoint, ServicePoint.id == CodeRoll.service_point_id)
        .where(
            VisitCode.code_hash == code_hash(typed),
            ServicePoint.public_id == service_point,
            CodeRoll.is_void.is_(False),
        )
    )
    found = people.scalar(wanted.with_for_update(of=VisitCode) if lock else wanted)
    if found is None:
        raise VisitCodeRefused(UNKNOWN)
    return found


def _new_code() -> str:
    letters = "".join(secrets.choice(BASE32) for _ in range(LENGTH))
    return "-".join(letters[start : start + 4] for start in range(0, LENGTH, 4))
