"""What citizens say about a service: checked, cast into the spool, merged in batches.

One citizen is never alone in what is kept: ballots of a service point and a quarter wait, sealed, until
at least `MINIMUM_BATCH` of them can be counted together. No day, no time and no address is written down.
"""

import secrets
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import msgspec
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from instruments import catalogue
from instruments.schema import PREFER_NOT_TO_SAY, Instrument, Item
from survey.models.citizens import CitizenCount, CitizenResponse, MergedToken
from survey.rules import satisfaction_policy
from survey.services import ballot_box, citizen_sums

INSTRUMENT = "skm_2017"
RATER_GROUP: Final = "citizen"
MINIMUM_BATCH = 5
OPEN_LINK = "open"  # the stratum of answers given through a link that anybody may open
BOX_PREFIX = "citizen:"
ROWS_AT_ONCE = 500
KEY_BYTES = 16


@dataclass(frozen=True)
class Sheet:
    """What a citizen has told so far: only known codes with a known answer."""

    answers: dict[str, str]  # item -> the option's number or the reason for not judging
    profile: dict[str, str]  # field -> band
    unclear: frozenset[str]  # codes that came with something else, or with several answers


class Ballot(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One citizen's complete answers, as they are sealed."""

    instrument: str
    answers: dict[str, int]
    missing: dict[str, str]
    profile: dict[str, str]


@dataclass(frozen=True)
class Merged:
    """What a merge did with the ballots of one box. Numbers and tokens; no answers."""

    counted: int
    held: int
    rejected: int
    finished: list[bytes]  # tokens that the spool may forget


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
    return Sheet(answers, profile, frozenset(unclear + odd))


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


def unanswered(instrument: Instrument, sheet: Sheet) -> list[str]:
    """The items that still need an answer, in the order of the form."""
    return [item.code for item in instrument.form_order(RATER_GROUP) if item.code not in sheet.answers]


def make_ballot(instrument: Instrument, sheet: Sheet) -> bytes:
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
    service_point, _colon, period = box.removeprefix(BOX_PREFIX).partition(":")
    return service_point, period


def cast(spool: Session, key_directory: Path, box: str, nonce: str, ballot: bytes) -> str:
    """Drop a ballot into the box of its service point and period, made when it is first needed."""
    ballot_box.open_box(spool, key_directory, box)
    return ballot_box.cast(spool, box, nonce, ballot)


def merge(answers: Session, box: str, opened: list[tuple[bytes, bytes]]) -> Merged:
    """Keep the opened ballots of a box, in the order of their tokens, if enough of them are new.

    A ballot that was merged before is only named as finished, so that a repetition after a crash adds
    nothing. The minimum is asked of the new ones alone: otherwise a repeated ballot would let a later
    reader see one person's answers as the difference of two figures.
    """
    service_point, period = place_of(box)
    stored = set(answers.scalars(select(MergedToken.token).where(MergedToken.box == box)))
    again = [token for token, _text in opened if token in stored]
    read = [(token, read_ballot(text)) for token, text in opened if token not in stored]
    rejected = [token for token, ballot in read if ballot is None]
    new = [(token, ballot) for token, ballot in read if ballot is not None]
    if sum(bool(ballot.answers) for _token, ballot in new) < MINIMUM_BATCH:
        return Merged(0, len(new), len(rejected), again + rejected)
    ballots = [ballot for _token, ballot in new]
    _keep_tokens(answers, box, [token for token, _ballot in new])
    _keep_responses(answers, service_point, period, ballots)
    _add_to_counts(answers, service_point, period, ballots)
    citizen_sums.add(
        answers,
        (service_point, period, OPEN_LINK),
        satisfaction_policy(),
        [(ballot.answers, ballot.profile) for ballot in ballots],
    )
    return Merged(len(new), 0, len(rejected), again + rejected + [token for token, _ballot in new])


def boxes_with_tokens(answers: Session) -> list[str]:
    """The boxes of which names of merged ballots are kept."""
    return list(answers.scalars(select(MergedToken.box).distinct()))


def forget_tokens(answers: Session, box: str) -> None:
    """Drop the names of merged ballots, once no ballot of the box can come again."""
    answers.execute(delete(MergedToken).where(MergedToken.box == box))


def _keep_tokens(answers: Session, box: str, tokens: list[bytes]) -> None:
    rows = [{"box": box, "token": token} for token in sorted(tokens)]
    for start in range(0, len(rows), ROWS_AT_ONCE):
        answers.execute(insert(MergedToken), rows[start : start + ROWS_AT_ONCE])


def _keep_responses(answers: Session, service_point: str, period: str, ballots: list[Ballot]) -> None:
    """One row each under a fresh random key: dated copies of the spool know tokens, and times by them."""
    rows = [
        {
            "service_point": service_point,
            "period": period,
            "key": key,
            "stratum": OPEN_LINK,
            "instrument_hash": ballot.instrument,
            "answers": ballot.answers,
            "profile": ballot.profile,
        }
        for key, ballot in sorted(
            ((secrets.token_bytes(KEY_BYTES), ballot) for ballot in ballots), key=lambda pair: pair[0]
        )
    ]
    for start in range(0, len(rows), ROWS_AT_ONCE):
        answers.execute(insert(CitizenResponse), rows[start : start + ROWS_AT_ONCE])


def _add_to_counts(answers: Session, service_point: str, period: str, ballots: Iterable[Ballot]) -> None:
    place = (service_point, period, OPEN_LINK)
    stored = select(CitizenCount).where(
        CitizenCount.service_point == service_point,
        CitizenCount.period == period,
        CitizenCount.stratum == OPEN_LINK,
    )
    # The lock makes two merges of one box wait for each other; SQLite has one writer anyway.
    counts = {(row.item, row.option): row for row in answers.scalars(stored.with_for_update())}
    chosen = Counter(pair for ballot in ballots for pair in ballot.answers.items())
    for (item, option), n in sorted(chosen.items()):
        if (item, option) in counts:
            counts[item, option].n += n
        else:
            counts[item, option] = CitizenCount(**_names(place), item=item, option=option, n=n, shown=0)
            answers.add(counts[item, option])
    _show(counts)
    answers.flush()


def _show(counts: dict[tuple[str, int], CitizenCount]) -> None:
    """Let the public counts of an element follow only when at least the minimum of answers is new."""
    new: Counter[str] = Counter()
    for (item, _option), row in counts.items():
        new[item] += row.n - row.shown
    for (item, _option), row in counts.items():
        if new[item] >= MINIMUM_BATCH:
            row.shown = row.n


def _names(place: tuple[str, str, str]) -> dict[str, str]:
    return dict(zip(("service_point", "period", "stratum"), place, strict=True))
