"""Conflict pairs: two people who must not rate each other. HR alone sees them; the pair is told nothing."""

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session, aliased

from survey.exceptions import NotFound, RequestRefused
from survey.models.assignments import ConflictPair
from survey.models.people import Employee
from survey.services.auditing import audit
from survey.services.documents.listing import ListPage, Wanted, page_of
from survey.services.organisation.employee_numbers import digits_of


def listed(session: Session, wanted: Wanted) -> ListPage:
    """One page of the pairs; they go into no file, because nobody else is to know them."""
    first, second = aliased(Employee), aliased(Employee)
    query = (
        select(
            ConflictPair.public_id,
            first.name.label("first"),
            second.name.label("second"),
            ConflictPair.reason,
        )
        .join(first, first.id == ConflictPair.first_id)
        .join(second, second.id == ConflictPair.second_id)
    )
    if wanted.text:
        columns = (first.name, second.name, ConflictPair.reason)
        query = query.where(or_(*(column.icontains(wanted.text, autoescape=True) for column in columns)))
    orders = {"first": first.name, "second": second.name, "reason": ConflictPair.reason}
    return page_of(session, query, wanted, orders, ConflictPair.public_id)


def add(session: Session, account_id: int, numbers: tuple[str, str], reason: str) -> None:
    """Enter a pair, each known by the NIP.

    Raises
    ------
    RequestRefused
        The code says what is wrong with the numbers or the reason.
    """
    found = [
        session.scalar(select(Employee.id).where(Employee.number == digits_of(number))) for number in numbers
    ]
    first, second = found
    if first is None or second is None:
        raise RequestRefused("first_unknown" if first is None else "second_unknown")
    if first == second:
        raise RequestRefused("same_person")
    if not reason.strip():
        raise RequestRefused("reason_missing")
    low, high = min(first, second), max(first, second)
    if session.get(ConflictPair, (low, high)) is not None:
        raise RequestRefused("known_already")
    pair = ConflictPair(first_id=low, second_id=high, reason=reason.strip())
    session.add(pair)
    session.flush()
    # Who the pair is stands in the table alone: the trail is read by more offices.
    audit.record(session, account_id, "conflict.add", pair.public_id)


def remove(session: Session, account_id: int, public_id: str) -> None:
    """Take a pair out; NotFound where there is none."""
    gone = session.execute(delete(ConflictPair).where(ConflictPair.public_id == public_id))
    if gone.rowcount != 1:  # type: ignore[attr-defined]
        raise NotFound(public_id)
    audit.record(session, account_id, "conflict.remove", public_id)
