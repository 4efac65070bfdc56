"""What hangs and lies at a counter, as tagged PDF: poster, slips with single-use codes, paper form."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from instruments.schema import Instrument
from survey import qr
from survey.services.citizens import paper_entry
from survey.services.citizens.citizen_answers import RATER_GROUP
from survey.services.documents import typeset

SIZES = ("a4", "a5")


@dataclass(frozen=True)
class Poster:
    """What a poster says, in one language."""

    question: str
    how: str
    promises: Sequence[str]
    drawing: str  # what the QR code shows, for those who cannot see it
    sender: str


@dataclass(frozen=True)
class CodeSlips:
    """What stands on each slip of a roll beside its code."""

    title: str
    question: str
    how: str
    promise: str
    drawing: str
    sender: str


@dataclass(frozen=True)
class Asked:
    """One question of the paper form; each answer has the number that is typed for it."""

    text: str
    answers: Sequence[tuple[str, str]]
    is_short: bool = False  # a general fact: its answers run on in lines


@dataclass(frozen=True)
class PaperForm:
    """The questionnaire as it is filled in by hand."""

    title: str
    how: Sequence[str]
    questions: Sequence[Asked]
    facts_title: str
    facts: Sequence[Asked]
    words: str  # the question that is answered in free words
    words_hint: str
    thanks: str
    sender: str


@dataclass(frozen=True)
class Place:
    """The counter, in words."""

    name: str
    unit: str


def questions_of(instrument: Instrument, language: str) -> list[Asked]:
    """The questions of the paper form, in the order of the form."""
    reasons = {reason.code: reason.label for reason in instrument.missing_reasons}
    asked = []
    for item in instrument.form_order(RATER_GROUP):
        labels = {str(option.value): option.label for option in instrument.options_for(item)} | reasons
        numbers = paper_entry.numbers_of_item(instrument, item).items()
        answers = [(number, labels[code].in_language(language)) for number, code in numbers]
        asked.append(Asked(item.text.in_language(language), answers))
    return asked


def facts_of(instrument: Instrument, language: str) -> list[Asked]:
    """The general facts that the paper form asks for."""
    return [
        Asked(
            field.title.in_language(language),
            [
                (number, band.label.in_language(language))
                for number, band in zip(paper_entry.numbers_of_field(field), field.bands, strict=True)
            ],
            is_short=True,
        )
        for field in instrument.profile
    ]


def poster(words: Poster, place: Place, address: str, *, size: str, language: str) -> bytes:
    """A poster in A4 or A5. The address stands in letters too, in a type that keeps l, I and 1 apart."""
    data = {
        "words": asdict(words),
        "place": asdict(place),
        "address": address,
        "size": size,
        "language": language,
        "drawing": qr.picture_of(address, level="q"),
    }
    return typeset.as_pdf("poster.typ", data)


def code_slips(codes: Sequence[str], words: CodeSlips, place: Place, address: str, *, language: str) -> bytes:
    """A roll on A4, ten slips a page, with lines to cut along.

    In the drawing the code stands behind `#`, so that opening it sends the code nowhere.
    """
    data = {
        "words": asdict(words),
        "place": asdict(place),
        "language": language,
        "slips": [{"code": code, "drawing": qr.picture_of(f"{address}#{code}")} for code in codes],
    }
    return typeset.as_pdf("code_slips.typ", data)


def paper_form(words: PaperForm, place: Place, *, language: str) -> bytes:
    """The blank form, on A4."""
    data = {"words": asdict(words), "place": asdict(place), "language": language}
    return typeset.as_pdf("paper_form.typ", data)
