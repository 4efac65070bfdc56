"""One call: drop a sealed ballot in. The pass that comes with it is all the server learns."""

from typing import Any

from flask import Blueprint, request
from werkzeug.exceptions import BadRequest

from protocol import box
from survey.db import reading, transaction
from survey.extensions import databases
from survey.services.papers import rating

blueprint = Blueprint("box", __name__)


@blueprint.post("/ballots")
def drop() -> Any:
    """Take a ballot in: 201 when it is new, 200 when the same ballot is here already."""
    delivery = box.read(request.get_data())
    if delivery is None:
        raise BadRequest("ballot")
    with reading(databases().spool) as spool:
        rating.require_pass(spool, delivery)
    with transaction(databases().spool) as spool:
        is_new = rating.drop(spool, delivery)
    return {"kept": True}, 201 if is_new else 200
