"""Merge what citizens sent: from the spool of this host into the answers database, at least k at a time."""

import logging
from dataclasses import dataclass
from datetime import date

from survey.config import Settings
from survey.db import Databases, reading, transaction, vacuum
from survey.rules import stuffing_policy
from survey.services.citizens import (
    arrivals,
    citizen_answers,
    citizen_merge,
    officer_answers,
    officer_figures,
    officer_sums,
    settling,
    visit_codes,
)
from survey.services.papers import ballot_box

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class MergeReport:
    """What a run did, in numbers only."""

    boxes: int
    counted: int
    held: int
    rejected: int
    withdrawn: int = 0
    about_officers: int = 0


def run(settings: Settings, databases: Databases) -> MergeReport:
    """Merge every citizen box that holds enough ballots, and end those whose quarter is settled.

    Safe to repeat after a crash at any point.
    """
    with transaction(databases.people) as people:
        visit_codes.settle(people)
    with reading(databases.spool) as spool:
        boxes = ballot_box.boxes(spool, citizen_answers.BOX_PREFIX)
    today = settings.today()
    ended = [box for box in boxes if settling.is_settled(_period(box), today)]
    tried = {box: _try_to_merge(settings, databases, box, is_last=box in ended) for box in boxes}
    put_off = {box for box, merged in tried.items() if merged is None}
    ended = [box for box in ended if box not in put_off]
    done = [merged for merged in tried.values() if merged is not None]
    changed = [box for box, merged in tried.items() if merged and (merged.counted or merged.withdrawn)]
    _look_for_alike(databases, changed)
    days = _judge_days(settings, databases)
    for box in ended:
        _end_box(settings, databases, box)
    of_officers = _ended_boxes_of_officers(databases, today)
    about_officers = sum(_sum_officers(settings, databases, box) for box in of_officers)
    with reading(databases.answers) as answers:
        named = citizen_merge.boxes_with_tokens(answers)
    over = [box for box in named if box not in put_off and settling.is_settled(_period(box), today)]
    if over:
        with transaction(databases.answers) as answers:
            for box in over:
                citizen_merge.forget(answers, box)
    if over or any(merged.withdrawn for merged in done):
        vacuum(databases.answers)
    if ended or of_officers or days or any(merged.finished for merged in done):
        vacuum(databases.spool)
    return MergeReport(
        boxes=len(boxes),
        counted=sum(merged.counted for merged in done),
        held=sum(merged.held for merged in done),
        rejected=sum(merged.rejected for merged in done),
        withdrawn=sum(merged.withdrawn for merged in done),
        about_officers=about_officers,
    )


def _look_for_alike(databases: Databases, boxes: list[str]) -> None:
    """Note, beside the figures, where the answers of a quarter are the same too often."""
    for box in boxes:
        point, period = citizen_answers.place_of(box)
        with reading(databases.answers) as answers:
            found = arrivals.alike(answers, point, period, stuffing_policy())
        with transaction(databases.people) as people:
            arrivals.note_alike(people, point, period, found)


def _judge_days(settings: Settings, databases: Databases) -> int:
    """Note unusual days, and forget the numbers of all days that are over.

    A crash in between loses no unusual day: it is as unusual when it is looked at again.
    """
    today = settings.today()
    with reading(databases.spool) as spool:
        over = arrivals.days_over(spool, today)
    if not over:
        return 0
    with transaction(databases.answers) as answers:
        found = arrivals.judge(answers, over, stuffing_policy())
        arrivals.forget_usual(answers, citizen_answers.period_of(today))
    with transaction(databases.people) as people:
        arrivals.note_days(people, found)
    with transaction(databases.spool) as spool:
        arrivals.forget_days(spool, today)
    return len(over)


def _period(box: str) -> str:
    return citizen_answers.place_of(box)[1]


def _ended_boxes_of_officers(databases: Databases, today: date) -> list[str]:
    with reading(databases.spool) as spool:
        boxes = ballot_box.boxes(spool, officer_answers.BOX_PREFIX)
    return [box for box in boxes if settling.is_settled(officer_answers.quarter_of(box), today)]


def _sum_officers(settings: Settings, databases: Databases, box: str) -> int:
    """Open a box about officers once its quarter is over, add it up, and end it."""
    try:
        with reading(databases.spool) as spool:
            opened = ballot_box.open_spooled(spool, settings.key_directory, box)
    except FileNotFoundError:  # without its key nothing of it can be read, ever
        logger.error("box %s has no key", box)
        opened = []
    except OSError as error:
        logger.error("box %s cannot be opened now: %s", box, type(error).__name__)
        return 0
    period = officer_figures.period_around(officer_answers.quarter_of(box))
    with transaction(databases.answers) as answers:
        summed = officer_sums.add_box(answers, box, period, opened)
    _end_box(settings, databases, box)
    return summed.counted


def _try_to_merge(
    settings: Settings, databases: Databases, box: str, *, is_last: bool
) -> citizen_merge.Merged | None:
    """One damaged box must not keep the others from being counted; None: it is tried again, and kept."""
    try:
        return _merge_box(settings, databases, box, is_last=is_last)
    except FileNotFoundError:  # without its key nothing of it can be read, ever
        logger.error("box %s has no key", box)
        return citizen_merge.Merged(0, 0, 0, [])
    except OSError as error:
        logger.error("box %s cannot be merged now: %s", box, type(error).__name__)
        return None


def _merge_box(settings: Settings, databases: Databases, box: str, *, is_last: bool) -> citizen_merge.Merged:
    with reading(databases.spool) as spool:
        waiting = ballot_box.waiting(spool, box)
        if not waiting or (waiting < citizen_answers.MINIMUM_BATCH and not is_last):
            return citizen_merge.Merged(0, waiting, 0, [])
        opened = ballot_box.open_spooled(spool, settings.key_directory, box)
    # Two commits, never one: a crash between them leaves ballots in the spool that are known by their token.
    with transaction(databases.answers) as answers:
        merged = citizen_merge.merge(answers, box, opened, is_last=is_last)
    if merged.finished:
        with transaction(databases.spool) as spool:
            ballot_box.remove_spooled(spool, box, merged.finished)
    return merged


def _end_box(settings: Settings, databases: Databases, box: str) -> None:
    """The quarter is settled: too few ballots to count together are destroyed with the key, uncounted."""
    with transaction(databases.spool) as spool:
        ballot_box.remove_box(spool, settings.key_directory, box)
