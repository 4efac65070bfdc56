"""Citizens for tests: a service point, a filled form, and answers sent through the real path."""

import csv
import itertools
import secrets
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from survey.config import Settings
from survey.db import Databases, transaction
from survey.models.people import Unit
from survey.rules import satisfaction_policy
from survey.services.citizens import (
    citizen_answers,
    citizen_merge,
    proof_of_work,
    service_points,
    withdrawing,
)
from survey.services.citizens.channels import OPEN_LINK
from survey.services.citizens.citizen_answers import box_name, questionnaire, read_sheet
from survey.services.citizens.official_channels import OFFICIAL, Fixed
from survey.services.citizens.satisfaction import Satisfaction, of_group
from survey.services.citizens.satisfaction_counts import read_told
from survey.services.papers import ballot_box

PERIOD = "2026-Q4"
ITEMS = tuple(item.code for item in questionnaire().items)
FORM_ORDER = tuple(item.code for item in questionnaire().form_order("citizen"))
REFERENCE = Path(__file__).parent / "reference" / "skm"


def make_point(
    people: Session, unit_name: str = "Puskesmas Guguak Panjang", code: str = "PKM-01", name: str = "Loket"
) -> tuple[str, str]:
    """A unit with one service point; returns the public ids of both."""
    unit = Unit(code=f"U-{code}", name=unit_name)
    people.add(unit)
    people.flush()
    return unit.public_id, service_points.add_point(people, unit.public_id, code, name)


def filled(value: int | str = 3, **other: int | str) -> dict[str, str]:
    """Fields of a complete form, with the same value everywhere but where another is given."""
    return dict.fromkeys(ITEMS, str(value)) | {code: str(given) for code, given in other.items()}


def ballot(fields: Mapping[str, str], stratum: str = OPEN_LINK, withdrawal_code: str = "") -> bytes:
    """The ballot that these fields make."""
    sheet = read_sheet(questionnaire(), {code: [value] for code, value in fields.items()})
    return citizen_answers.make_ballot(questionnaire(), sheet, stratum, withdrawal_code)


def cast(
    databases: Databases,
    settings: Settings,
    point: str,
    fields: Mapping[str, str],
    *,
    nonce: str | None = None,
    period: str = PERIOD,
    stratum: str = OPEN_LINK,
) -> str:
    """Send a form's answers into the spool; returns the withdrawal code."""
    box, nonce = citizen_answers.box_name(point, period), nonce or ballot_box.new_nonce()
    code = withdrawing.code_for(nonce)
    with transaction(databases.spool) as spool:
        citizen_answers.cast(spool, settings.key_directory, box, nonce, ballot(fields, stratum, code))
    return code


def withdraw(
    databases: Databases, settings: Settings, point: str, code: str, *, period: str = PERIOD
) -> None:
    """Ask that the answer with this code be erased."""
    box = citizen_answers.box_name(point, period)
    with transaction(databases.spool) as spool:
        citizen_answers.withdraw(spool, settings.key_directory, box, code)


def post(client: FlaskClient, point: str, nonce: str, fields: Mapping[str, str], go: str = "send") -> str:
    """Press “Send” on the last page, when the device has done its work; returns the answer page."""
    work = next(n for n in itertools.count() if proof_of_work.is_done(nonce, str(n)))
    data = {**fields, "nonce": nonce, "work": str(work), "at": "check", "go": go}
    return client.post(f"/s/{point}", data=data).text


def sekadau() -> Iterator[dict[str, str]]:
    """The 49 published rows of Kab. Sekadau 2019; its columns stand in the regulation's order."""
    with (REFERENCE / "sekadau_2019_raw49.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield {code: row[f"u{place}"] for place, code in enumerate(ITEMS, start=1)}


def satisfaction_of(
    answers: Session, points: Sequence[str], fixed: Sequence[Fixed] = (), part: str = OFFICIAL
) -> Satisfaction:
    """The figures of the given service points together."""
    policy = satisfaction_policy()
    return of_group(read_told(answers, points, policy), points, policy, fixed, part=part)


def keep_more(databases: Databases, point: str, period: str, channel: str, value: int, count: int) -> None:
    """Merged answers of one channel that are all alike."""
    texts = [ballot(filled(value), channel)] * count
    with transaction(databases.answers) as answers:
        rows = [(secrets.token_bytes(32), text) for text in texts]
        assert citizen_merge.merge(answers, box_name(point, period), rows).counted == count
