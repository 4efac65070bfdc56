"""Circles across units: those who hold posts of one kind are peers, though no superior is theirs together."""

from collections import defaultdict

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.models.people import Employee
from survey.models.teams import PeerCircle


def circle_members(session: Session) -> dict[int, list[int]]:
    """The active employees of each circle by its id, from the main posts of today; two statements."""
    circles = session.scalars(select(PeerCircle).order_by(PeerCircle.id)).all()
    staff = session.execute(
        select(Employee.id, Employee.job_kind, Employee.job_level, Employee.job_title)
        .where(Employee.is_active, Employee.job_kind != "")
        .order_by(Employee.id)
    ).all()
    found: dict[int, list[int]] = defaultdict(list)
    for circle in circles:
        begins = circle.title_begins.casefold()
        found[circle.id] = [
            row.id
            for row in staff
            if row.job_kind == circle.job_kind
            and circle.job_level in ("", row.job_level)
            and row.job_title.casefold().startswith(begins)
        ]
    return dict(found)
