"""The employee's pages: own questionnaires, own results."""

from typing import Any

from flask import render_template

from survey.db import reading, transaction
from survey.exceptions import NotFound
from survey.extensions import databases, settings
from survey.me.door import blueprint, own_employee
from survey.me.words import gap_words, group_sentence
from survey.rules import officer_policy
from survey.services.citizens import officer_answers, officer_figures
from survey.services.cycles import cycles, deadlines
from survey.services.gate import disclosure
from survey.services.papers import distribution
from survey.services.raters import declining, nominations
from survey.services.results import own_report, reports
from survey.wording import period_words


@blueprint.get("/")
def home() -> str:
    """What is asked of me, and what others said."""
    employee = own_employee()
    with reading(databases().people) as people:
        return render_template(
            "me/home.html",
            invitations=distribution.own_invitations(people, employee, settings().today()),
            results=reports.own_results(people, employee),
            to_name=nominations.own_cycles(people, employee),
            named_by=declining.asked_of(people, employee),
            is_officer=officer_figures.own_key(people, employee) is not None,
        )


@blueprint.get("/citizens")
def citizens() -> str:
    """What citizens said of me, if there are codes for my visitors."""
    with reading(databases().people) as people, reading(databases().answers) as answers:
        key = officer_figures.own_key(people, own_employee())
        if key is None:
            raise NotFound("officer")
        found = officer_figures.own_figures(answers, key, settings().today())
    return render_template(
        "me/citizens.html",
        found=[(period_words(period), own) for period, own in found if own]
        or [(period_words(found[0][0]), None)],
        policy=officer_policy(),
        questions=officer_answers.questionnaire(),
    )


@blueprint.post("/cycles/<public_id>/code")
def own_code(public_id: str) -> Any:
    """A fresh code for my own questionnaires; this answer is the only place where it is shown."""
    with transaction(databases().people) as people:
        cycle = cycles.find_cycle(people, public_id)
        code = distribution.issue_own_code(people, cycle, own_employee(), settings().today())
        last_day = deadlines.last_day_of_rater(people, cycle, own_employee())
    address = settings().base_url.rstrip("/") + "/i"
    return render_template("me/code.html", last_day=last_day, code=code, address=address)


@blueprint.get("/appraisals/<public_id>")
def appraisal(public_id: str) -> str:
    """My report of one cycle."""
    with reading(databases().people) as people, reading(databases().answers) as answers:
        found = reports.own_appraisal(people, public_id, own_employee())
        if not disclosure.is_released(found.cycle):
            return render_template("me/not_yet.html", cycle=found.cycle)
        report = own_report.own_report(people, found)
        texts = own_report.own_texts(people, answers, found, report)
    return render_template(
        "me/appraisal.html",
        report=report,
        cycle=report.cycle,
        texts=texts,
        reason_words=disclosure.REASONS,
        group_sentence=group_sentence,
        gap_words=gap_words,
    )
