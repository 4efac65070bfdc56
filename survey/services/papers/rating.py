"""Ballots about a person: sealed, dropped into a cycle's box, and read when they are counted."""

from contextlib import suppress
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from protocol import ballots, sealing, tokens
from protocol.ballots import Ballot, Signed
from protocol.box import Delivery, has_valid_pass
from survey.exceptions import BallotDiffers, PassRefused
from survey.models.cycles import Cycle
from survey.services.cycles import cycles, holders
from survey.services.papers import ballot_box, stamping
from survey.services.secrets import sealing as sealing_hashes


@dataclass(frozen=True)
class CycleBox:
    """What a device needs to seal a ballot of a cycle: its box and the keys of the two layers."""

    cycle: str
    name: str
    outer_key: bytes
    inner_key: bytes


@dataclass(frozen=True)
class Said:
    """What a rater said on one paper."""

    instrument: str  # the hash of the questionnaire
    answers: dict[str, int]  # item -> step
    missing: dict[str, str] = field(default_factory=dict)  # item -> reason for not judging
    comments: dict[str, str] = field(default_factory=dict)  # open question -> words

    def ballot(self, cycle: str, scope: str, stamp: Signed) -> Ballot:
        """The ballot that says it, with its stamp."""
        return Ballot(cycle, scope, self.instrument, stamp, self.answers, self.missing, self.comments)


def box_of(people: Session, cycle: Cycle) -> CycleBox:
    """The box of an open cycle."""
    outer, inner = holders.layers(people, cycle)
    return CycleBox(cycle.public_id, cycles.box_name(cycle), outer.public_key, inner.public_key)


def require_pass(spool: Session, delivery: Delivery) -> None:
    """Refuse what does not come with a pass of an open box; looked at before anything is locked.

    Raises
    ------
    BoxClosed, PassRefused
        The box takes nothing; the pass is not valid.
    """
    if not has_valid_pass(delivery, ballot_box.require_open(spool, cycles.BOX_PREFIX + delivery.cycle)):
        raise PassRefused


def drop(spool: Session, delivery: Delivery) -> bool:
    """Take a ballot in whose pass was looked at; false where the very same lies there already.

    Raises
    ------
    BoxClosed, BallotDiffers
        The box takes nothing any more; the pass came with another ballot before.
    """
    box = cycles.BOX_PREFIX + delivery.cycle
    ballot_box.require_open(spool, box)
    return ballot_box.put(spool, box, delivery.name, delivery.sealed)


def cast(spool: Session, box: CycleBox, nonce: str, scope: str, said: Said) -> str:
    """Stamp, seal and drop a ballot on behalf of a device that cannot; returns the receipt.

    For a moment the program sees who sends what. What it stores is like any other ballot.
    """
    ballot_box.require_open(spool, box.name)
    stamp_token, pass_token = sealing_hashes.stamp_token(nonce), sealing_hashes.ballot_token(nonce)
    signature = stamping.sign(spool, box.name, scope, tokens.stamp_message(scope, stamp_token))
    ballot = said.ballot(box.cycle, scope, Signed(stamp_token, signature))
    sealed = sealing.seal(box.outer_key, box.inner_key, box.cycle, ballots.encode(ballot))
    with suppress(BallotDiffers):  # the same nonce again: sealed anew, it only looks different
        ballot_box.put(spool, box.name, tokens.name_in_box(pass_token), sealed)
    return ballot.receipt
