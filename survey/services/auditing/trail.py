"""Read the audit trail: every act, the newest first, and whether the chain of all is whole."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from survey.models.accounts import Account
from survey.models.audit import AuditEvent
from survey.services.auditing import audit
from survey.services.documents.listing import DESCENDING, Column, ListPage, Wanted, in_order, page_of


@dataclass(frozen=True)
class Act:
    """One entry; `number` is its place in the chain, from 1."""

    number: int
    at: datetime
    account: str  # the username; empty where it was the server, or a command on it
    action: str
    about: str
    detail: dict[str, Any]


@dataclass(frozen=True)
class Chain:
    """Whether every entry follows from those before it, to be compared with a public log kept from before."""

    entries: int
    last: str  # the hash of the last entry, in hexadecimal; empty where there is none
    broken_at: int | None


def page(session: Session, wanted: Wanted) -> ListPage:
    """One page of the acts that hold what is searched for."""
    query, orders = _found(wanted)
    found = page_of(session, query, _newest_first(wanted), orders, AuditEvent.id)
    return replace(found, rows=[_act(*row) for row in found.rows])


def all_acts(session: Session, wanted: Wanted) -> list[Act]:
    """All of them, for a file."""
    query, orders = _found(wanted)
    asked = _newest_first(wanted)
    return [_act(*row) for row in session.execute(in_order(query, asked.sort, orders, AuditEvent.id))]


def _newest_first(wanted: Wanted) -> Wanted:
    return wanted if wanted.sort else replace(wanted, sort=f"{DESCENDING}number")


def _found(wanted: Wanted) -> tuple[Select[Any], dict[str, Column]]:
    places = select(AuditEvent.id, func.row_number().over(order_by=AuditEvent.id).label("number")).subquery()
    query = (
        select(AuditEvent, places.c.number, Account.username)
        .join(places, places.c.id == AuditEvent.id)
        .outerjoin(Account, Account.id == AuditEvent.account_id)
    )
    if wanted.text:
        columns = (Account.username, AuditEvent.action, AuditEvent.object)
        query = query.where(or_(*(column.icontains(wanted.text, autoescape=True) for column in columns)))
    return query, {"number": AuditEvent.id, "account": Account.username, "act": AuditEvent.action}


def _act(event: AuditEvent, number: int, username: str | None) -> Act:
    return Act(number, event.at, username or "", event.action, event.object, event.detail)


def check(session: Session) -> Chain:
    """Follow the whole chain from its first entry."""
    broken_at = audit.check_chain(session)
    entries = session.scalar(select(func.count()).select_from(AuditEvent)) or 0
    last = session.scalar(select(AuditEvent.hash).order_by(AuditEvent.id.desc()).limit(1))
    return Chain(entries, last.hex() if last else "", broken_at)
