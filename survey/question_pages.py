"""A citizen's questions with their answers, in the language of the page, for every page that asks them."""

from typing import Any

from flask_babel import gettext as _

from instruments.schema import Instrument, Item
from survey.i18n import language
from survey.services.citizens.citizen_answers import Sheet

FEW_BANDS = 5  # as many fit on a phone as rows to tap; longer lists fold into one field


def answer_labels(instrument: Instrument, item: Item) -> dict[str, str]:
    """Every answer of an item: the options, then the reasons for not judging."""
    options = {
        str(option.value): option.label.in_language(language()) for option in instrument.options_for(item)
    }
    return options | {r.code: r.label.in_language(language()) for r in instrument.missing_reasons}


def question(instrument: Instrument, item: Item, sheet: Sheet, *, problem: bool) -> dict[str, Any]:
    """One item with its answers, and what is wrong with the one that was given."""
    labels = answer_labels(instrument, item)
    options = len(instrument.options_for(item))
    needs_answer = problem and item.code not in sheet.answers
    return {
        "item": item,
        "options": list(labels.items())[:options],
        "outside": list(labels.items())[options],
        "problem": problem_words(item.code in sheet.unclear) if needs_answer else "",
    }


def profile_fields(instrument: Instrument, sheet: Sheet, *, problem: bool) -> list[dict[str, Any]]:
    """The general facts with their bands."""
    return [
        {
            "code": field.code,
            "title": field.title.in_language(language()),
            "bands": [(band.code, band.label.in_language(language())) for band in field.bands],
            "folded": len(field.bands) > FEW_BANDS,
            "value": sheet.profile.get(field.code, ""),
            "problem": problem_words(unclear=True) if problem and field.code in sheet.unclear else "",
        }
        for field in instrument.profile
    ]


def problem_words(unclear: bool) -> str:
    """What to do about an answer that is missing, or that nobody can read."""
    if unclear:
        return str(_("We could not read this answer. Choose one of the answers below."))
    return str(_("Choose one answer. If you cannot say, choose the last one."))
