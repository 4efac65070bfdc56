"""What this server knows of a cycle's keys, opening and closing, for minutes that are printed and signed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.models.audit import AuditEvent
from survey.models.cycles import Cycle
from survey.services.cycles import holders

ACTS = (
    "cycle.holder",
    "cycle-opened",
    "cycle-closed",
    "box-closed",
    "list-handed",
    "list-brought",
    "cycle.list",
    "cycle.list-refused",
    "cycle-counted",
    "keys-destroyed",
    "items-left-out",
    "cycle-cancelled",
)


@dataclass(frozen=True)
class Act:
    """One entry of the audit trail."""

    at: datetime
    action: str
    detail: dict[str, Any]

    @property
    def layer(self) -> int:
        """The layer it is about; 0 where it is about none."""
        return int(self.detail.get("layer", self.detail.get("at_layer", 0)))


@dataclass(frozen=True)
class Seal:
    """One layer: who owns its key, and the lists that went to the office and came back."""

    state: holders.LayerState
    handed: Act | None
    brought: Act | None
    reason: str

    @property
    def left_out(self) -> int | None:
        """How many ballots did not come back; None while that is not known."""
        if self.handed is None or self.brought is None:
            return None
        return int(self.handed.detail["items"]) - int(self.brought.detail["items"])


@dataclass(frozen=True)
class CycleMinutes:
    """Both seals, and every act in its order."""

    seals: list[Seal]
    acts: list[Act]

    def last(self, action: str) -> Act | None:
        """The latest act of that kind."""
        return _last(self.acts, action)


def read(session: Session, cycle: Cycle) -> CycleMinutes:
    """Gather what the audit trail tells of a cycle."""
    events = session.scalars(
        select(AuditEvent)
        .where(AuditEvent.object == cycle.public_id, AuditEvent.action.in_(ACTS))
        .order_by(AuditEvent.id)
    )
    acts = [Act(event.at, event.action, event.detail) for event in events]
    return CycleMinutes([_seal(state, acts) for state in holders.states(session, cycle)], acts)


def _seal(state: holders.LayerState, acts: Sequence[Act]) -> Seal:
    own = [act for act in acts if act.layer == state.layer]
    taken = _last(own, "cycle.list")
    reason = str(taken.detail.get("reason", "")) if taken else ""
    return Seal(state, _last(own, "list-handed"), _last(own, "list-brought"), reason)


def _last(acts: Sequence[Act], action: str) -> Act | None:
    return next((act for act in reversed(acts) if act.action == action), None)
