"""Paper forms typed in by number: what is typed, what it stands for, and which forms are typed twice.

The server keeps nothing of a batch before it is sent: it travels in the page, and each form has a nonce of
its own, so that sending a batch again adds nothing.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from instruments.schema import Instrument, Item, ProfileField
from survey.services.citizens import citizen_answers
from survey.services.citizens.channels import PAPER
from survey.services.citizens.citizen_answers import RATER_GROUP, Sheet, choices, suggestion_code

LENGTH, ANSWERS = "length", "answers"  # faults: too few or too many digits; a digit that is no answer
ONE_IN, FEWEST = 5, 2  # every fifth form is typed twice, at least two of a batch


@dataclass(frozen=True)
class Typed:
    """One paper form as it was typed: a digit for each answer, a number for each general fact."""

    nonce: str
    answers: str
    facts: tuple[str, ...]
    words: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed for this form."""
        return not (self.answers or self.words or any(self.facts))


def numbers_of_item(instrument: Instrument, item: Item) -> dict[str, str]:
    """What is typed for each answer of an item, and the code it stands for. The last reason has 0."""
    options = len(instrument.options_for(item))
    codes = choices(instrument, item)
    reasons = {str(-place % 10): code for place, code in enumerate(reversed(codes[options:]))}
    return {code: code for code in codes[:options]} | reasons


def numbers_of_field(field: ProfileField) -> dict[str, str]:
    """What is typed for each band of a general fact, and the code it stands for."""
    return {str(place): band.code for place, band in enumerate(field.bands, start=1)}


def faults(instrument: Instrument, typed: Typed) -> list[str]:
    """What cannot be right: `length`, `answers`, or the code of a general fact."""
    asked = instrument.form_order(RATER_GROUP)
    found = []
    if len(typed.answers) != len(asked):
        found.append(LENGTH)
    elif any(
        digit not in numbers_of_item(instrument, item)
        for digit, item in zip(typed.answers, asked, strict=True)
    ):
        found.append(ANSWERS)
    return found + [
        field.code
        for field, number in zip(instrument.profile, typed.facts, strict=True)
        if number and number not in numbers_of_field(field)
    ]


def sheet_of(instrument: Instrument, typed: Typed) -> Sheet:
    """The sheet that a form without faults stands for."""
    fields = {
        item.code: [numbers_of_item(instrument, item)[digit]]
        for digit, item in zip(typed.answers, instrument.form_order(RATER_GROUP), strict=True)
    }
    for field, number in zip(instrument.profile, typed.facts, strict=True):
        if number:
            fields[field.code] = [numbers_of_field(field)[number]]
    return citizen_answers.read_sheet(instrument, fields | {suggestion_code(instrument): [typed.words]})


def to_type_twice(batch: Sequence[Typed]) -> list[Typed]:
    """The forms of a batch that are typed a second time: the same ones whenever the batch is looked at."""
    count = min(len(batch), max(FEWEST, -(-len(batch) // ONE_IN)))
    drawn = {each.nonce for each in sorted(batch, key=_lot)[:count]}
    return [each for each in batch if each.nonce in drawn]


def differing(batch: Sequence[Typed], again: Mapping[str, str]) -> dict[str, str]:
    """Forms whose second typing is another than the first, with the second, by nonce."""
    return {
        each.nonce: again.get(each.nonce, "")
        for each in to_type_twice(batch)
        if again.get(each.nonce, "") != each.answers
    }


def send(
    spool: Session, key_directory: Path, box: str, instrument: Instrument, batch: Sequence[Typed]
) -> None:
    """Drop every form of a batch into the box; those that are in already change nothing."""
    for each in batch:
        ballot = citizen_answers.make_ballot(instrument, sheet_of(instrument, each), PAPER)
        citizen_answers.cast(spool, key_directory, box, each.nonce, ballot)


def _lot(typed: Typed) -> bytes:
    return hashlib.sha256(f"type twice {typed.nonce}".encode()).digest()
