"""The answer form of a person's questionnaire, read and checked from the questionnaire itself.

Hand-read on purpose: twenty-one WTForms radio fields cost ten times the rest of such a page.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import lazy_gettext as _

from instruments.schema import Instrument, Item, OpenQuestion, RaterGroup

MISSING_PREFIX = "missing."


@dataclass(frozen=True)
class AnswerSheet:
    """What one rater entered about one person, checked against the questionnaire."""

    values: dict[str, int]  # item -> chosen step
    missing: dict[str, str]  # item -> reason for not judging
    comments: dict[str, str]  # open question -> words
    errors: dict[str, object]  # field -> what to do, in the rater's language

    def entered(self, item: Item) -> str:
        """What the radio buttons of an item should show."""
        if item.code in self.values:
            return str(self.values[item.code])
        return MISSING_PREFIX + self.missing[item.code] if item.code in self.missing else ""


EMPTY = AnswerSheet({}, {}, {}, {})


def read_answers(
    instrument: Instrument, rater_group: RaterGroup, leads: bool, entered: Mapping[str, str]
) -> AnswerSheet:
    """Read a posted form. Anything that is not an answer to this questionnaire counts as no answer."""
    sheet = AnswerSheet({}, {}, {}, {})
    reasons = {MISSING_PREFIX + reason.code: reason.code for reason in instrument.missing_reasons}
    for item in instrument.items_for(rater_group, leader=leads):
        steps = {str(option.value): option.value for option in instrument.options_for(item)}
        text = entered.get(item.code, "")
        if text in steps:
            sheet.values[item.code] = steps[text]
        elif text in reasons:
            sheet.missing[item.code] = reasons[text]
        else:
            sheet.errors[item.code] = _("Choose one step, or say why you cannot judge this.")
    for question in instrument.open_questions_for(rater_group):
        _read_comment(question, entered.get(question.code, ""), sheet)
    return sheet


def _read_comment(question: OpenQuestion, text: str, sheet: AnswerSheet) -> None:
    words = unicodedata.normalize("NFC", text).replace("\r\n", "\n").strip()
    words = "".join(letter for letter in words if letter == "\n" or unicodedata.category(letter)[0] != "C")
    if words:
        sheet.comments[question.code] = words
    # Sealed ballots have one size, so the limit holds for bytes; most letters take one.
    length = len(words.encode())
    if length > question.max_length:
        sheet.errors[question.code] = _(
            "Your words are longer than fits (%(length)s of %(limit)s signs). Please shorten them.",
            length=length,
            limit=question.max_length,
        )
