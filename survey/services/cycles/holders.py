"""Who owns the keys of a cycle's two layers, and whether they were tried before anybody answers."""

import secrets
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from protocol import holder
from protocol.holder import Answer, PublicKey
from survey.exceptions import HolderRefused, StepNotAllowed
from survey.models.audit import AuditEvent
from survey.models.cycles import Cycle
from survey.models.protocol import Layer

Mode = Literal["two_holders", "one_holder", "server_key"]
SERVER, OFFICE = "server", "office"
OUTER, INNER = 1, 2
# mode -> who owns layer 1 and layer 2
MODES: dict[str, tuple[str, str]] = {
    "two_holders": (OFFICE, OFFICE),
    "one_holder": (SERVER, OFFICE),
    "server_key": (SERVER, SERVER),
}
EXPOSED = "cycle.holder-exposed"  # an act of the audit trail
BEFORE_OPENING = ("draft", "nomination", "assigned")


@dataclass(frozen=True)
class LayerState:
    """One layer as the page of key holders shows it."""

    layer: int
    owner: str
    office: str
    fingerprint: str  # of the public key, to be compared with the office's own; empty before there is one
    is_proven_by_key: bool
    is_proven_by_shares: bool

    @property
    def has_key(self) -> bool:
        """Whether the office brought its public key."""
        return bool(self.fingerprint)

    @property
    def is_ready(self) -> bool:
        """Whether a cycle may open with it."""
        return self.owner == SERVER or (self.is_proven_by_key and self.is_proven_by_shares)


def lay_out(session: Session, cycle: Cycle) -> None:
    """Make the two layers of a new cycle as its mode says."""
    owners = zip((OUTER, INNER), MODES[cycle.mode], strict=True)
    session.add_all(Layer(cycle_id=cycle.id, layer=layer, owner=owner) for layer, owner in owners)
    session.flush()


def layers(session: Session, cycle: Cycle) -> list[Layer]:
    """The layers of a cycle, the outer one first."""
    return list(session.scalars(select(Layer).where(Layer.cycle_id == cycle.id).order_by(Layer.layer)))


def states(session: Session, cycle: Cycle) -> list[LayerState]:
    """How far the key holders are."""
    return [
        LayerState(
            row.layer,
            row.owner,
            row.office,
            _fingerprint(cycle, row) if row.owner == OFFICE else "",
            row.is_proven_by_key,
            row.is_proven_by_shares,
        )
        for row in layers(session, cycle)
    ]


def server_layers(session: Session, cycle: Cycle) -> list[Layer]:
    """The layers whose keys this server owns."""
    return [row for row in layers(session, cycle) if row.owner == SERVER]


def key_name(box: str, layer: int) -> str:
    """By which name the server keeps the key of a layer."""
    return f"{box}:layer{layer}"


def _fingerprint(cycle: Cycle, row: Layer) -> str:
    if not row.public_key:
        return ""
    return PublicKey(cycle.public_id, row.layer, row.office, row.public_key).fingerprint


def register_key(session: Session, cycle: Cycle, public: PublicKey) -> str:
    """Take the public key that an office made; the one before it is forgotten with whatever was proven of it.

    The same key of the same office brought again changes nothing.

    Returns
    -------
    str
        The fingerprint of the key that it replaces; empty where it replaces none.

    Raises
    ------
    StepNotAllowed, HolderRefused
        The cycle was opened; the key is another cycle's, the office or key is that of the other layer, or the
        layer is not an office's.
    """
    if public.cycle != cycle.public_id:
        raise HolderRefused("wrong_cycle")
    row = _office_layer(session, cycle, public.layer)
    others = [other for other in layers(session, cycle) if other.layer != row.layer]
    name = " ".join(public.office.split())
    if not name:
        raise HolderRefused("office_missing")
    if any(other.office.casefold() == name.casefold() for other in others):
        raise HolderRefused("same_office")
    if any(other.public_key == public.point for other in others):
        raise HolderRefused("same_key")
    if public.fingerprint in exposed_keys(session, cycle):
        raise HolderRefused("exposed_key")
    before = _fingerprint(cycle, row)
    if (row.office, row.public_key) == (name, public.point):
        return ""
    row.office, row.public_key, row.proof_text = name, public.point, holder.new_proof_text()
    row.is_proven_by_key = row.is_proven_by_shares = False
    return before


def expose_key(session: Session, cycle: Cycle, public: PublicKey) -> None:
    """Accept a key no more whose secret half was seen here; the audit trail remembers it."""
    row = session.get(Layer, (cycle.id, public.layer))
    is_plan = cycle.state in BEFORE_OPENING
    if is_plan and row is not None and row.owner == OFFICE and row.public_key == public.point:
        row.office, row.public_key = "", b""
        row.is_proven_by_key = row.is_proven_by_shares = False


def exposed_keys(session: Session, cycle: Cycle) -> frozenset[str]:
    """Fingerprints of the keys whose secret halves were brought to the server."""
    found = select(AuditEvent.detail).where(
        AuditEvent.action == EXPOSED, AuditEvent.object == cycle.public_id
    )
    return frozenset(detail["fingerprint"] for detail in session.scalars(found))


def challenge(session: Session, cycle: Cycle, layer: int) -> bytes:
    """The sealed text that only the owner of the key can answer."""
    row = _office_layer(session, cycle, layer)
    if not row.public_key:
        raise HolderRefused("key_missing")
    public = PublicKey(cycle.public_id, layer, row.office, row.public_key)
    return holder.challenge_file(public, row.proof_text)


def accept_answer(session: Session, cycle: Cycle, answer: Answer) -> None:
    """Take the answer to a challenge: from the key itself, or from a key put together from two shares."""
    row = _office_layer(session, cycle, answer.layer)
    expected = holder.proof_answer(row.proof_text)
    if not row.public_key or not secrets.compare_digest(answer.proof, expected):
        raise HolderRefused("wrong_answer")
    if answer.source == holder.FROM_KEY:
        row.is_proven_by_key = True
    else:
        row.is_proven_by_shares = True


def _office_layer(session: Session, cycle: Cycle, layer: int) -> Layer:
    if cycle.state not in BEFORE_OPENING:
        raise StepNotAllowed(cycle.state, "holder")
    row = session.get(Layer, (cycle.id, layer))
    if row is None or row.owner != OFFICE:
        raise HolderRefused("no_such_layer")
    return row


def require_ready(session: Session, cycle: Cycle) -> None:
    """Refuse to open before every office has shown that its key works, also from its shares."""
    if not all(state.is_ready for state in states(session, cycle)):
        raise HolderRefused("not_ready")
