"""Rate a service: one address, one form. Answers travel in its hidden fields until they are sent."""

from typing import Any

from flask import Blueprint, abort, render_template, request
from flask_babel import gettext as _

from survey.citizen import officers, screens, steps
from survey.citizen.display import wished
from survey.db import reading, transaction
from survey.exceptions import VisitCodeRefused
from survey.extensions import databases, limiter, settings
from survey.services.citizens import (
    arrivals,
    citizen_answers,
    officer_answers,
    proof_of_work,
    service_points,
    settling,
    visit_codes,
    withdrawing,
)
from survey.services.citizens.channels import CODE, OPEN_LINK
from survey.services.citizens.citizen_answers import Sheet
from survey.services.citizens.service_points import Point
from survey.services.papers import ballot_box
from survey.services.secrets import sealing

blueprint = Blueprint("citizen", __name__)
LARGEST_FORM = 16 * 1024
SENDS = "60 per minute; 600 per hour"  # a whole waiting room may share one address
# No script, or sent before the work was done. Equal limits would share one count, so this one differs.
SENDS_WITHOUT_WORK = "12 per minute; 80 per hour"
WRONG_CODES = "10 per minute; 60 per hour"  # failures only; 60 bits stay out of reach
LONGEST_CODE = 40
CODE_REFUSED = 409
WITHDRAWALS = "10 per minute; 60 per hour"


@blueprint.before_request
def refuse_large_forms() -> None:
    """Nine answers, four facts and a few words are small."""
    if (request.content_length or 0) > LARGEST_FORM:
        abort(413)


@blueprint.get("/<service_point>")
def start(service_point: str) -> Any:
    """The first page; also what a reload or a bookmark of any later page shows."""
    return _show(_point(service_point), steps.Step(steps.START), _empty_sheet(), ballot_box.new_nonce())


@blueprint.get("/<service_point>/code")
def start_with_code(service_point: str) -> Any:
    """The first page for whoever got a single-use code. Behind "#" it comes with the address, unsent."""
    point = _point(service_point)
    return _show(point, steps.Step(steps.START), _empty_sheet(), ballot_box.new_nonce(), asks_code=True)


@blueprint.post("/<service_point>")
@limiter.limit(SENDS, exempt_when=lambda: request.form.get("go") != steps.SEND)
@limiter.limit(SENDS_WITHOUT_WORK, exempt_when=lambda: request.form.get("go") != steps.SEND or _is_earned())
@limiter.limit(WRONG_CODES, deduct_when=lambda response: response.status_code == CODE_REFUSED)
def answer(service_point: str) -> Any:
    """Take in the form of one screen and show the next, or send."""
    point = _point(service_point)
    try:
        return _answer(point)
    except VisitCodeRefused as refused:
        sheet = citizen_answers.read_sheet(citizen_answers.questionnaire(), request.form.to_dict(flat=False))
        nonce = request.form.get("nonce", "")
        nonce = nonce if sealing.is_nonce(nonce) else ballot_box.new_nonce()
        page, _status = _show(
            point, steps.Step(steps.START), sheet, nonce, asks_code=True, refused=_refusal(refused.code)
        )
        return page, CODE_REFUSED


def _refusal(code: str) -> str:
    if code == visit_codes.USED:
        return str(_("This code was used already. Ask for another one, or leave the field empty."))
    return str(_("We do not know this code here. Type it again as it stands on your slip."))


def _answer(point: Point) -> Any:
    """The next screen, or the page of thanks.

    Raises
    ------
    VisitCodeRefused
        A single-use code came with the form and cannot be used.
    """
    questionnaire = citizen_answers.questionnaire()
    sheet = citizen_answers.read_sheet(questionnaire, request.form.to_dict(flat=False))
    nonce = request.form.get("nonce", "")
    if not sealing.is_nonce(nonce):
        return _show(point, steps.check_or_mend(questionnaire, sheet), sheet, ballot_box.new_nonce())
    move = _move()
    if _code() and move.at == steps.START:
        with reading(databases().people) as people:
            visit_codes.require_known(people, point.public_id, _code())
    if move.go == steps.SEND and point.is_active and not citizen_answers.unanswered(questionnaire, sheet):
        return _send(point, sheet, nonce)
    return _show(point, steps.next_step(questionnaire, sheet, move), sheet, nonce)


@blueprint.post("/<service_point>/officer")
@limiter.limit(SENDS)
def rate_officer(service_point: str) -> Any:
    """Take in what a citizen says of the officer who served her."""
    return officers.rate(_point(service_point), request.form.get("nonce", ""), _code())


@blueprint.get("/<service_point>/withdraw")
def withdraw(service_point: str) -> Any:
    """Ask for the code of the answer that is to be erased."""
    return _withdrawal_page(_point(service_point))


@blueprint.post("/<service_point>/withdraw")
@limiter.limit(WITHDRAWALS)
def withdraw_answer(service_point: str) -> Any:
    """Note that an answer is to be erased. Whether there is one, nobody knows before the next merge."""
    point = _point(service_point)
    code = request.form.get("code", "")
    if not withdrawing.is_code(code):
        error = _("This is not one of our codes. Type all 16 letters and digits as you got them.")
        return _withdrawal_page(point, error), 422
    with transaction(databases().spool) as spool:
        for quarter in settling.open_quarters(settings().today()):  # the code does not tell its quarter
            box = citizen_answers.box_name(point.public_id, quarter)
            citizen_answers.withdraw(spool, settings().key_directory, box, code)
            arrivals.count(spool, box, OPEN_LINK, settings().today())  # it looks like a ballot
            officer_answers.withdraw(spool, officer_answers.box_name(point.public_id, quarter), code)
    return render_template("citizen/withdrawn.html", point=point, display=wished(), **officers.promise())


def _withdrawal_page(point: Point, error: str = "") -> str:
    return render_template(
        "citizen/withdraw.html", point=point, display=wished(), error=error, **officers.promise()
    )


def _send(point: Point, sheet: Sheet, nonce: str) -> Any:
    code = withdrawing.code_for(nonce)
    questionnaire = citizen_answers.questionnaire()
    channel = CODE if _code() else OPEN_LINK
    ballot = citizen_answers.make_ballot(questionnaire, sheet, channel, code)
    if _code():
        with transaction(databases().people) as people:
            visit_codes.take(people, point.public_id, _code(), nonce)
    with transaction(databases().spool) as spool:
        arrivals.take_in(
            spool,
            settings().key_directory,
            _box(point),
            nonce,
            ballot,
            channel=channel,
            today=settings().today(),
        )
    return officers.thanks(point, nonce, _code())


def _box(point: Point) -> str:
    return citizen_answers.box_name(point.public_id, citizen_answers.period_of(settings().today()))


def _show(
    point: Point,
    step: steps.Step,
    sheet: Sheet,
    nonce: str,
    *,
    asks_code: bool = False,
    refused: str = "",
) -> Any:
    if not point.is_active:
        return render_template("citizen/closed.html", point=point), 410
    questionnaire = citizen_answers.questionnaire()
    page, values = screens.screen(questionnaire, step, sheet)
    frame = {"point": point, "step": step, "sheet": sheet, "nonce": nonce, "display": wished()}
    carried = citizen_answers.fields_of(questionnaire, sheet)
    if _code() and not asks_code:
        carried |= {"code": _code()}
    asked = {"asks_code": asks_code, "refused": refused, "work_bits": 0 if _code() else proof_of_work.BITS}
    body = render_template(f"citizen/{page}.html", **frame, **asked, carried=carried, **values)
    return body, 422 if step.problem else 200


def _move() -> steps.Move:
    form = request.form
    return steps.Move(
        at=form.get("at", steps.START),
        go=form.get("go", steps.NEXT),
        reviewing=form.get("review") == "1",
        hinted=form.get("hinted") == "1",
    )


def _is_earned() -> bool:
    """Whether the form came with a code, or its device did the little work that an open link asks for."""
    form = request.form
    return bool(_code()) or proof_of_work.is_done(form.get("nonce", ""), form.get("work", ""))


def _code() -> str:
    return request.form.get("code", "").strip()[:LONGEST_CODE]


def _point(service_point: str) -> Point:
    with reading(databases().people) as people:
        return service_points.find_point(people, service_point)


def _empty_sheet() -> Sheet:
    return Sheet({}, {}, frozenset())
