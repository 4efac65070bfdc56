"""Read the audit trail: every act, the newest first, and whether the chain of all is whole."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey.models.accounts import Account
from survey.models.audit import AuditEvent
from survey.services import audit

ACTS_PER_PAGE = 50


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
class Page:
    """Some of the entries."""

    acts: list[Act]
    number: int
    pages: int


@dataclass(frozen=True)
class Chain:
    """Whether every entry follows from those before it, to be compared with a public log kept from before."""

    entries: int
    last: str  # the hash of the last entry, in hexadecimal; empty where there is none
    broken_at: int | None


def page(session: Session, number: int) -> Page:
    """A page of the trail."""
    total = session.scalar(select(func.count()).select_from(AuditEvent)) or 0
    pages = max(1, -(-total // ACTS_PER_PAGE))
    number = min(number, pages)
    skipped = (number - 1) * ACTS_PER_PAGE
    rows = session.execute(
        select(AuditEvent, Account.username)
        .outerjoin(Account, Account.id == AuditEvent.account_id)
        .order_by(AuditEvent.id.desc())
        .offset(skipped)
        .limit(ACTS_PER_PAGE)
    )
    acts = [
        Act(total - skipped - place, event.at, name or "", event.action, event.object, event.detail)
        for place, (event, name) in enumerate(rows)
    ]
    return Page(acts, number, pages)


def check(session: Session) -> Chain:
    """Follow the whole chain from its first entry."""
    broken_at = audit.check_chain(session)
    entries = session.scalar(select(func.count()).select_from(AuditEvent)) or 0
    last = session.scalar(select(AuditEvent.hash).order_by(AuditEvent.id.desc()).limit(1))
    return Chain(entries, last.hex() if last else "", broken_at)
