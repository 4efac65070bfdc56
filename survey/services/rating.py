"""Ballots about a person: written when a rater sends, read when they are counted."""

import msgspec
from sqlalchemy.orm import Session

from survey.services import ballot_box, sealing


class Ballot(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a ballot says. It names its subject and rater group; nothing in it names the rater."""

    subject: str
    rater_group: str
    instrument: str  # the hash of the questionnaire
    values: dict[str, int]  # item -> step
    missing: dict[str, str]  # item -> reason for not judging
    comments: dict[str, str]  # open question -> words
    receipt: str = ""


def cast(spool: Session, box: str, nonce: str, ballot: Ballot) -> str:
    """Drop a ballot into a cycle's box; returns the receipt."""
    with_receipt = msgspec.structs.replace(ballot, receipt=sealing.receipt_code(nonce))
    return ballot_box.cast(spool, box, nonce, msgspec.json.encode(with_receipt))


def read(text: bytes) -> Ballot | None:
    """The ballot in an opened text; None where it is not one of ours."""
    try:
        return msgspec.json.decode(text, type=Ballot)
    except msgspec.MsgspecError:
        return None
