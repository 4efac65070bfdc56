"""Merge what citizens sent: from the spool of this host into the answers database, at least k at a time."""

import logging
from dataclasses import dataclass

from survey.config import Settings
from survey.db import Databases, reading, transaction, vacuum
from survey.services import ballot_box, citizen_answers

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class MergeReport:
    """What a run did, in numbers only."""

    boxes: int
    counted: int
    held: int
    rejected: int


def run(settings: Settings, databases: Databases) -> MergeReport:
    """Merge every citizen box that holds enough ballots, and end those whose quarter is over.

    Safe to repeat after a crash at any point.
    """
    with reading(databases.spool) as spool:
        boxes = ballot_box.boxes(spool, citizen_answers.BOX_PREFIX)
    done = [_try_to_merge(settings, databases, box) for box in boxes]
    current = citizen_answers.period_of(settings.today())
    ended = [box for box in boxes if _period(box) < current]
    for box in ended:
        _end_box(settings, databases, box)
    with reading(databases.answers) as answers:
        over = [box for box in citizen_answers.boxes_with_tokens(answers) if _period(box) < current]
    if over:
        with transaction(databases.answers) as answers:
            for box in over:
                citizen_answers.forget_tokens(answers, box)
        vacuum(databases.answers)
    if ended or any(merged.finished for merged in done):
        vacuum(databases.spool)
    return MergeReport(
        boxes=len(boxes),
        counted=sum(merged.counted for merged in done),
        held=sum(merged.held for merged in done),
        rejected=sum(merged.rejected for merged in done),
    )


def _period(box: str) -> str:
    return citizen_answers.place_of(box)[1]


def _try_to_merge(settings: Settings, databases: Databases, box: str) -> citizen_answers.Merged:
    """One damaged box must not keep the others from being counted."""
    try:
        return _merge_box(settings, databases, box)
    except OSError as error:
        logger.error("box %s cannot be merged: %s", box, type(error).__name__)
        return citizen_answers.Merged(0, 0, 0, [])


def _merge_box(settings: Settings, databases: Databases, box: str) -> citizen_answers.Merged:
    with reading(databases.spool) as spool:
        waiting = ballot_box.waiting(spool, box)
        if waiting < citizen_answers.MINIMUM_BATCH:
            return citizen_answers.Merged(0, waiting, 0, [])
        opened = ballot_box.open_spooled(spool, settings.key_directory, box)
    # Two commits, never one: a crash between them leaves ballots in the spool that are known by their token.
    with transaction(databases.answers) as answers:
        merged = citizen_answers.merge(answers, box, opened)
    if merged.finished:
        with transaction(databases.spool) as spool:
            ballot_box.remove_spooled(spool, box, merged.finished)
    return merged


def _end_box(settings: Settings, databases: Databases, box: str) -> None:
    """The quarter is over: too few ballots to count together are destroyed with the key, unread."""
    with transaction(databases.spool) as spool:
        ballot_box.remove_box(spool, settings.key_directory, box)
