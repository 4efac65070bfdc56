"""What each screen of the citizen's form shows, in the language of the page."""

from typing import Any

from instruments.schema import PREFER_NOT_TO_SAY, Instrument, ProfileField
from survey.citizen.steps import ALL, CHECK, PROFILE, START, Step
from survey.i18n import language
from survey.question_pages import answer_labels, profile_fields, question
from survey.services.citizens.citizen_answers import LONGEST_SUGGESTION, RATER_GROUP, Sheet, suggestion_code


def screen(instrument: Instrument, step: Step, sheet: Sheet) -> tuple[str, dict[str, Any]]:
    """The template of a screen and the values it needs."""
    builders = {
        START: _start,
        ALL: _all,
        PROFILE: _profile,
        CHECK: _check,
        suggestion_code(instrument): _words,
    }
    names = {
        START: "start",
        ALL: "all",
        PROFILE: "profile",
        CHECK: "check",
        suggestion_code(instrument): "words",
    }
    if step.screen in builders:
        return names[step.screen], builders[step.screen](instrument, step, sheet)
    return "question", _one(instrument, step, sheet)


def _start(instrument: Instrument, _step: Step, _sheet: Sheet) -> dict[str, Any]:
    questions = len(instrument.form_order(RATER_GROUP))
    return {"shown": (), "count": questions, "minutes": instrument.burden_minutes(RATER_GROUP)}


def _one(instrument: Instrument, step: Step, sheet: Sheet) -> dict[str, Any]:
    item = instrument.item(step.screen)
    asked = instrument.form_order(RATER_GROUP)
    return {
        "shown": (item.code,),
        "number": asked.index(item) + 1,
        "count": len(asked),
        **question(instrument, item, sheet, problem=step.problem),
    }


def _all(instrument: Instrument, step: Step, sheet: Sheet) -> dict[str, Any]:
    asked = instrument.form_order(RATER_GROUP)
    words = _words(instrument, step, sheet)
    facts = _profile(instrument, step, sheet)
    return {
        **words,
        **facts,
        "shown": (*(item.code for item in asked), *words["shown"], *facts["shown"]),
        "questions": [question(instrument, item, sheet, problem=step.problem) for item in asked],
    }


def _words(instrument: Instrument, _step: Step, sheet: Sheet) -> dict[str, Any]:
    [asked] = instrument.open_questions_for(RATER_GROUP)
    return {
        "shown": (asked.code,),
        "words_code": asked.code,
        "words_text": asked.text.in_language(language()),
        "words": sheet.suggestion,
        "longest": LONGEST_SUGGESTION,
    }


def _profile(instrument: Instrument, step: Step, sheet: Sheet) -> dict[str, Any]:
    fields = profile_fields(instrument, sheet, problem=step.problem)
    return {"shown": tuple(field.code for field in instrument.profile), "fields": fields}


def _check(instrument: Instrument, _step: Step, sheet: Sheet) -> dict[str, Any]:
    answers = [
        (
            item.code,
            item.title.in_language(language()) if item.title else item.text.in_language(language()),
            answer_labels(instrument, item)[sheet.answers[item.code]],
        )
        for item in instrument.form_order(RATER_GROUP)
    ]
    facts = [(field.title.in_language(language()), _band(field, sheet)) for field in instrument.profile]
    return {
        "shown": (),
        "answers": answers,
        "facts": facts,
        "profile_screen": PROFILE,
        "words_code": suggestion_code(instrument),
        "words": sheet.suggestion,
    }


def _band(field: ProfileField, sheet: Sheet) -> str:
    chosen = sheet.profile.get(field.code, PREFER_NOT_TO_SAY)
    return next(band.label.in_language(language()) for band in field.bands if band.code == chosen)
