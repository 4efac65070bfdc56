"""Units and employees: bring them in. Choose files, look at the difference, apply it."""

import csv
import io
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

from flask import Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from forms.people import ApplyForm, ImportForm
from survey.db import reading, transaction
from survey.exceptions import NotFound
from survey.extensions import databases, settings
from survey.hr.door import blueprint
from survey.lists import file_of
from survey.security import signed_in
from survey.services.documents import uploads
from survey.services.documents.export_files import WRITERS, Cell, Sheet
from survey.services.organisation import people_import
from survey.services.organisation.people_import import Plan
from survey.services.organisation.people_problems import FileName, ImportRefused
from survey.services.organisation.people_words import EMPLOYEE_COLUMNS, UNIT_COLUMNS
from survey.tables import Table

PARTS: tuple[FileName, ...] = ("units", "employees")
CHANGES_SHOWN = 50
LABELS = {
    "name": _l("Name"),
    "parent": _l("Belongs to"),
    "number": _l("NIP"),
    "kind": _l("Kind"),
    "job_kind": _l("Kind of post"),
    "job_level": _l("Level of post"),
    "since": _l("In this post since"),
    "unit": _l("Unit"),
    "supervisor": _l("Supervisor"),
    "job_title": _l("Job title"),
    "email": _l("E-mail"),
}
# Two invented rows each; the headers are the Indonesian ones that the import understands.
TEMPLATES = {
    "units": (
        [column.headers[0] for column in UNIT_COLUMNS],
        ["DINKES", "Dinas Kesehatan", ""],
        ["PKM-01", "Puskesmas Contoh", "DINKES"],
    ),
    "employees": (
        [column.headers[0] for column in EMPLOYEE_COLUMNS],
        [
            "198001012005012001",
            "PNS",
            "Contoh Satu",
            "DINKES",
            "",
            "",
            "Kepala Dinas",
            "jpt",
            "Pratama",
            "2024-01-02",
            "satu@contoh.go.id",
        ],
        [
            "",
            "Non-ASN",
            "Contoh Dua",
            "PKM-01",
            "198001012005012001",
            "",
            "Petugas Kebersihan",
            "pelaksana",
            "",
            "",
            "",
        ],
    ),
}


@blueprint.get("/people/import")
def choose_files() -> str:
    """The form to upload files with, and the templates to fill in."""
    uploads.discard_older_than_a_day(_directory())
    return render_template("hr/people_import.html", entered=ImportForm())


@blueprint.post("/people/import")
def look_at_files() -> Any:
    """Keep the files and show what they would change, or what has to be mended."""
    form = ImportForm()
    if not form.validate_on_submit():
        return render_template("hr/people_import.html", entered=form), 422
    given: dict[str, Any] = {part: form[part].data for part in PARTS if form[part].data}
    names: dict[str, str] = {part: file.filename for part, file in given.items()}
    token = uploads.keep(_directory(), {part: (file.stream, names[part]) for part, file in given.items()})
    try:
        with uploads.discarded_on_failure(_directory(), token):
            tables = _read(uploads.find(_directory(), token), names)
            with reading(databases().people) as session:
                plan = _prepare(session, tables)
            return _difference(token, plan, tables)
    except ImportRefused as refusal:
        return _refused(refusal)


@blueprint.post("/people/import/apply")
def apply_files() -> Any:
    """Apply exactly the difference that was looked at."""
    form = ApplyForm()
    token = form.upload.data or ""
    files = uploads.find(_directory(), token)
    if not form.validate_on_submit() or not files:
        return _gone()
    begins_on = _first_day(form)
    if begins_on is not None and begins_on > settings().today():
        uploads.discard(_directory(), token)
        flash(_("That day lies ahead, so nothing was saved. Bring the files in on that day."), "wrong")
        return redirect(url_for("hr.choose_files"))
    try:
        with uploads.discarded_on_failure(_directory(), token):
            tables = _read(files)
            with transaction(databases().people) as session:
                plan = _prepare(session, tables)
                is_as_seen = plan.fingerprint() == form.fingerprint.data
                if is_as_seen:
                    people_import.apply(session, plan, signed_in().account_id, begins_on)
    except ImportRefused as refusal:
        return _refused(refusal)
    if not is_as_seen:
        return _difference(token, plan, tables, is_stale=True)
    uploads.discard(_directory(), token)
    flash(_("The difference is applied."), "good")
    return redirect(url_for("hr.imports"))


@blueprint.post("/people/import/difference.<kind>")
def difference_file(kind: str) -> Any:
    """The whole difference that was looked at, as a file; nothing is applied."""
    if kind not in WRITERS:
        raise NotFound(kind)
    form = ApplyForm()
    token = form.upload.data or ""
    files = uploads.find(_directory(), token)
    if not files:
        return _gone()
    try:
        tables = _read(files)
        with reading(databases().people) as session:
            plan = _prepare(session, tables)
    except ImportRefused as refusal:
        return _refused(refusal)
    if plan.fingerprint() != form.fingerprint.data:
        return _difference(token, plan, tables, is_stale=True)
    return file_of(_sheet(plan), _("difference"), kind)


def _sheet(plan: Plan) -> Sheet:
    header = [_("File"), _("What happens"), _("NIP or code"), _("Name"), _("Field"), _("Now"), _("After")]
    return Sheet(_("What would change"), header, _rows(plan), frozenset({2}))


def _rows(plan: Plan) -> Iterator[list[Cell]]:
    for difference in plan.differences:
        file = _("Units") if difference.file == "units" else _("Employees")
        for word, changes in ((_("New"), difference.added), (_("Changed"), difference.changes)):
            for change in changes:
                for field in change.fields:
                    labelled = str(LABELS[field.field])
                    yield [file, word, change.key, change.name, labelled, field.before, field.after]


@blueprint.post("/people/import/cancel")
def cancel_import() -> Any:
    """Delete the uploaded files; nothing is changed."""
    uploads.discard(_directory(), ApplyForm().upload.data or "")
    flash(_("The files are deleted. Nothing was changed."), "good")
    return redirect(url_for("hr.people"))


@blueprint.get("/people/import/template-<part>.csv")
def template(part: str) -> Response:
    """A file to fill in: the headers and two invented rows."""
    if part not in TEMPLATES:
        raise NotFound(part)
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows(TEMPLATES[part])
    # The mark at the start makes spreadsheets read the file as UTF-8.
    answer = Response("\ufeff" + text.getvalue(), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{part}.csv"'
    return answer


def _gone() -> Any:
    flash(_("These files are no longer here: they were applied or cancelled, or a day has passed."), "note")
    return redirect(url_for("hr.choose_files"))


def _first_day(form: ApplyForm) -> date | None:
    """From when changed posts hold; None where the file corrects what was wrong all along."""
    return None if form.is_correction.data else form.begins_on.data or settings().today()


def _directory() -> Path:
    return settings().private_directory


def _prepare(session: Session, tables: Mapping[FileName, Table]) -> Plan:
    return people_import.prepare(session, tables.get("units"), tables.get("employees"), settings().today())


def _read(files: Mapping[str, Path], names: Mapping[str, str] | None = None) -> dict[FileName, Table]:
    """Read kept files; `names` are the uploaded ones, for the reader to recognise in a report."""
    with ExitStack() as opened:
        return people_import.read_files(
            {
                part: (
                    opened.enter_context(files[part].open("rb")),
                    (names or {}).get(part, files[part].name),
                )
                for part in PARTS
                if part in files
            }
        )


def _difference(token: str, plan: Plan, tables: Mapping[FileName, Table], is_stale: bool = False) -> Any:
    """The page between the two steps; 409 when the database has changed since it was first shown."""
    page = render_template(
        "hr/people_import_difference.html",
        entered=ApplyForm(
            formdata=None, upload=token, fingerprint=plan.fingerprint(), begins_on=settings().today()
        ),
        today=settings().today(),
        warnings=[(each.file, each.problem.sentence(_)) for each in plan.warnings],
        plan=plan,
        notes=[(file, note.sentence(_)) for file, table in tables.items() for note in table.notes],
        is_stale=is_stale,
        most=CHANGES_SHOWN,
        labels=LABELS,
        kinds=tuple(WRITERS),
    )
    return page, 409 if is_stale else 200


def _refused(refusal: ImportRefused) -> Any:
    problems = [(each.file, each.problem.sentence(_)) for each in refusal.problems]
    return render_template("hr/people_import_refused.html", problems=problems, total=refusal.total), 422
