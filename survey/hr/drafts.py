"""Write a questionnaire: begin, change part by part, undo, look at it, publish."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from forms.instruments import PARTS, BeginForm, Element, UploadForm
from instruments import difference, drafting
from instruments.marked_yaml import Path
from instruments.misfit import Finding
from instruments.schema import Instrument
from survey.db import reading, transaction
from survey.exceptions import NotFound
from survey.extensions import databases, settings
from survey.hr.door import blueprint
from survey.hr.instruments import found, preview
from survey.security import signed_in
from survey.services.auditing import audit
from survey.services.instruments import instrument_drafts, instrument_files, questionnaires
from survey.services.instruments.instrument_drafts import Draft
from survey.tables import BadFile

MOST_NOTES = 20  # more are not read
STEPS = {"undo": -1, "redo": 1}


@blueprint.route("/instruments/new", methods=["GET", "POST"])
def new_instrument() -> Any:
    """Begin with an empty questionnaire, with a copy, or with a file."""
    entered = BeginForm()
    if not entered.validate_on_submit():
        return _new_page(entered, UploadForm(formdata=None))
    title = " ".join(entered.title.data.split())
    with transaction(databases().people) as people:
        taken = {each.code for each in questionnaires.every(people)}
        begun = instrument_drafts.begin(people, drafting.begin(title, drafting.suggested_code(title, taken)))
        audit.record(people, signed_in().account_id, "instrument.draft", begun)
    return to_draft(begun)


def _new_page(entered: BeginForm, upload: UploadForm, refused: BadFile | None = None) -> Any:
    with reading(databases().people) as people:
        offered = questionnaires.offered(people, "person")
    page = render_template(
        "hr/instrument_new.html",
        entered=entered,
        upload=upload,
        offered=offered,
        problems=[each.sentence(_) for each in refused.problems] if refused else [],
    )
    return page, 422 if refused or entered.errors or upload.errors else 200


@blueprint.post("/instruments/bring")
def bring_instrument() -> Any:
    """Begin a draft with what a file says."""
    upload = UploadForm()
    if not upload.validate_on_submit():
        return _new_page(BeginForm(formdata=None), upload)
    file = upload.file.data
    try:
        data, notes = instrument_files.read_instrument(file.stream, file.filename)
    except BadFile as refused:
        return _new_page(BeginForm(formdata=None), upload, refused)
    with transaction(databases().people) as people:
        begun = instrument_drafts.begin(people, data)
        audit.record(people, signed_in().account_id, "instrument.draft", begun, brought=file.filename)
    for note in notes[:MOST_NOTES]:
        flash(note.sentence(_), "note")
    return to_draft(begun)


@blueprint.post("/instruments/<code>/<int:version>/copy")
def copy_instrument(code: str, version: int) -> Any:
    """Begin a draft with what a version says."""
    with transaction(databases().people) as people:
        original = found(people, code, version)
        if original.kind != "person":
            raise NotFound(code)
        begun = instrument_drafts.begin(
            people, instrument_drafts.copy_of(people, original), original.content_hash()
        )
        audit.record(people, signed_in().account_id, "instrument.draft", begun, copied=f"{code} {version}")
    return to_draft(begun)


@blueprint.get("/instruments/drafts/<public_id>")
def draft(public_id: str) -> str:
    """All parts of a draft, what is wrong with it, and what can be done next."""
    with reading(databases().people) as people:
        shown = instrument_drafts.find(people, public_id)
        problems = instrument_drafts.problems(people, shown)
    return render_template(
        "hr/draft.html",
        draft=shown,
        problems=in_words(problems),
        parts=PARTS,
        items=_by_scale(shown.data),
        minutes=_minutes(shown),
    )


def _by_scale(data: drafting.Data) -> list[tuple[str, list[tuple[int, Element]]]]:
    """Items with their place in the list, by scale; those of no listed scale at the end."""
    scales = [scale.get("code", "") for scale in data.get("scales", [])]
    items = list(enumerate(data.get("items", [])))
    groups = [(code, [each for each in items if each[1].get("scale") == code]) for code in scales]
    lost = [each for each in items if each[1].get("scale") not in scales]
    return [*groups, ("", lost)] if lost else groups


def _minutes(shown: Draft) -> list[tuple[str, int]]:
    if shown.problems:
        return []
    instrument = drafting.finished(shown.data, 1)
    return [(group, instrument.burden_minutes(group)) for group in instrument.rater_groups]


@blueprint.post("/instruments/drafts/<public_id>/steps/<what>")
def draft_step(public_id: str, what: str) -> Any:
    """Take back the last step, or take it again."""
    if what not in STEPS:
        raise NotFound(what)
    with transaction(databases().people) as people:
        instrument_drafts.step(people, public_id, STEPS[what])
    return to_draft(public_id)


@blueprint.get("/instruments/drafts/<public_id>/preview")
def draft_preview(public_id: str) -> Any:
    """A draft without problems as a rater would see it."""
    with reading(databases().people) as people:
        shown = instrument_drafts.find(people, public_id)
    if shown.problems:
        flash(_("A preview needs a questionnaire without problems. Mend these first."), "note")
        return to_draft(public_id)
    instrument = drafting.finished(shown.data, 1)
    return render_template("hr/draft_preview.html", draft=shown, instrument=instrument, **preview(instrument))


@blueprint.route("/instruments/drafts/<public_id>/publish", methods=["GET", "POST"])
def publish_draft(public_id: str) -> Any:
    """Look at what is new, then publish: from then on it never changes."""
    if request.method == "POST":
        return _publish(public_id)
    with reading(databases().people) as people:
        shown = instrument_drafts.find(people, public_id)
        if instrument_drafts.problems(people, shown):
            return to_draft(public_id)
        before = _before(people, shown)
    changes = difference.compare(drafting.data_of(before), shown.data) if before else None
    return render_template("hr/draft_publish.html", draft=shown, before=before, difference=changes)


def _publish(public_id: str) -> Any:
    with transaction(databases().people) as people:
        made = instrument_drafts.publish(
            people, public_id, request.form.get("position", -1, type=int), settings().today()
        )
        audit.record(
            people,
            signed_in().account_id,
            "instrument.publish",
            made.content_hash(),
            code=made.code,
            version=made.version,
        )
    return redirect(url_for("hr.instrument", code=made.code, version=made.version))


def _before(people: Session, shown: Draft) -> Instrument | None:
    try:
        return questionnaires.by_hash(people, shown.based_on) if shown.based_on else None
    except questionnaires.UnknownInstrumentError:
        return None


@blueprint.route("/instruments/drafts/<public_id>/discard", methods=["GET", "POST"])
def discard_draft(public_id: str) -> Any:
    """Confirm, then remove a draft."""
    with transaction(databases().people) as people:
        shown = instrument_drafts.find(people, public_id)
        if request.method == "GET":
            return render_template("hr/draft_discard.html", draft=shown)
        instrument_drafts.discard(people, public_id)
        audit.record(
            people,
            signed_in().account_id,
            "instrument.discard",
            public_id,
            code=shown.data.get("code", ""),
        )
    return redirect(url_for("hr.instruments"))


def in_words(findings: list[Finding]) -> list[tuple[Path, str]]:
    """Problems in the reader's language."""
    return [(path, words.sentence(_)) for path, words in findings]


def to_draft(public_id: str, part: str = "") -> Any:
    return redirect(url_for("hr.draft", public_id=public_id, _anchor=part or None))
