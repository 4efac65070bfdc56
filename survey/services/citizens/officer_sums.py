"""What becomes of the ballots about officers when their quarter is over: sums, and nothing else.

Withdrawn ballots are left out first. An officer of whom fewer than the minimum are left in a box gets nothing
of it. No row of one citizen's answers is ever stored.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from survey.models.citizens import MergedToken, OfficerSpread, OfficerSums
from survey.services.citizens import officer_answers, withdrawing
from survey.services.citizens.citizen_answers import MINIMUM_BATCH
from survey.services.citizens.officer_answers import OfficerBallot

ROWS_AT_ONCE = 500


@dataclass(frozen=True)
class Summed:
    """How many ballots of a box were counted and how many not."""

    counted: int
    left_out: int


def add_box(answers: Session, box: str, period: str, opened: Sequence[tuple[bytes, bytes]]) -> Summed:
    """Add the ballots of an ended box to the sums of its period; those counted before are passed over."""
    stored = set(answers.scalars(select(MergedToken.token).where(MergedToken.box == box)))
    fresh = [(token, text) for token, text in opened if token not in stored]
    withdrawn = {asked for _token, text in fresh if (asked := withdrawing.read_request(text)) is not None}
    of_officer: dict[str, list[OfficerBallot]] = defaultdict(list)
    for _token, text in fresh:
        ballot = officer_answers.read_ballot(text)
        if ballot is not None and ballot.withdrawal not in withdrawn:
            of_officer[ballot.officer].append(ballot)
    enough = {officer: own for officer, own in of_officer.items() if len(own) >= MINIMUM_BATCH}
    for officer in sorted(enough):
        _add(answers, officer, period, enough[officer])
    rows = [{"box": box, "token": token} for token in sorted(token for token, _text in fresh)]
    for start in range(0, len(rows), ROWS_AT_ONCE):
        answers.execute(insert(MergedToken), rows[start : start + ROWS_AT_ONCE])
    counted = sum(len(own) for own in enough.values())
    return Summed(counted, len(fresh) - counted)


def _add(answers: Session, officer: str, period: str, ballots: list[OfficerBallot]) -> None:
    sums = answers.get(OfficerSums, (officer, period), with_for_update=True)
    if sums is None:
        sums = OfficerSums(officer=officer, period=period, n=0, items={})
        answers.add(sums)
    spread = answers.get(OfficerSpread, period, with_for_update=True)
    if spread is None:
        spread = OfficerSpread(period=period, squares=0)
        answers.add(spread)
    codes = [item.code for item in officer_answers.questionnaire().items]
    sums.n += len(ballots)
    sums.items = {code: sums.items.get(code, 0) + sum(one.answers[code] for one in ballots) for code in codes}
    spread.squares += sum(sum(one.answers.values()) ** 2 for one in ballots)
    answers.flush()
