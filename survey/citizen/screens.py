"""What each screen of the citizen's form shows, in the language of the page."""

from typing import Any

from flask_babel import gettext as _

from instruments.schema import PREFER_NOT_TO_SAY, Instrument, Item, ProfileField
from survey.citizen.steps import CHECK, PROFILE, START, Step
from survey.i18n import language
from survey.services.citizen_answers import RATER_GROUP, Sheet

FEW_BANDS = 5  # as many fit on a phone as rows to tap; longer lists fold into one field


def screen(instrument: Instrument, step: Step, sheet: Sheet) -> tuple[str, dict[str, Any]]:
    """The template of a screen and the values it needs."""
    if step.screen == START:
        return "start", _start(instrument)
    if step.screen == PROFILE:
        return "profile", _profile(instrument, step, sheet)
    if step.screen == CHECK:
        return "check", _check(instrument, sheet)
    return "question", _question(instrument, step, sheet)


def _start(instrument: Instrument) -> dict[str, Any]:
    questions = len(instrument.form_order(RATER_GROUP))
    return {"shown": (), "count": questions, "minutes": instrument.burden_minutes(RATER_GROUP)}


def _question(instrument: Instrument, step: Step, sheet: Sheet) -> dict[str, Any]:
    item = instrument.item(step.screen)
    labels = _labels(instrument, item)
    asked = instrument.form_order(RATER_GROUP)
    options = len(instrument.options_for(item))
    return {
        "shown": (item.code,),
        "item": item,
        "number": asked.index(item) + 1,
        "count": len(asked),
        "options": list(labels.items())[:options],
        "outside": list(labels.items())[options],
        "problem": _words(item.code in sheet.unclear) if step.problem else "",
    }


def _words(unclear: bool) -> str:
    if unclear:
        return str(_("We could not read this answer. Choose one of the answers below."))
    return str(_("Choose one answer. If you cannot say, choose the last one."))


def _labels(instrument: Instrument, item: Item) -> dict[str, str]:
    """Every answer of an item: the options, then the reasons for not judging."""
    options = {
        str(option.value): option.label.in_language(language()) for option in instrument.options_for(item)
    }
    return options | {r.code: r.label.in_language(language()) for r in instrument.missing_reasons}


def _profile(instrument: Instrument, step: Step, sheet: Sheet) -> dict[str, Any]:
    fields = [
        {
            "code": field.code,
            "title": field.title.in_language(language()),
            "bands": [(band.code, band.label.in_language(language())) for band in field.bands],
            "folded": len(field.bands) > FEW_BANDS,
            "value": sheet.profile.get(field.code, ""),
            "problem": _words(unclear=True) if step.problem and field.code in sheet.unclear else "",
        }
        for field in instrument.profile
    ]
    return {"shown": tuple(field.code for field in instrument.profile), "fields": fields}


def _check(instrument: Instrument, sheet: Sheet) -> dict[str, Any]:
    answers = [
        (
            item.code,
            item.title.in_language(language()) if item.title else item.text.in_language(language()),
            _labels(instrument, item)[sheet.answers[item.code]],
        )
        for item in instrument.form_order(RATER_GROUP)
    ]
    facts = [(field.title.in_language(language()), _band(field, sheet)) for field in instrument.profile]
    return {"shown": (), "answers": answers, "facts": facts, "profile_screen": PROFILE}


def _band(field: ProfileField, sheet: Sheet) -> str:
    chosen = sheet.profile.get(field.code, PREFER_NOT_TO_SAY)
    return next(band.label.in_language(language()) for band in field.bands if band.code == chosen)
