"""A rater's pages: start, her papers, one questionnaire per person, receipt.

A GET shows nothing but the start. The code and the nonce travel in the forms; nothing is kept between
two requests. These pages are for devices that cannot make papers and seal ballots themselves (`papers`):
the server does both on their behalf, in two acts. The paper office marks the paper (transaction 1), the box
takes the sealed ballot (transaction 2). They share one nonce, of which each keeps another hash.
"""

from typing import Any

from flask import render_template, request
from flask_babel import gettext as _
from werkzeug.exceptions import BadRequest

from forms.answers import EMPTY, AnswerSheet, read_answers
from forms.sheet import build_sheet
from instruments.schema import Instrument
from protocol.manifest import manifest_code
from survey.db import reading, transaction
from survey.exceptions import PaperTaken, PaperVoid
from survey.extensions import databases, limiter, settings
from survey.i18n import language
from survey.respond.door import UNKNOWN_CODES, blueprint, is_unknown_code
from survey.services.instruments import questionnaires
from survey.services.papers import ballot_box, paper_office, rating
from survey.services.secrets import sealing


@blueprint.get("/")
def start() -> str:
    """Nothing but a start button and a field for the code."""
    return render_template("respond/start.html")


@blueprint.post("/papers")
@limiter.limit(UNKNOWN_CODES, deduct_when=is_unknown_code)
def papers() -> Any:
    """Everybody the rater is asked about."""
    if not request.form.get("secret", "").strip():
        return render_template("respond/start.html", error=_("Type the code that stands on your slip.")), 422
    found = _papers()
    rules_code = manifest_code(found.cycle.manifest.encode())
    return render_template("respond/papers.html", papers=found, rules_code=rules_code, code=_posted("secret"))


@blueprint.post("/paper")
@limiter.limit(UNKNOWN_CODES, deduct_when=is_unknown_code)
def paper() -> str:
    """The questionnaire about one person."""
    found = _papers()
    entry = found.entry(_posted("paper"))
    if entry.is_void:
        raise PaperVoid(entry.key)
    if entry.is_taken:
        raise PaperTaken(entry.key)
    return _questionnaire(found, entry, EMPTY, sealing.new_nonce())


@blueprint.post("/send")
@limiter.limit(UNKNOWN_CODES, deduct_when=is_unknown_code)
def send() -> Any:
    """Check the answers, use the paper, drop the ballot, show the receipt."""
    nonce = _posted("nonce")
    if not sealing.is_nonce(nonce):
        raise BadRequest
    found = _papers()
    entry = found.entry(_posted("paper"))
    instrument = _asked(entry)
    sheet = read_answers(instrument, entry.rater_group, entry.leads, request.form)
    if sheet.errors:
        return _questionnaire(found, entry, sheet, nonce), 422
    receipt = _cast(found, entry, sheet, sealing.bind_nonce(nonce, entry.key))
    return render_template("respond/receipt.html", receipt=receipt, entry=entry, code=_posted("secret"))


def _asked(entry: paper_office.PaperEntry) -> Instrument:
    with reading(databases().people) as people:
        return questionnaires.by_hash(people, entry.instrument_hash)


def _papers() -> paper_office.Papers:
    with reading(databases().people) as people:
        return paper_office.papers_of(people, _posted("secret"), settings().today())


def _cast(found: paper_office.Papers, entry: paper_office.PaperEntry, sheet: AnswerSheet, nonce: str) -> str:
    said = rating.Said(entry.instrument_hash, sheet.values, sheet.missing, sheet.comments)
    with reading(databases().people) as people:
        box = rating.box_of(people, found.cycle)
    with reading(databases().spool) as spool:
        ballot_box.require_open(spool, box.name)  # before the paper is used up
    with transaction(databases().people) as people:
        paper_office.take(people, {entry.key: sealing.paper_hash(nonce)})
    with transaction(databases().spool) as spool:
        return rating.cast(spool, box, nonce, entry.scope, said)


def _questionnaire(
    found: paper_office.Papers, entry: paper_office.PaperEntry, entered: AnswerSheet, nonce: str
) -> str:
    instrument = _asked(entry)
    return render_template(
        "respond/paper.html",
        entry=entry,
        minimum=found.cycle.minimum_group_size,
        decision=found.cycle.minimum_decision,
        sheet=build_sheet(instrument, entry.rater_group, entry.leads, entered, language()),
        entered=entered,
        nonce=nonce,
        code=_posted("secret"),
    )


def _posted(name: str) -> str:
    text = request.form.get(name, "")
    if not text or len(text) > 200:
        raise BadRequest(name)
    return text
