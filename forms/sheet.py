"""A questionnaire about a person as a page shows it: headings, statements and steps in one language."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

from forms.answers import MISSING_PREFIX, AnswerSheet
from instruments.schema import Instrument, Item, OpenQuestion, RaterGroup, Text

BLANK = "…"
Choice = tuple[str, str]  # value, label


@dataclass(frozen=True)
class Row:
    """One statement with what was entered and what is wrong with it."""

    name: str
    guidance: str  # the official wording above the act
    statement: str
    steps: list[Choice]
    value: str
    error: object


@dataclass(frozen=True)
class Heading:
    """A scale with its statements."""

    title: str
    meaning: str
    rows: list[Row]


@dataclass(frozen=True)
class Sheet:
    """The whole page."""

    headings: list[Heading]
    reasons: list[Choice]
    questions: list[tuple[OpenQuestion, str]]
    errors: Mapping[str, object]

    def problems(self) -> list[tuple[str, str]]:
        """What to mend, each with the name of its field and the heading it stands under."""
        places = {row.name: heading.title for heading in self.headings for row in heading.rows}
        places |= {question.code: words for question, words in self.questions}
        return [(name, f"{places[name]}: {error}") for name, error in self.errors.items()]


def build_sheet(
    instrument: Instrument, rater_group: RaterGroup, leads: bool, entered: AnswerSheet, lang: str
) -> Sheet:
    """Lay a questionnaire out for one rater group."""

    def row(item: Item) -> Row:
        return Row(
            name=item.code,
            guidance=_words(item.guidance, lang),
            statement=_statement(instrument, item, rater_group, lang),
            steps=[
                (str(option.value), option.label.in_language(lang)) for option in instrument.options_for(item)
            ],
            value=entered.entered(item),
            error=entered.errors.get(item.code, ""),
        )

    def heading(code: str, items: Iterable[Item]) -> Heading:
        scale = instrument.scale(code)
        return Heading(
            scale.title.in_language(lang), _words(scale.meaning, lang), [row(item) for item in items]
        )

    items = instrument.form_order(rater_group, leader=leads)
    return Sheet(
        headings=[heading(code, group) for code, group in groupby(items, key=lambda item: item.scale)],
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


def _words(text: Text | None, lang: str) -> str:
    return text.in_language(lang) if text else ""


def _statement(instrument: Instrument, item: Item, rater_group: RaterGroup, lang: str) -> str:
    """The sentence with a blank where the chosen step goes."""
    if instrument.sentence is None:
        return item.text.in_language(lang)
    return instrument.sentence.pattern.in_language(lang).format(
        subject=instrument.sentence.subject_for(rater_group).in_language(lang),
        label=BLANK,
        item=item.text.in_language(lang),
    )
