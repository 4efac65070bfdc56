"""Kiosks: one page that works without a line, and one call that takes what it has kept in the meantime."""

import hashlib
import re
from pathlib import Path
from typing import Any

import msgspec
from flask import Blueprint, Response, current_app, render_template, request
from werkzeug.exceptions import BadRequest, Gone, UnprocessableEntity

from survey import question_pages
from survey.db import reading, transaction
from survey.extensions import databases, limiter, settings
from survey.services.citizens import arrivals, citizen_answers, kiosks, service_points, settling, withdrawing
from survey.services.citizens.channels import KIOSK
from survey.services.citizens.citizen_answers import RATER_GROUP, Sheet
from survey.services.secrets import sealing

blueprint = Blueprint("kiosk", __name__)
LARGEST_CALL = 16 * 1024
QUARTER = r"\d{4}-Q[1-4]"
CALLS = "300 per minute"  # a queue of a whole day is sent at once


class Call(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a device sends: its secret, and of an answer nonce, quarter and fields.

    The device draws the nonce itself and notes the quarter when the answer is given, by this server's clock.
    """

    secret: str
    nonce: str = ""
    period: str = ""
    fields: dict[str, str] = {}


def _device() -> str:
    """Devices share the address of their office, so each is counted by itself; the secret is not kept."""
    body = request.get_json(silent=True)
    secret = str(body.get("secret", "")) if isinstance(body, dict) else ""
    return hashlib.sha256(secret.encode()).hexdigest()[:16]


@blueprint.get("/")
def page() -> str:
    """All screens in one page; the script shows one at a time. It is the same for every kiosk."""
    instrument = citizen_answers.questionnaire()
    nothing = Sheet({}, {}, frozenset())
    asked = instrument.form_order(RATER_GROUP)
    return render_template(
        "citizen/kiosk.html",
        questions=[question_pages.question(instrument, item, nothing, problem=False) for item in asked],
        fields=question_pages.profile_fields(instrument, nothing, problem=False),
        minimum=citizen_answers.MINIMUM_BATCH,
        days=settling.DAYS_TO_ARRIVE,
    )


@blueprint.get("/worker.js")
def worker() -> Response:
    """The service worker lies where it works; browsers ask for it anew at each start."""
    script = Path(str(current_app.static_folder)) / "kiosk_worker.js"
    return Response(script.read_bytes(), mimetype="text/javascript")


@blueprint.post("/place")
@limiter.limit(CALLS, key_func=_device)
def place() -> Any:
    """Where the kiosk stands, in words, and the clock of the city: that of the device may go wrong."""
    call = _call()
    with reading(databases().people) as people:
        point = service_points.find_point(people, kiosks.place_of(people, call.secret))
    return {
        "place": point.name,
        "unit": point.unit_name,
        "is_active": point.is_active,
        "clock": settings().now().replace(tzinfo=None).isoformat(timespec="seconds"),
        "period": citizen_answers.period_of(settings().today()),
    }


@blueprint.post("/ballots")
@limiter.limit(CALLS, key_func=_device)
def drop() -> Any:
    """Take an answer in. The device repeats until it hears so; the same nonce again changes nothing.

    A quarter that is over takes answers for some days more, and none after them; no other is taken at all.
    """
    call = _call()
    if not sealing.is_nonce(call.nonce):
        raise BadRequest("nonce")
    with reading(databases().people) as people:
        service_point = kiosks.place_of(people, call.secret)
    if call.period not in (taken := settling.open_quarters(settings().today())):
        if re.fullmatch(QUARTER, call.period) and call.period < taken[0]:
            raise Gone("its quarter takes nothing more")
        raise UnprocessableEntity("period")
    instrument = citizen_answers.questionnaire()
    sheet = citizen_answers.read_sheet(instrument, {code: [given] for code, given in call.fields.items()})
    if citizen_answers.unanswered(instrument, sheet):
        raise UnprocessableEntity("answers are missing")
    ballot = citizen_answers.make_ballot(instrument, sheet, KIOSK, withdrawing.code_for(call.nonce))
    box = citizen_answers.box_name(service_point, call.period)
    with transaction(databases().spool) as spool:
        arrivals.take_in(
            spool,
            settings().key_directory,
            box,
            call.nonce,
            ballot,
            channel=KIOSK,
            today=settings().today(),
        )
    return {"kept": True}


def _call() -> Call:
    if (request.content_length or 0) > LARGEST_CALL:
        raise BadRequest("too large")
    try:
        return msgspec.json.decode(request.get_data(), type=Call)
    except msgspec.DecodeError as error:
        raise BadRequest("call") from error
