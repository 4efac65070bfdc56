"""Questionnaires: the list, and each as a rater sees it."""

from flask import render_template, request

from forms.answers import EMPTY
from forms.sheet import build_sheet
from instruments.catalogue import UnknownInstrumentError, catalogue, get
from survey.exceptions import NotFound
from survey.hr.door import blueprint
from survey.i18n import LANGUAGES, language


@blueprint.get("/instruments")
def instruments() -> str:
    """All questionnaires with their size and burden."""
    return render_template("hr/instruments.html", instruments=catalogue())


@blueprint.get("/instruments/<code>/<int:version>")
def instrument(code: str, version: int) -> str:
    """One questionnaire as one rater group sees it, in either language."""
    try:
        shown = get(code, version)
    except UnknownInstrumentError as error:
        raise NotFound(code) from error
    asked = request.args.get("group", "")
    group = next((each for each in shown.rater_groups if each == asked), shown.rater_groups[0])
    words = request.args.get("words", "")
    words = words if words in LANGUAGES else language()
    return render_template(
        "hr/instrument.html",
        instrument=shown,
        group=group,
        words=words,
        sheet=build_sheet(shown, group, True, EMPTY, words),
    )
