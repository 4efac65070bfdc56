"""Officers for tests: codes for their visitors, and what citizens said of them, as an ended box holds it."""

import secrets
from collections.abc import Iterable, Sequence

from sqlalchemy.orm import Session

from survey.db import Databases, transaction
from survey.models.channels import Officer
from survey.services.citizens import officer_answers, officer_sums, withdrawing

QUARTER, PERIOD = "2026-Q2", "2026-H1"
ITEMS = tuple(item.code for item in officer_answers.questionnaire().items)


def make_officer(people: Session, employee_id: int) -> str:
    """The name by which the answers know an officer."""
    people.add(Officer(employee_id=employee_id))
    people.flush()
    return people.get_one(Officer, employee_id).key


def ballots(officer: str, sheets: Iterable[Sequence[int]]) -> list[tuple[bytes, bytes]]:
    """Opened ballots of as many citizens, each with three answers."""
    return [
        (
            secrets.token_bytes(32),
            officer_answers.make_ballot(
                officer, dict(zip(ITEMS, sheet, strict=True)), withdrawing.code_for(secrets.token_hex(16))
            ),
        )
        for sheet in sheets
    ]


def say(
    databases: Databases, officer: str, sheets: Iterable[Sequence[int]], quarter: str = QUARTER
) -> officer_sums.Summed:
    """Add what citizens said of an officer in a quarter that is over."""
    box = officer_answers.box_name(f"point-{officer}", quarter)
    with transaction(databases.answers) as answers:
        return officer_sums.add_box(answers, box, PERIOD, ballots(officer, sheets))


def spread(high: int, low: int) -> list[tuple[int, int, int]]:
    """`high` citizens who say 4, 3, 4 and `low` who say 2, 3, 2."""
    return [(4, 3, 4)] * high + [(2, 3, 2)] * low
