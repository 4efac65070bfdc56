"""Questionnaires: the list, each as a rater sees it, and what differs between two versions."""

from flask import Response, render_template, request
from sqlalchemy.orm import Session

from forms.answers import EMPTY
from forms.sheet import build_sheet
from instruments import difference
from instruments.drafting import data_of
from instruments.schema import Instrument
from survey.db import reading
from survey.exceptions import NotFound
from survey.extensions import databases
from survey.hr.door import blueprint
from survey.i18n import LANGUAGES, language
from survey.services.instruments import instrument_drafts, instrument_files, questionnaires, xlsform

MIME_TYPES = {
    "yaml": "application/yaml; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
WIDTHS = ("desktop", "phone")


@blueprint.get("/instruments")
def instruments() -> str:
    """All questionnaires with their size and burden, and what is being written."""
    with reading(databases().people) as people:
        return render_template(
            "hr/instruments.html",
            instruments=questionnaires.every(people),
            uses=questionnaires.uses(people),
            own=questionnaires.own_codes(people),
            drafts=instrument_drafts.all_drafts(people),
        )


@blueprint.get("/instruments/<code>/<int:version>")
def instrument(code: str, version: int) -> str:
    """One questionnaire as one rater group sees it, in either language, on a wide screen or a phone."""
    with reading(databases().people) as people:
        shown = found(people, code, version)
        return render_template(
            "hr/instrument.html",
            instrument=shown,
            used=questionnaires.uses(people).get(shown.content_hash(), 0),
            is_own=not questionnaires.is_built_in(code),
            versions=[each.version for each in questionnaires.every(people) if each.code == code],
            **preview(shown),
        )


@blueprint.get("/instruments/<code>/<int:version>/changes")
def instrument_changes(code: str, version: int) -> str:
    """What a version says otherwise than another one."""
    with reading(databases().people) as people:
        now = found(people, code, version)
        before = found(people, code, request.args.get("from", version - 1, type=int))
    return render_template(
        "hr/instrument_changes.html",
        instrument=now,
        before=before,
        difference=difference.compare(data_of(before), data_of(now)),
    )


@blueprint.get("/instruments/<code>/<int:version>/file.<kind>")
def instrument_file(code: str, version: int, kind: str) -> Response:
    """A questionnaire as a file: this program's YAML, or an XLSForm for KoboToolbox and ODK."""
    if kind not in MIME_TYPES:
        raise NotFound(kind)
    with reading(databases().people) as people:
        shown = found(people, code, version)
    content = xlsform.workbook(shown) if kind == "xlsx" else instrument_files.yaml_text(shown).encode()
    answer = Response(content, content_type=MIME_TYPES[kind])
    name = code if version == 1 else f"{code}.v{version}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return answer


def found(people: Session, code: str, version: int) -> Instrument:
    """The questionnaire of an address."""
    try:
        return questionnaires.get(people, code, version)
    except questionnaires.UnknownInstrumentError as error:
        raise NotFound(code) from error


def preview(shown: Instrument) -> dict[str, object]:
    """What a preview needs: the group, the language and the width that were asked for."""
    asked = {name: request.args.get(name, "") for name in ("group", "words", "width")}
    group = next((each for each in shown.rater_groups if each == asked["group"]), shown.rater_groups[0])
    words = asked["words"] if asked["words"] in LANGUAGES else language()
    return {
        "group": group,
        "words": words,
        "width": asked["width"] if asked["width"] in WIDTHS else WIDTHS[0],
        "sheet": build_sheet(shown, group, True, EMPTY, words),
    }
