"""One call: drop a sealed ballot in. The pass that comes with it is all the server learns."""

from typing import Any

import msgspec
from flask import Blueprint, request
from werkzeug.exceptions import BadRequest

from survey.db import transaction
from survey.extensions import databases
from survey.services import rating

blueprint = Blueprint("box", __name__)


class SentPass(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The signed right to drop one ballot in."""

    signature: str
    token: str


class SentBallot(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sealed ballot as a device sends it."""

    box: str
    pass_: SentPass = msgspec.field(name="pass")
    sealed: str


_decoder = msgspec.json.Decoder(SentBallot)


@blueprint.post("/ballots")
def drop() -> Any:
    """Take a ballot in: 201 when it is new, 200 when the same ballot is here already."""
    try:
        sent = _decoder.decode(request.get_data())
        ballot = rating.SealedBallot.from_text(sent.pass_.token, sent.pass_.signature, sent.sealed)
    except (msgspec.MsgspecError, ValueError) as error:
        raise BadRequest("ballot") from error
    with transaction(databases().spool) as spool:
        is_new = rating.drop(spool, sent.box, ballot)
    return {}, 201 if is_new else 200
