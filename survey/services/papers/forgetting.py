"""What the people database forgets of a cycle once it is counted."""

from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from survey.models.cycles import Cycle
from survey.models.invitations import DrawnCode, Invitation, Paper, ReplacementRequest

BATCH = 5_000
# What rests on another comes before it.
_IN_ORDER: tuple[tuple[Any, Any], ...] = (
    (Paper, Paper.key),
    (DrawnCode, DrawnCode.key),
    (ReplacementRequest, ReplacementRequest.public_id),
    (Invitation, Invitation.secret_hash),
)


def forget_marks(session: Session, cycle: Cycle) -> None:
    """After counting, keep that a paper was used and nothing of what it was used with.

    All rows are written anew in the order of their random keys: PostgreSQL puts a changed row behind the
    others, so the tables would go on telling in which order papers were taken and codes fetched.
    """
    taken_out = {model: _taken_out(session, cycle, model, order) for model, order in _IN_ORDER}
    for model, rows in reversed(taken_out.items()):
        _put_back(session, model, [_without_mark(row) for row in rows])


def _without_mark(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "taken": b""} if row.get("taken") is not None else row


def _taken_out(session: Session, cycle: Cycle, model: Any, order: Any) -> list[dict[str, Any]]:
    columns = model.__table__.c
    of_cycle = columns.cycle_id == cycle.id
    rows = session.execute(select(*columns).where(of_cycle).order_by(order)).mappings().all()
    session.execute(delete(model).where(of_cycle))
    return [dict(row) for row in rows]


def _put_back(session: Session, model: Any, rows: list[dict[str, Any]]) -> None:
    for start in range(0, len(rows), BATCH):
        session.execute(insert(model), rows[start : start + BATCH])
