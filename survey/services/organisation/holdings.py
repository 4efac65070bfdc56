"""Who held which post from when to when: the main posts of today and all others, as one list.

A day that is not known counts as long ago at the beginning, and as still to come at the end.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from survey.models.people import Employee
from survey.models.posts import ACTING, Post

LONG_AGO, OPEN_END = date.min, date.max


@dataclass(frozen=True)
class Holding:
    """One post of one person; the first and the last day belong to it."""

    employee_id: int
    capacity: str  # posts.CAPACITIES
    unit_id: int
    title: str
    job_kind: str
    job_level: str
    supervisor_id: int | None
    acts_for_id: int | None
    begins_on: date
    ends_on: date

    @property
    def is_acting(self) -> bool:
        return self.capacity in ACTING

    def covers(self, day: date) -> bool:
        """Whether the post was held on that day."""
        return self.begins_on <= day <= self.ends_on


def read_holdings(session: Session) -> list[Holding]:
    """Every post anybody held or holds; two statements."""
    return [*_main_posts(session), *_other_posts(session)]


def by_employee(holdings: Iterable[Holding]) -> Mapping[int, list[Holding]]:
    """The posts of each person."""
    found: dict[int, list[Holding]] = defaultdict(list)
    for holding in holdings:
        found[holding.employee_id].append(holding)
    return found


def _main_posts(session: Session) -> list[Holding]:
    """The present main posts; who left without a day on record is in none."""
    rows = session.execute(
        select(
            Employee.id,
            Employee.unit_id,
            Employee.job_title,
            Employee.job_kind,
            Employee.job_level,
            Employee.supervisor_id,
            Employee.in_post_since,
            Employee.left_on,
        ).where(or_(Employee.is_active, Employee.left_on.is_not(None)))
    )
    return [
        Holding(
            row.id,
            "main",
            row.unit_id,
            row.job_title,
            row.job_kind,
            row.job_level,
            row.supervisor_id,
            None,
            row.in_post_since or LONG_AGO,
            row.left_on or OPEN_END,
        )
        for row in rows
    ]


def _other_posts(session: Session) -> list[Holding]:
    rows = session.execute(
        select(
            Post.employee_id,
            Post.capacity,
            Post.unit_id,
            Post.title,
            Post.job_kind,
            Post.job_level,
            Post.supervisor_id,
            Post.acts_for_id,
            Post.begins_on,
            Post.ends_on,
        )
    )
    return [
        Holding(
            *row[:8],
            row.begins_on or LONG_AGO,
            row.ends_on or OPEN_END,
        )
        for row in rows
    ]
