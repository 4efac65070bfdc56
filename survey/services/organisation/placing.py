"""Change what people are from a day on: transfer, further and acting posts, leaving. Nothing is overwritten
that held before.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import and_, insert, or_, select, update
from sqlalchemy.orm import Session

from survey.exceptions import NotFound, OrganisationRefused
from survey.models.people import Employee, Unit
from survey.models.posts import ACTING, Post
from survey.services.auditing import audit

A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Placement:
    """A main post: where, as what, under whom."""

    unit_id: int
    title: str
    job_kind: str
    job_level: str
    supervisor_id: int | None


def transfer(
    session: Session, employee: Employee, to: Placement, begins_on: date, account_id: int | None
) -> None:
    """Give somebody another main post from a day on; the one before ends the day before.

    Raises
    ------
    OrganisationRefused
        The day is not after the first day of the present post, or she would be her own superior.
    """
    if employee.in_post_since is not None and begins_on <= employee.in_post_since:
        raise OrganisationRefused("before_this_post")
    if to.supervisor_id == employee.id:
        raise OrganisationRefused("own_superior")
    keep_main_posts(session, [employee.id], begins_on)
    employee.unit_id, employee.supervisor_id = to.unit_id, to.supervisor_id
    employee.job_title, employee.job_kind, employee.job_level = to.title, to.job_kind, to.job_level
    employee.in_post_since = begins_on
    _tell(session, account_id, "employee.transferred", employee)


def keep_main_posts(session: Session, employee_ids: Sequence[int], begins_on: date) -> list[int]:
    """Write down the main posts of these people as they were until the day before; the ids of the posts."""
    if not employee_ids:
        return []
    before = session.execute(
        select(
            Employee.id.label("employee_id"),
            Employee.unit_id,
            Employee.job_title.label("title"),
            Employee.job_kind,
            Employee.job_level,
            Employee.supervisor_id,
            Employee.in_post_since.label("begins_on"),
        ).where(Employee.id.in_(employee_ids))
    ).mappings()
    rows = [{**row, "capacity": "main", "ends_on": begins_on - A_DAY} for row in before]
    return list(session.scalars(insert(Post).returning(Post.id), rows))


def move_to_unit(session: Session, employee_ids: Sequence[int], unit_id: int, begins_on: date) -> None:
    """Move people with their posts as they are to another unit, from a day on."""
    began_later = Employee.in_post_since >= begins_on
    moved = session.scalars(
        select(Employee.id).where(
            Employee.id.in_(employee_ids), or_(Employee.in_post_since.is_(None), ~began_later)
        )
    ).all()
    keep_main_posts(session, moved, begins_on)
    in_lists = Employee.id.in_(employee_ids)
    session.execute(update(Employee).where(in_lists).values(unit_id=unit_id))
    session.execute(update(Employee).where(Employee.id.in_(moved)).values(in_post_since=begins_on))


def give_post(session: Session, post: Post, account_id: int | None) -> None:
    """Give somebody a further post, or let her act for a seat.

    Raises
    ------
    OrganisationRefused
        It ends before it begins; an acting official needs a first day, and a seat that is not her own and
        that nobody else acts for in the same days.
    """
    if post.begins_on and post.ends_on and post.ends_on < post.begins_on:
        raise OrganisationRefused("ends_before_it_begins")
    if post.capacity in ACTING:
        _check_seat(session, post)
    session.add(post)
    session.flush()
    employee = session.get_one(Employee, post.employee_id)
    _tell(session, account_id, "employee.post-given", employee, capacity=post.capacity)


def _check_seat(session: Session, post: Post) -> None:
    if post.begins_on is None:
        raise OrganisationRefused("acting_without_first_day")
    if post.acts_for_id is None or post.acts_for_id == post.employee_id:
        raise OrganisationRefused("seat_missing")
    meets = and_(
        Post.acts_for_id == post.acts_for_id,
        or_(Post.ends_on.is_(None), Post.ends_on >= post.begins_on),
        Post.begins_on <= (post.ends_on or date.max),
    )
    if session.scalar(select(Post.id).where(Post.capacity.in_(ACTING), meets).limit(1)):
        raise OrganisationRefused("seat_taken")


def end_post(
    session: Session, employee: Employee, public_id: str, ends_on: date, account_id: int | None
) -> None:
    """Let a further or acting post end on a day.

    Raises
    ------
    NotFound, OrganisationRefused
    """
    post = session.scalar(
        select(Post).where(
            Post.public_id == public_id, Post.employee_id == employee.id, Post.capacity != "main"
        )
    )
    if post is None:
        raise NotFound(public_id)
    if post.begins_on and ends_on < post.begins_on:
        raise OrganisationRefused("ends_before_it_begins")
    post.ends_on = ends_on
    _tell(session, account_id, "employee.post-ended", employee, capacity=post.capacity)


def leave(session: Session, employee: Employee, left_on: date, account_id: int | None) -> None:
    """Somebody retires or leaves: nothing she held goes on, nothing about her is removed."""
    employee.is_active, employee.left_on = False, left_on
    open_posts = update(Post).where(
        Post.employee_id == employee.id, or_(Post.ends_on.is_(None), Post.ends_on > left_on)
    )
    session.execute(open_posts.values(ends_on=left_on))
    _tell(session, account_id, "employee.left", employee)


def unit_of_code(session: Session, code: str) -> Unit:
    """The unit with this code that is there today; OrganisationRefused where there is none."""
    unit = session.scalar(select(Unit).where(Unit.code == code.strip(), Unit.ends_on.is_(None)))
    if unit is None:
        raise OrganisationRefused("unit_unknown")
    return unit


def employee_of_key(session: Session, key: str) -> Employee:
    """Somebody by NIP or code; OrganisationRefused where there is nobody."""
    digits = "".join(key.replace(".", "").split())
    found = session.scalar(
        select(Employee).where(or_(Employee.number == digits, Employee.code == key.strip().upper()))
    )
    if found is None:
        raise OrganisationRefused("employee_unknown")
    return found


def _tell(session: Session, account_id: int | None, action: str, employee: Employee, **detail: str) -> None:
    audit.record(session, account_id, action, employee.public_id, **detail)
