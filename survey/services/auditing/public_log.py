"""The public log: what everybody may read about a cycle, inside the chain of all acts.

`docs/protocol.md` names each action and its details, and fixes the lines of the file.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from protocol import log
from survey.models.audit import AuditEvent
from survey.models.cycles import Cycle
from survey.services.auditing import audit


@dataclass(frozen=True)
class Told:
    """What an action tells, in the order of the alphabet, and for each of which of these it is told once."""

    details: tuple[str, ...] = ()
    once_for: tuple[str, ...] = ()


# Each is told once, however often a job is repeated.
PUBLIC_ACTIONS: dict[str, Told] = {
    "cycle-opened": Told(("manifest",)),
    "box-told": Told(("ballots", "day"), once_for=("day",)),  # no hash: it would tell which ballots came
    "minimum-raised": Told(("minimum",), once_for=("minimum",)),
    "cycle-extended": Told(("closes_on",), once_for=("closes_on",)),
    "unit-extended": Told(("closes_on", "unit"), once_for=("closes_on", "unit")),
    "papers-replaced": Told(("papers",), once_for=("papers",)),
    "cycle-closed": Told(),
    "box-closed": Told(("ballots", "day", "hash")),
    "list-handed": Told(("hash", "items", "layer"), once_for=("layer",)),
    "list-brought": Told(("hash", "items", "layer"), once_for=("layer",)),
    "cycle-counted": Told(("counted", "not_counted", "receipts")),
    "keys-destroyed": Told(),
    "items-left-out": Told(("codes",)),
    "cycle-released": Told(),
    "cycle-cancelled": Told(("reason",)),
}


def tell(session: Session, cycle: Cycle, action: str, **detail: str | int) -> bool:
    """Enter what everybody may read about a cycle, once; false where it was told before.

    A cycle without a manifest was counted before there were public logs: nothing is told of it.
    """
    told = PUBLIC_ACTIONS[action]
    if tuple(sorted(detail)) != told.details:
        raise ValueError(f"{action}: to be told with {told.details}")
    audit.hold_chain(session)
    if not cycle.manifest or is_told(session, cycle, action, {name: detail[name] for name in told.once_for}):
        return False
    audit.record_openly(session, action, cycle.public_id, **detail)
    return True


def is_told(session: Session, cycle: Cycle, action: str, detail: dict[str, str | int]) -> bool:
    """Whether an action was told with these details."""
    found = select(AuditEvent).where(AuditEvent.action == action, AuditEvent.object == cycle.public_id)
    return any(
        is_public(event) and detail.items() <= event.detail.items() for event in session.scalars(found)
    )


def is_public(event: AuditEvent) -> bool:
    """Whether everybody may read an entry."""
    return event.action in PUBLIC_ACTIONS and event.account_id is None and not event.salt


def entries(session: Session, cycle: str) -> list[log.Entry]:
    """What everybody may read about a cycle, in the order in which it happened."""
    found = select(AuditEvent).where(AuditEvent.object == cycle, AuditEvent.action.in_(PUBLIC_ACTIONS))
    events = session.scalars(found.order_by(AuditEvent.id))
    return [audit.entry_of(event) for event in events if is_public(event)]


def day_of(entry: log.Entry, time_zone: str) -> date:
    """On which day something happened, by the clock of a place."""
    return datetime.fromisoformat(entry.at).astimezone(ZoneInfo(time_zone)).date()


def ended(told: Sequence[log.Entry], time_zone: str) -> date | None:
    """On which day a cycle was closed or cancelled; nothing where that is not told."""
    found = (each for each in told if each.action in ("cycle-closed", "cycle-cancelled"))
    return next((day_of(each, time_zone) for each in found), None)


def lines(session: Session, cycle: str) -> Iterator[bytes]:
    """The file of a cycle by lines: the whole chain, in which only what concerns this cycle is legible."""
    for number, event in enumerate(audit.chain(session), 1):
        if is_public(event) and event.object == cycle:
            yield log.public_line(number, audit.entry_of(event), event.hash) + b"\n"
        else:
            yield log.hidden_line(number, event.digest, event.hash) + b"\n"
