"""A questionnaire about a person as a page shows it: headings, statements and steps in one language."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby

from forms.answers import MISSING_PREFIX, AnswerSheet
from instruments.schema import Instrument, Item, OpenQuestion, RaterGroup

BLANK = "…"
Choice = tuple[str, str]  # value, label


@dataclass(frozen=True)
class Row:
    """One statement with what was entered and what is wrong with it."""

    name: str
    statement: str
    steps: list[Choice]
    value: str
    error: object


@dataclass(frozen=True)
class Sheet:
    """The whole page."""

    headings: list[tuple[str, list[Row]]]
    reasons: list[Choice]
    questions: list[tuple[OpenQuestion, str]]
    errors: Mapping[str, object]

    def problems(self) -> list[tuple[str, str]]:
        """What to mend, each with the name of its field and the heading it stands under."""
        places = {row.name: heading for heading, rows in self.headings for row in rows}
        places |= {question.code: words for question, words in self.questions}
        return [(name, f"{places[name]}: {error}") for name, error in self.errors.items()]


def build_sheet(
    instrument: Instrument, rater_group: RaterGroup, leads: bool, entered: AnswerSheet, lang: str
) -> Sheet:
    """Lay a questionnaire out for one rater group."""

    def row(item: Item) -> Row:
        steps = [
            (str(option.value), option.label.in_language(lang)) for option in instrument.options_for(item)
        ]
        statement = _statement(instrument, item, rater_group, lang)
        return Row(item.code, statement, steps, entered.entered(item), entered.errors.get(item.code, ""))

    items = instrument.form_order(rater_group, leader=leads)
    return Sheet(
        headings=[
            (instrument.scale(scale).title.in_language(lang), [row(item) for item in group])
            for scale, group in groupby(items, key=lambda item: item.scale)
        ],
        reasons=[
            (MISSING_PREFIX + reason.code, reason.label_for(rater_group).in_language(lang))
            for reason in instrument.missing_reasons
        ],
        questions=[
            (question, question.text_for(rater_group).in_language(lang))
            for question in instrument.open_questions_for(rater_group)
        ],
        errors=entered.errors,
    )


def _statement(instrument: Instrument, item: Item, rater_group: RaterGroup, lang: str) -> str:
    """The sentence with a blank where the chosen step goes."""
    if instrument.sentence is None:
        return item.text.in_language(lang)
    return instrument.sentence.pattern.in_language(lang).format(
        subject=instrument.sentence.subject_for(rater_group).in_language(lang),
        label=BLANK,
        item=item.text.in_language(lang),
    )
