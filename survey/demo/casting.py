"""Send what simulated raters answered: personal code, paper office, sealed ballot, spool, as real ones do."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from sqlalchemy.orm import Session

from survey.db import Databases, transaction
from survey.demo.raters import NOT_JUDGED, Returns
from survey.models.cycles import Cycle
from survey.services import cycles, distribution, paper_office, rating, sealing
from survey.services.cycle_frame import CycleFrame
from survey.services.paper_office import PaperEntry

RATERS_AT_ONCE = 100
REASON = "not_seen"

Progress = Callable[[int, int], None]
Sending = tuple[str, rating.Ballot]  # nonce, ballot


@dataclass(frozen=True, eq=False)
class OpenCycle:
    """A cycle that takes answers, its list, what is to be sent in it, and everybody's id by place."""

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


def cast_returns(
    databases: Databases, opened: OpenCycle, order: np.random.Generator, progress: Progress
) -> int:
    """Cast every ballot, raters in a random order; returns how many there were."""
    raters = order.permutation(np.unique(opened.returns.rater[opened.returns.sent])).tolist()
    box = cycles.box_name(opened.cycle)
    cast = 0
    for start in range(0, len(raters), RATERS_AT_ONCE):
        part = raters[start : start + RATERS_AT_ONCE]
        with transaction(databases.people) as people:
            sendings = [sending for rater in part for sending in _take_papers(people, opened, rater)]
        with transaction(databases.spool) as spool:
            for nonce, ballot in sendings:
                rating.cast(spool, box, nonce, ballot)
        cast += len(sendings)
        progress(start + len(part), len(raters))
    return cast


def _take_papers(people: Session, opened: OpenCycle, rater: int) -> Iterator[Sending]:
    """Use the papers that one rater sends; she comes with a fresh code of her own."""
    code = distribution.issue_own_code(
        people, opened.cycle, opened.employee_ids[rater], opened.cycle.closes_on
    )
    for entry in paper_office.papers_of(people, code, opened.cycle.closes_on).entries:
        row = opened.rows[rater, opened.subjects[entry.subject_key]]
        if opened.returns.sent[row]:
            nonce = sealing.bind_nonce(sealing.new_nonce(), entry.key)
            paper_office.take(people, entry, nonce)
            yield nonce, _ballot(opened, entry, row)


def _ballot(opened: OpenCycle, entry: PaperEntry, row: int) -> rating.Ballot:
    marks = dict(zip(opened.items[entry.rater_group], opened.returns.values[row].tolist(), strict=False))
    return rating.Ballot(
        subject=entry.subject_key,
        rater_group=entry.rater_group,
        instrument=entry.instrument_hash,
        values={item: mark for item, mark in marks.items() if mark != NOT_JUDGED},
        missing={item: REASON for item, mark in marks.items() if mark == NOT_JUDGED},
        comments=opened.returns.comments[row],
    )
