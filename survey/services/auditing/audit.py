"""Write down what was done, as a chain of hashes: no entry can be changed, taken out or moved unseen.

`docs/protocol.md` fixes the bytes of the chain and what everybody may read of it.
"""

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from protocol import log
from survey.models.audit import AuditEvent

SALT_BYTES = 16
CHAIN_LOCK = 0x6365726D696E  # any number, as long as everybody who writes to the chain waits for the same
EVENTS_AT_ONCE = 1000


def record(session: Session, account_id: int | None, action: str, about: str, **detail: Any) -> None:
    """Add one act to the audit trail; details are texts and whole numbers."""
    _append(session, secrets.token_bytes(SALT_BYTES), account_id, action, about, detail)


def record_openly(session: Session, action: str, about: str, **detail: str | int) -> None:
    """Add what everybody may read: an act of nobody's account, with nothing that hides what was done."""
    _append(session, b"", None, action, about, detail)


def last_hash(session: Session) -> bytes:
    """What the chain ends with now: as long as it is the same, nobody did anything."""
    return session.scalar(select(AuditEvent.hash).order_by(AuditEvent.id.desc()).limit(1)) or log.START


def hold_chain(session: Session) -> None:
    """Let nobody else write to the chain until this transaction ends, so that it cannot fork."""
    # In SQLite every transaction that may write waits for the one before it (BEGIN IMMEDIATE).
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(CHAIN_LOCK)))


def _append(
    session: Session, salt: bytes, account_id: int | None, action: str, about: str, detail: dict[str, Any]
) -> None:
    hold_chain(session)
    at = datetime.now(UTC).replace(microsecond=0)
    previous = last_hash(session)
    digest = log.digest(salt, log.Entry(account_id, action, about, log.at_text(at), detail))
    session.add(
        AuditEvent(
            at=at,
            account_id=account_id,
            action=action,
            object=about,
            detail=detail,
            salt=salt,
            digest=digest,
            hash=log.link(previous, digest),
        )
    )
    session.flush()  # numbers are given out in the order of the chain


def entry_of(event: AuditEvent) -> log.Entry:
    """An act as it is hashed and, where everybody may read it, published."""
    at = event.at.astimezone(UTC) if event.at.tzinfo else event.at  # SQLite keeps UTC without saying so
    return log.Entry(event.account_id, event.action, event.object, log.at_text(at), event.detail)


def chain(session: Session) -> Iterator[AuditEvent]:
    """Every entry from the first to the last, read in parts: it may be long, and a reader may stop early."""
    last = 0
    while True:
        part = select(AuditEvent).where(AuditEvent.id > last).order_by(AuditEvent.id).limit(EVENTS_AT_ONCE)
        events = session.scalars(part).all()
        yield from events
        if len(events) < EVENTS_AT_ONCE:
            return
        last = events[-1].id
        for event in events:
            session.expunge(event)


def check_chain(session: Session) -> int | None:
    """The place of the first entry (from 1) that does not follow from those before it; None if all do.

    Entries taken off the end leave a chain that is sound and shorter: that is seen by whoever kept a public
    log from before.
    """
    previous = log.START
    for place, event in enumerate(chain(session), 1):
        digest = log.digest(event.salt, entry_of(event))
        if digest != event.digest or log.link(previous, digest) != event.hash:
            return place
        previous = event.hash
    return None
