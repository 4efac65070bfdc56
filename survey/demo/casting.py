"""Send what simulated raters answered: personal code, paper office, sealed ballot, box, as real ones do."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from secrets import token_bytes

import numpy as np
from sqlalchemy.orm import Session

from protocol.ballots import Ballot, Signed
from protocol.tokens import TOKEN_BYTES, scope_name
from survey.db import Databases, reading, transaction
from survey.demo.raters import NOT_JUDGED, Returns
from survey.models.cycles import Cycle
from survey.services.papers import distribution, paper_office, rating
from survey.services.results.cycle_frame import CycleFrame
from survey.services.secrets import sealing

RATERS_AT_ONCE = 100
REASON = "not_seen"

Progress = Callable[[int, int], None]
Sending = tuple[str, str, rating.Said]  # nonce, scope, what is said


@dataclass(frozen=True, eq=False)
class Round:
    """A cycle, its list, what people answer in it, and everybody's id by place."""

    cycle: Cycle
    frame: CycleFrame
    returns: Returns
    employee_ids: Sequence[int]

    @cached_property
    def subjects(self) -> dict[str, int]:
        """The place of each subject by the key that ballots name."""
        place_of = {employee: place for place, employee in enumerate(self.employee_ids)}
        pairs = zip(self.frame.subject_keys, self.frame.subject_ids, strict=True)
        return {key: place_of[employee] for key, employee in pairs}

    @cached_property
    def items(self) -> dict[str, tuple[str, ...]]:
        """The columns of the returns by rater group."""
        return {group.rater_group: group.items for group in self.frame.groups}

    @cached_property
    def rows(self) -> dict[tuple[int, int], int]:
        """The row of a paper by rater and subject."""
        return self.returns.row_of()


def cast_returns(databases: Databases, opened: Round, order: np.random.Generator, progress: Progress) -> int:
    """Cast every ballot, raters in a random order; returns how many there were."""
    raters = order.permutation(np.unique(opened.returns.rater[opened.returns.sent])).tolist()
    with reading(databases.people) as people:
        box = rating.box_of(people, opened.cycle)
    cast = 0
    for start in range(0, len(raters), RATERS_AT_ONCE):
        part = raters[start : start + RATERS_AT_ONCE]
        with transaction(databases.people) as people:
            sendings = [sending for rater in part for sending in _take_papers(people, opened, rater)]
        with transaction(databases.spool) as spool:
            for nonce, scope, said in sendings:
                rating.cast(spool, box, nonce, scope, said)
        cast += len(sendings)
        progress(start + len(part), len(raters))
    return cast


def _take_papers(people: Session, opened: Round, rater: int) -> Iterator[Sending]:
    """Use the papers that one rater sends; she comes with a fresh code of her own."""
    code = distribution.issue_own_code(
        people, opened.cycle, opened.employee_ids[rater], opened.cycle.closes_on
    )
    for entry in paper_office.papers_of(people, code, opened.cycle.closes_on).entries:
        row = opened.rows[rater, opened.subjects[entry.subject_key]]
        if opened.returns.sent[row]:
            nonce = sealing.bind_nonce(sealing.new_nonce(), entry.key)
            paper_office.take(people, {entry.key: sealing.paper_hash(nonce)})
            yield nonce, entry.scope, _said(opened, entry.rater_group, entry.instrument_hash, row)


def simulated_ballots(planned: Round, order: np.random.Generator) -> list[Ballot]:
    """Everything people answered as opened ballots, in a random order; their stamps only give receipts."""
    subjects = {place: key for key, place in planned.subjects.items()}
    ballots = []
    for row in order.permutation(np.flatnonzero(planned.returns.sent)).tolist():
        group = planned.frame.groups[planned.returns.group[row]]
        scope = scope_name(subjects[int(planned.returns.subject[row])], group.rater_group)
        said = _said(planned, group.rater_group, group.layout.instrument, row)
        ballots.append(said.ballot(planned.frame.cycle, scope, Signed(token_bytes(TOKEN_BYTES), b"")))
    return ballots


def _said(planned: Round, rater_group: str, instrument: str, row: int) -> rating.Said:
    marks = dict(zip(planned.items[rater_group], planned.returns.values[row].tolist(), strict=False))
    return rating.Said(
        instrument=instrument,
        answers={item: mark for item, mark in marks.items() if mark != NOT_JUDGED},
        missing={item: REASON for item, mark in marks.items() if mark == NOT_JUDGED},
        comments=planned.returns.comments[row],
    )
