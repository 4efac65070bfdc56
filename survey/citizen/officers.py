"""The page of thanks, with three questions about the officer who served where the service knows who."""

from typing import Any

from flask import abort, render_template, request
from flask_babel import gettext as _

from survey.citizen.display import wished
from survey.db import reading, transaction
from survey.extensions import databases, settings
from survey.i18n import language
from survey.rules import officer_policy
from survey.services.citizens import citizen_answers, officer_answers, settling, visit_codes, withdrawing
from survey.services.citizens.citizen_answers import RATER_GROUP
from survey.services.citizens.service_points import Point
from survey.services.citizens.visit_codes import Serving
from survey.services.secrets import sealing


def thanks(point: Point, nonce: str, code: str) -> str:
    """Thanks for the answers; with a code of one officer's roll, the questions about her."""
    return _page(point, nonce, code, _serving(point, nonce, code) if code else None)


def rate(point: Point, nonce: str, code: str) -> Any:
    """Cast complete answers about the officer, or ask for what is missing; not without a code of hers."""
    serving = _serving(point, nonce, code) if sealing.is_nonce(nonce) and code else None
    if serving is None:
        abort(404)
    answers = officer_answers.read_answers(request.form.to_dict(flat=False))
    if not officer_answers.is_complete(answers):
        return _page(point, nonce, code, serving, given=answers, is_unfinished=True), 422
    ballot = officer_answers.make_ballot(serving.key, answers, withdrawing.code_for(nonce))
    with transaction(databases().spool) as spool:
        officer_answers.cast(spool, settings().key_directory, box_of(point), nonce, ballot)
    return _page(point, nonce, code, None, is_done=True)


def box_of(point: Point) -> str:
    """The box that takes what is said of officers today."""
    return officer_answers.box_name(point.public_id, citizen_answers.period_of(settings().today()))


def promise() -> dict[str, Any]:
    """Until when an answer can be withdrawn, and in what company."""
    period = citizen_answers.period_of(settings().today())
    return {
        "until": settling.last_day(period),
        "days": settling.DAYS_TO_ARRIVE,
        "minimum": citizen_answers.MINIMUM_BATCH,
    }


def _serving(point: Point, nonce: str, code: str) -> Serving | None:
    with reading(databases().people) as people:
        return visit_codes.officer_of(people, point.public_id, code, nonce)


def _page(
    point: Point,
    nonce: str,
    visit_code: str,
    serving: Serving | None,
    given: dict[str, int] | None = None,
    *,
    is_unfinished: bool = False,
    is_done: bool = False,
) -> str:
    given = given or {}
    problem = str(_("Choose one answer, or leave all three open and go on."))
    questions = [
        {
            "item": item,
            "options": [(option.value, option.label.in_language(language())) for option in item.options],
            "value": given.get(item.code, ""),
            "problem": problem if is_unfinished and item.code not in given else "",
        }
        for item in officer_answers.questionnaire().items_for(RATER_GROUP)
    ]
    return render_template(
        "citizen/thanks.html",
        point=point,
        display=wished(),
        code=withdrawing.code_for(nonce),
        complaints_url=settings().complaints_url,
        serving=serving,
        questions=questions,
        visits=officer_policy().visits,
        nonce=nonce,
        visit_code=visit_code,
        is_done=is_done,
        **promise(),
    )
