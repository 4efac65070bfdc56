"""Answers that an officer enters for somebody who answers at the counter: a channel of its own.

Nothing says which officer it was: no row, no audit entry and no log line.
"""

from typing import Any

from flask import render_template, request

from survey import question_pages
from survey.db import reading, transaction
from survey.exceptions import NotFound
from survey.extensions import databases, settings
from survey.offices.door import blueprint, office
from survey.services.citizens import arrivals, citizen_answers, periods, service_points, settling, withdrawing
from survey.services.citizens.channels import ASSISTED
from survey.services.citizens.citizen_answers import LONGEST_SUGGESTION, RATER_GROUP, Sheet
from survey.services.citizens.offices import Office
from survey.services.citizens.service_points import Point
from survey.services.papers import ballot_box
from survey.services.secrets import sealing


@blueprint.get("/<unit>/entry")
def entry(unit: str) -> str:
    """The counters of a unit, and the two ways of entering answers for others."""
    found = office(unit)
    with reading(databases().people) as people:
        points = service_points.points_of_unit(people, unit).points
    return render_template("offices/entry.html", office=found, points=points)


@blueprint.route("/<unit>/entry/<point>/assisted", methods=["GET", "POST"])
def assisted(unit: str, point: str) -> Any:
    """Put the questions to somebody, and enter what she says."""
    found, place = office(unit), point_of(unit, point)
    if not place.is_active:
        return render_template("offices/entry_paused.html", office=found, point=place), 410
    instrument = citizen_answers.questionnaire()
    sheet = citizen_answers.read_sheet(instrument, request.form.to_dict(flat=False))
    nonce = request.form.get("nonce", "")
    is_sent = request.method == "POST" and sealing.is_nonce(nonce)
    if not is_sent or sheet.unclear or citizen_answers.unanswered(instrument, sheet):
        fresh = nonce if is_sent else ballot_box.new_nonce()
        return _form(found, place, sheet, fresh, problem=is_sent)
    code = withdrawing.code_for(nonce)
    ballot = citizen_answers.make_ballot(instrument, sheet, ASSISTED, code)
    with transaction(databases().spool) as spool:
        arrivals.take_in(
            spool,
            settings().key_directory,
            running_box(place),
            nonce,
            ballot,
            channel=ASSISTED,
            today=settings().today(),
        )
    return render_template(
        "offices/assisted_sent.html",
        office=found,
        point=place,
        code=code,
        until=settling.last_day(citizen_answers.period_of(settings().today())),
    )


def point_of(unit: str, point: str) -> Point:
    """A service point of this unit; any other is not found."""
    with reading(databases().people) as people:
        found = service_points.find_point(people, point)
    if found.unit_public_id != unit:
        raise NotFound("service point")
    return found


def running_box(point: Point) -> str:
    """The box of the quarter in which answers are entered."""
    return citizen_answers.box_name(point.public_id, citizen_answers.period_of(settings().today()))


def last_day() -> Any:
    """The last day of the running quarter."""
    return periods.last_day(citizen_answers.period_of(settings().today()))


def _form(found: Office, place: Point, sheet: Sheet, nonce: str, *, problem: bool) -> Any:
    instrument = citizen_answers.questionnaire()
    asked = instrument.form_order(RATER_GROUP)
    [words] = instrument.open_questions_for(RATER_GROUP)
    page = render_template(
        "offices/assisted.html",
        office=found,
        point=place,
        nonce=nonce,
        sheet=sheet,
        questions=[question_pages.question(instrument, each, sheet, problem=problem) for each in asked],
        fields=question_pages.profile_fields(instrument, sheet, problem=problem),
        words=words,
        longest=LONGEST_SUGGESTION,
    )
    return page, 422 if problem else 200
