"""Questionnaires: the list, and each as a rater sees it."""

from typing import Any

from flask import render_template, request

from instruments.catalogue import UnknownInstrumentError, catalogue, get
from instruments.schema import Instrument, Item, RaterGroup
from survey.exceptions import NotFound
from survey.hr.door import blueprint
from survey.i18n import LANGUAGES, language

BLANK = "…"


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
        "hr/instrument.html", instrument=shown, group=group, words=words, parts=_parts(shown, group, words)
    )


def _parts(instrument: Instrument, group: RaterGroup, words: str) -> list[dict[str, Any]]:
    """The scales this group judges, each with its items in the order of the form."""
    items = instrument.form_order(group)
    return [
        {
            "scale": scale,
            "rows": [_row(instrument, item, group, words) for item in items if item.scale == scale.code],
        }
        for scale in instrument.scales_for(group)
    ]


def _row(instrument: Instrument, item: Item, group: RaterGroup, words: str) -> dict[str, Any]:
    return {
        "item": item,
        "statement": _statement(instrument, item, group, words),
        "steps": [(option.value, option.label.in_language(words)) for option in instrument.options_for(item)],
    }


def _statement(instrument: Instrument, item: Item, group: RaterGroup, words: str) -> str:
    """The sentence with a blank where the chosen label goes, or the question."""
    if instrument.sentence is None:
        return item.text.in_language(words)
    return instrument.sentence.pattern.in_language(words).format(
        subject=instrument.sentence.subject_for(group).in_language(words),
        label=BLANK,
        item=item.text.in_language(words),
    )
