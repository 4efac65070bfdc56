"""The mandated report and the public notice of an office."""

import hashlib
from typing import Any

from flask import Response, render_template
from flask_babel import gettext as _

from forms.offices import ReportForm
from survey.db import reading, transaction
from survey.exceptions import NotFound
from survey.extensions import databases, settings
from survey.i18n import language
from survey.offices.door import blueprint, office
from survey.rules import satisfaction_policy
from survey.security import signed_in
from survey.services.auditing import audit
from survey.services.citizens import citizen_answers, follow_ups, offices, skm_report, unit_results
from survey.services.citizens.offices import Office, Published
from survey.services.citizens.satisfaction import OFFICIAL_WEIGHTS
from survey.services.citizens.skm_tables import Report, Signature, Wording
from survey.services.citizens.unit_results import UnitSetup
from survey.services.documents import document_files
from survey.wording import channel_words, period_words, state_words

TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


@blueprint.route("/<unit>/report", methods=["GET", "POST"])
def report(unit: str) -> Any:
    """Make a report or a notice of a period, and enter it in the log of publications."""
    found, entered = (
        office(unit),
        ReportForm(place=settings().city.removeprefix("Kota "), method=_usual_method()),
    )
    policy, today = satisfaction_policy(), settings().today()
    with reading(databases().people) as people:
        setup = unit_results.set_up(people, unit)
    with reading(databases().answers) as answers:
        whole = unit_results.unit_results(answers, setup, policy, today).satisfaction
    every = (*whole.quarters, *whole.halves, *whole.years)
    entered.period.choices = [(e.period, period_words(e.period)) for e in reversed(every) if e.index]
    entered.weights.choices = [(mode, mode) for mode in policy.weights]
    entered.kind.choices = [
        ("report.pdf", _("Report, PDF")),
        ("report.docx", _("Report, DOCX to go on writing in")),
        ("notice.pdf", _("Notice for the public, one page A4, PDF")),
    ]
    if not entered.validate_on_submit():
        page = render_template("offices/report.html", office=found, entered=entered)
        return page, 422 if entered.errors else 200
    return _file(found, entered, _filled(setup, unit, entered))


def _filled(setup: UnitSetup, unit: str, entered: ReportForm) -> Report:
    policy = satisfaction_policy()
    with reading(databases().people) as people:
        promises = follow_ups.promises_of(people, unit)
    with reading(databases().answers) as answers:
        results = unit_results.unit_results(
            answers, setup, policy, settings().today(), entered.period.data, entered.weights.data
        )
    if results.chosen is None:
        raise NotFound("period")
    return Report(
        results=results,
        chosen=results.chosen,
        done=follow_ups.said_and_done(results.satisfaction, promises, policy),
        instrument=citizen_answers.questionnaire(),
        policy=policy,
        signature=Signature(
            entered.signatory.data,
            entered.number.data or "",
            entered.post.data,
            entered.place.data,
            entered.signed_on.data,
            entered.method.data,
        ),
        say=Wording(
            _,
            language(),
            period_words,
            lambda state: state_words()[state][0],
            lambda channel: channel_words()[channel],
            settings().city,
        ),
    )


def _file(found: Office, entered: ReportForm, filled: Report) -> Response:
    kind, _dot, ending = entered.kind.data.partition(".")
    document = skm_report.make_report(filled) if kind == "report" else skm_report.make_notice(filled)
    data = document_files.as_pdf(document) if ending == "pdf" else document_files.as_docx(document)
    if entered.publish.data:
        _enter(found, entered, filled, kind, data)
    answer = Response(data, content_type=TYPES[ending])
    name = f"skm-{kind}-{filled.figures.period}.{ending}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _enter(found: Office, entered: ReportForm, filled: Report, kind: str, data: bytes) -> None:
    index = filled.figures.index
    weights = entered.weights.data
    published = Published(
        found.public_id,
        found.name,
        filled.figures.period,
        kind,
        settings().today(),
        f"{index.ikm if index else ''}" + ("" if weights == OFFICIAL_WEIGHTS else f" ({weights})"),
        filled.figures.n,
        hashlib.sha256(data).hexdigest(),
        entered.published_at.data or "",
    )
    with transaction(databases().people) as people:
        offices.enter_publication(people, published)
        audit.record(
            people, signed_in().account_id, "publication.enter", found.public_id, digest=published.digest
        )


def _usual_method() -> str:
    return str(
        _("Electronic questionnaire of nine questions, by QR codes at counters; no name is asked for.")
    )
