"""Rate a service: one address, one form. Answers travel in its hidden fields until they are sent.

Suggestions in free words are not asked yet: they may be shown only after a second reading for names,
and that desk does not exist so far.
"""

from typing import Any

from flask import Blueprint, abort, render_template, request

from survey.citizen import screens, steps
from survey.db import reading, transaction
from survey.extensions import databases, limiter, settings
from survey.services import ballot_box, citizen_answers, sealing, service_points
from survey.services.citizen_answers import Sheet
from survey.services.service_points import Point

blueprint = Blueprint("citizen", __name__)
LARGEST_FORM = 16 * 1024
SENDS = "60 per minute; 600 per hour"  # a whole waiting room may share one address


@blueprint.before_request
def refuse_large_forms() -> None:
    """Nine answers and four facts are small."""
    if (request.content_length or 0) > LARGEST_FORM:
        abort(413)


@blueprint.get("/<service_point>")
def start(service_point: str) -> Any:
    """The first page; also what a reload or a bookmark of any later page shows."""
    return _show(_point(service_point), steps.Step(steps.START), _empty_sheet(), ballot_box.new_nonce())


@blueprint.post("/<service_point>")
@limiter.limit(SENDS, exempt_when=lambda: request.form.get("go") != steps.SEND)
def answer(service_point: str) -> Any:
    """Take in the form of one screen and show the next, or send."""
    point = _point(service_point)
    questionnaire = citizen_answers.questionnaire()
    sheet = citizen_answers.read_sheet(questionnaire, request.form.to_dict(flat=False))
    nonce = request.form.get("nonce", "")
    if not sealing.is_nonce(nonce):
        return _show(point, steps.check_or_mend(questionnaire, sheet), sheet, ballot_box.new_nonce())
    move = _move()
    if move.go == steps.SEND and point.is_active and not citizen_answers.unanswered(questionnaire, sheet):
        return _send(point, sheet, nonce)
    return _show(point, steps.next_step(questionnaire, sheet, move), sheet, nonce)


def _send(point: Point, sheet: Sheet, nonce: str) -> Any:
    ballot = citizen_answers.make_ballot(citizen_answers.questionnaire(), sheet)
    period = citizen_answers.period_of(settings().today())
    box = citizen_answers.box_name(point.public_id, period)
    with transaction(databases().spool) as spool:
        receipt = citizen_answers.cast(spool, settings().key_directory, box, nonce, ballot)
    return render_template("citizen/receipt.html", point=point, receipt=receipt)


def _show(point: Point, step: steps.Step, sheet: Sheet, nonce: str) -> Any:
    if not point.is_active:
        return render_template("citizen/closed.html", point=point), 410
    questionnaire = citizen_answers.questionnaire()
    page, values = screens.screen(questionnaire, step, sheet)
    body = render_template(f"citizen/{page}.html", point=point, step=step, sheet=sheet, nonce=nonce, **values)
    return body, 422 if step.problem else 200


def _move() -> steps.Move:
    form = request.form
    return steps.Move(
        at=form.get("at", steps.START), go=form.get("go", steps.NEXT), reviewing=form.get("review") == "1"
    )


def _point(service_point: str) -> Point:
    with reading(databases().people) as people:
        return service_points.find_point(people, service_point)


def _empty_sheet() -> Sheet:
    return Sheet({}, {}, frozenset())
