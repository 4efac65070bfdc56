"""What a citizen says of the officer who served her: three questions, apart from the unit's index.

Only a code of a roll that the service issued for that officer opens them. The answers are a ballot of their
own under names that lead neither to the citizen's other ballot nor to the code. They lie sealed until the
quarter is over; what becomes of them then stands in `officer_sums`.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
from sqlalchemy.orm import Session

from instruments import catalogue
from instruments.schema import Instrument
from survey.services.citizens import withdrawing
from survey.services.citizens.citizen_answers import RATER_GROUP
from survey.services.papers import ballot_box
from survey.services.secrets import sealing

INSTRUMENT = "officer_service"
BOX_PREFIX = "officer:"


class OfficerBallot(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One citizen's complete answers about an officer, as they are sealed."""

    officer: str  # the random name by which the answers know her
    instrument: str
    answers: dict[str, int]
    withdrawal: bytes


def questionnaire() -> Instrument:
    """The three questions."""
    return catalogue.get(INSTRUMENT)


def read_answers(fields: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Take from the fields of a form each question that has one known answer."""
    asked = questionnaire()
    found: dict[str, int] = {}
    for item in asked.items_for(RATER_GROUP):
        given, steps = fields.get(item.code, ()), {str(option.value) for option in item.options}
        if len(given) == 1 and given[0] in steps:
            found[item.code] = int(given[0])
    return found


def is_complete(answers: Mapping[str, int]) -> bool:
    """Whether all three are answered: half a judgement is none."""
    return set(answers) == {item.code for item in questionnaire().items}


def make_ballot(officer: str, answers: dict[str, int], withdrawal_code: str) -> bytes:
    """The answers as they are sealed.

    Raises
    ------
    ValueError
        A question has no answer.
    """
    if not is_complete(answers):
        raise ValueError("answers: not all three questions are answered")
    mark = withdrawing.of_officer(withdrawal_code)
    return msgspec.json.encode(OfficerBallot(officer, questionnaire().content_hash(), answers, mark))


def read_ballot(text: bytes) -> OfficerBallot | None:
    """A ballot taken from the box, checked anew; None where it does not fit the three questions."""
    try:
        ballot = msgspec.json.decode(text, type=OfficerBallot)
    except msgspec.DecodeError:
        return None
    told = {code: [str(value)] for code, value in ballot.answers.items()}
    is_sound = ballot.instrument == questionnaire().content_hash() and read_answers(told) == ballot.answers
    return ballot if is_sound and is_complete(ballot.answers) else None


def box_name(service_point: str, quarter: str) -> str:
    """The box that takes what is said of the officers of a service point in a quarter."""
    return f"{BOX_PREFIX}{service_point}:{quarter}"


def quarter_of(box: str) -> str:
    """The quarter of a box."""
    return box.rpartition(":")[2]


def cast(spool: Session, key_directory: Path, box: str, nonce: str, ballot: bytes) -> None:
    """Drop a ballot in; the form with the same nonce again changes nothing."""
    ballot_box.open_box(spool, key_directory, box)
    ballot_box.cast(spool, box, sealing.officer_nonce(nonce), ballot)


def withdraw(spool: Session, box: str, code: str) -> None:
    """Ask that the answers with this code be left out, where there may be any."""
    if box in ballot_box.boxes(spool, box):
        ballot_box.cast(
            spool, box, withdrawing.officer_nonce_of(code), withdrawing.make_officer_request(code)
        )
