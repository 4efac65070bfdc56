"""What citizens say about a service: read from the form, made into a ballot, cast into the spool.

A ballot says through which channel it came, and nothing of who, where from or when. What becomes of it
stands in `citizen_merge`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import msgspec
from sqlalchemy.orm import Session

from instruments import catalogue
from instruments.schema import PREFER_NOT_TO_SAY, Instrument, Item
from survey.services.citizens import withdrawing
from survey.services.citizens.channels import OPEN_LINK
from survey.services.papers import ballot_box

INSTRUMENT = "skm_2017"
RATER_GROUP: Final = "citizen"
MINIMUM_BATCH = 5
BOX_PREFIX = "citizen:"
LONGEST_SUGGESTION = 500  # characters; with the longest of letters it still fits a sealed ballot


@dataclass(frozen=True)
class Sheet:
    """What a citizen has told so far: only known codes with a known answer."""

    answers: dict[str, str]  # item -> the option's number or the reason for not judging
    profile: dict[str, str]  # field -> band
    unclear: frozenset[str]  # codes that came with something else, or with several answers
    suggestion: str = ""  # what was said in free words


class Ballot(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One citizen's complete answers, as they are sealed."""

    instrument: str
    answers: dict[str, int]
    missing: dict[str, str]
    profile: dict[str, str]
    stratum: str = OPEN_LINK
    suggestion: str = ""
    withdrawal: bytes = b""  # two hashes of the withdrawal code: of the answers, and of the words


def questionnaire() -> Instrument:
    """The questionnaire that citizens are asked now."""
    return catalogue.get(INSTRUMENT)


def choices(instrument: Instrument, item: Item) -> tuple[str, ...]:
    """Every answer an item knows, as a form sends it."""
    numbers = tuple(str(option.value) for option in instrument.options_for(item))
    return numbers + tuple(reason.code for reason in instrument.missing_reasons)


def read_sheet(instrument: Instrument, fields: Mapping[str, Sequence[str]]) -> Sheet:
    """Take from the fields of a form what the questionnaire knows; anything else is named as unclear."""
    allowed = {item.code: choices(instrument, item) for item in instrument.form_order(RATER_GROUP)}
    answers, unclear = _known(allowed, fields)
    bands = {field.code: tuple(band.code for band in field.bands) for field in instrument.profile}
    profile, odd = _known(bands, fields)
    return Sheet(answers, profile, frozenset(unclear + odd), _suggestion(instrument, fields))


def suggestion_code(instrument: Instrument) -> str:
    """The code of the one question that is answered in free words; empty where there is none."""
    questions = instrument.open_questions_for(RATER_GROUP)
    return questions[0].code if questions else ""


def _suggestion(instrument: Instrument, fields: Mapping[str, Sequence[str]]) -> str:
    """Printable characters and line breaks only, so that its length on the wire is bounded."""
    given = "\n".join(fields.get(suggestion_code(instrument), ())).replace("\r\n", "\n").strip()
    return "".join(letter for letter in given if letter.isprintable() or letter == "\n")[:LONGEST_SUGGESTION]


def _known(
    allowed: Mapping[str, tuple[str, ...]], fields: Mapping[str, Sequence[str]]
) -> tuple[dict[str, str], list[str]]:
    known: dict[str, str] = {}
    unclear: list[str] = []
    for code, values in allowed.items():
        given = [value for value in fields.get(code, ()) if value]
        if len(given) == 1 and given[0] in values:
            known[code] = given[0]
        elif given:
            unclear.append(code)
    return known, unclear


def fields_of(instrument: Instrument, sheet: Sheet) -> dict[str, str]:
    """All that a sheet holds, as a form carries it."""
    words = {suggestion_code(instrument): sheet.suggestion} if sheet.suggestion else {}
    return sheet.answers | sheet.profile | words


def unanswered(instrument: Instrument, sheet: Sheet) -> list[str]:
    """The items that still need an answer, in the order of the form."""
    return [item.code for item in instrument.form_order(RATER_GROUP) if item.code not in sheet.answers]


def make_ballot(
    instrument: Instrument, sheet: Sheet, stratum: str = OPEN_LINK, withdrawal_code: str = ""
) -> bytes:
    """The complete sheet as it is sealed. General facts left open are noted as not said.

    Raises
    ------
    ValueError
        An item has no answer.
    """
    if missing := unanswered(instrument, sheet):
        raise ValueError(f"sheet: no answer to {', '.join(missing)}")
    reasons = {reason.code for reason in instrument.missing_reasons}
    ballot = Ballot(
        instrument=instrument.content_hash(),
        answers={code: int(text) for code, text in sheet.answers.items() if text not in reasons},
        missing={code: text for code, text in sheet.answers.items() if text in reasons},
        profile={f.code: sheet.profile.get(f.code, PREFER_NOT_TO_SAY) for f in instrument.profile},
        stratum=stratum,
        suggestion=sheet.suggestion,
        withdrawal=withdrawing.hashes(withdrawal_code) if withdrawal_code else b"",
    )
    return msgspec.json.encode(ballot)


def read_ballot(text: bytes) -> Ballot | None:
    """A ballot taken from the box, checked anew; None where it does not fit its questionnaire."""
    try:
        ballot = msgspec.json.decode(text, type=Ballot)
        instrument = catalogue.by_hash(ballot.instrument)
    except (msgspec.DecodeError, catalogue.UnknownInstrumentError):
        return None
    return ballot if _fits(ballot, instrument) else None


def _fits(ballot: Ballot, instrument: Instrument) -> bool:
    told = {code: str(value) for code, value in ballot.answers.items()} | ballot.missing | ballot.profile
    if len(told) != len(ballot.answers) + len(ballot.missing) + len(ballot.profile):
        return False
    sheet = read_sheet(instrument, {code: [value] for code, value in told.items()})
    complete = not unanswered(instrument, sheet) and len(sheet.profile) == len(instrument.profile)
    return complete and len(told) == len(sheet.answers) + len(sheet.profile) and _sorted_right(ballot, sheet)


def _sorted_right(ballot: Ballot, sheet: Sheet) -> bool:
    """Whether numbers stand among the answers, reasons among the missing and bands in the profile."""
    numbers = {code for code, text in sheet.answers.items() if text.isdigit()}
    return set(ballot.answers) == numbers and set(ballot.profile) == set(sheet.profile)


def period_of(day: date) -> str:
    """The quarter of a local date: the only trace of time that an answer keeps."""
    return f"{day.year}-Q{(day.month + 2) // 3}"


def box_name(service_point: str, period: str) -> str:
    """The box that takes the ballots of a service point in a period."""
    return f"{BOX_PREFIX}{service_point}:{period}"


def place_of(box: str) -> tuple[str, str]:
    """The service point and the period of a box."""
    service_point, _colon, period = box.partition(":")[2].partition(":")
    return service_point, period


def cast(spool: Session, key_directory: Path, box: str, nonce: str, ballot: bytes) -> None:
    """Drop a ballot into the box of its service point and period, made when it is first needed.

    The same nonce again changes nothing.
    """
    ballot_box.open_box(spool, key_directory, box)
    ballot_box.cast(spool, box, nonce, ballot)


def withdraw(spool: Session, key_directory: Path, box: str, code: str) -> None:
    """Ask that the answer with this code be erased: sealed and dropped in, it looks like a ballot."""
    ballot_box.open_box(spool, key_directory, box)
    ballot_box.cast(spool, box, withdrawing.nonce_of(code), withdrawing.make_request(code))
