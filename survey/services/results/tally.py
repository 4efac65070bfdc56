"""Reduce opened ballots to the vault: pass 1 counts, the publication rule fixes blocks, pass 2 sums.

No row of one person's answers leaves this module.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from analysis.disclosure import Publication, partition
from analysis.statistics import Missing, Vault, count_complete
from protocol import ballots as protocol_ballots
from protocol.ballots import Ballot
from protocol.sealing import unpad
from protocol.tokens import split_scope
from survey.services.results import careless
from survey.services.results.block_check import require_safe_blocks
from survey.services.results.cycle_frame import CycleFrame, GroupFrame
from survey.services.results.leaving_out import Versions, count_versions

Answers = np.ndarray[tuple[int, int], np.dtype[np.int8]]
Subjects = np.ndarray[tuple[int], np.dtype[np.int64]]

REASONS = {"not_seen": Missing.NEVER_SEEN, "not_in_job": Missing.NOT_PART_OF_JOB}
ANONYMOUS = "anonymous"
FEWEST_TEXTS = 3


@dataclass(frozen=True)
class Text:
    """A comment that may be kept: about which subject, in whose voice, answering which question."""

    subject: int
    voice: str  # anonymous, supervisor or self
    question: str
    words: str


@dataclass(frozen=True)
class Tally:
    """What is kept of a cycle's ballots."""

    vault: Vault
    texts: tuple[Text, ...]
    receipts: tuple[str, ...]
    ballots: int
    careless: Mapping[str, dict[str, Any]] = field(default_factory=dict)  # by rater group: see `careless`
    without: Vault | None = None  # the same ballots without the items that the rule names
    named: Mapping[str, str] = field(default_factory=dict)  # these, by scale
    unconfirmed: Mapping[str, str] = field(default_factory=dict)  # named at first, and then not again


def stamped_ballots(
    frame: CycleFrame, opened: Iterable[bytes], scope_keys: Mapping[str, bytes]
) -> list[Ballot]:
    """The ballots of this cycle that were made with a paper of their scope, each paper once.

    Of several ballots with one stamp, which only a copyist can make, the first in the order of their bytes
    counts: no order of arrival decides anything.
    """
    found: dict[bytes, Ballot] = {}
    for item in sorted(opened):
        text = unpad(item)
        ballot = None if text is None else protocol_ballots.read(text)
        if ballot is None or ballot.cycle != frame.cycle or ballot.stamp.token in found:
            continue
        key = scope_keys.get(ballot.scope)
        if key is not None and protocol_ballots.has_valid_stamp(ballot, key):
            found[ballot.stamp.token] = ballot
    return list(found.values())


def count(frame: CycleFrame, ballots: list[Ballot]) -> Tally:
    """Count the ballots of a cycle. The order in which they come changes nothing.

    Raises
    ------
    ReleaseGivesAway
        The blocks that would be kept tell what few people answered.
    """
    frame = frame.leaving_out({})
    accepted = _accept(frame, ballots)
    tables = [_table(frame, group, accepted[place]) for place, group in enumerate(frame.groups)]
    publication = _publish(frame, tables)
    versions: Versions = count_versions(frame, tables, publication)
    counted = [ballot for group in accepted for ballot in group]
    return Tally(
        vault=versions.asked,
        texts=_texts(frame, accepted),
        receipts=tuple(sorted(ballot.receipt for ballot in counted)),
        ballots=len(counted),
        careless={
            group.rater_group: careless.with_and_without(frame, place, *tables[place], versions.asked)
            for place, group in enumerate(frame.groups)
            if group.kind == "anonymous"
        },
        without=versions.without,
        named=versions.named,
        unconfirmed=versions.unconfirmed,
    )


def _accept(frame: CycleFrame, ballots: list[Ballot]) -> list[list[Ballot]]:
    """The ballots of each group that answer a paper of the list; never more than papers were given out."""
    place = {key: index for index, key in enumerate(frame.subject_keys)}
    papers = frame.papers.copy()
    accepted: list[list[Ballot]] = [[] for _group in frame.groups]
    names = {group.rater_group: index for index, group in enumerate(frame.groups)}
    for ballot in sorted(ballots, key=lambda one: one.receipt):
        subject_key, rater_group = split_scope(ballot.scope)
        subject, group = place.get(subject_key), names.get(rater_group)  # type: ignore[call-overload]
        if subject is None or group is None or papers[subject, group] == 0:
            continue
        if _fits(frame.groups[group], ballot):
            papers[subject, group] -= 1
            accepted[group].append(ballot)
    return accepted


def _fits(group: GroupFrame, ballot: Ballot) -> bool:
    layout = group.layout
    return (
        ballot.instrument == layout.instrument
        and set(ballot.answers) <= set(group.items)
        and all(layout.low <= value <= layout.high for value in ballot.answers.values())
    )


def _table(frame: CycleFrame, group: GroupFrame, ballots: list[Ballot]) -> tuple[Answers, Subjects]:
    place = {key: index for index, key in enumerate(frame.subject_keys)}
    answers = np.full((len(ballots), len(group.items)), int(Missing.SKIPPED), dtype=np.int8)
    column = {item: index for index, item in enumerate(group.items)}
    for row, ballot in enumerate(ballots):
        for item, value in ballot.answers.items():
            answers[row, column[item]] = value
        for item, reason in ballot.missing.items():
            if item in column and item not in ballot.answers:
                answers[row, column[item]] = REASONS.get(reason, Missing.SKIPPED)
    return answers, np.array([place[_subject_key(ballot)] for ballot in ballots], dtype=np.int64)


def _subject_key(ballot: Ballot) -> str:
    return split_scope(ballot.scope)[0]


def _columns(frame: CycleFrame, group: GroupFrame) -> list[int]:
    return [frame.scales.index(name) for name, _own in group.layout.scales]


def _publish(frame: CycleFrame, tables: list[tuple[Answers, Subjects]]) -> Publication:
    counts = np.zeros((len(frame.subject_ids), len(frame.groups), len(frame.scales)), dtype=np.int64)
    for place, (group, (answers, subjects)) in enumerate(zip(frame.groups, tables, strict=True)):
        complete = count_complete(answers, subjects, group.layout, len(frame.subject_ids))
        counts[:, place, _columns(frame, group)] = complete
    publication = partition(
        counts,
        kinds=[group.kind for group in frame.groups],
        units=frame.units,
        parents=frame.parents,
        asked=frame.asked,
        k=frame.minimum,
    )
    require_safe_blocks(frame, counts, publication)
    return publication


def _texts(frame: CycleFrame, accepted: list[list[Ballot]]) -> tuple[Text, ...]:
    """Comments of groups with enough ballots, pooled over anonymous groups; named people's by name.

    Where papers were replaced, as many more are needed: one person may have sent two.
    """
    place = {key: index for index, key in enumerate(frame.subject_keys)}
    pooled: dict[tuple[int, str, str], list[str]] = defaultdict(list)
    for index, (group, ballots) in enumerate(zip(frame.groups, accepted, strict=True)):
        sizes = np.bincount(
            [place[_subject_key(ballot)] for ballot in ballots] or [0], minlength=len(frame.subject_ids)
        )
        for ballot in ballots:
            subject = place[_subject_key(ballot)]
            is_named = group.kind == "self" or (
                group.kind == "supervisor" and frame.group_sizes[subject, index] == 1
            )
            if is_named or sizes[subject] >= frame.minimum + frame.replaced[subject, index]:
                voice = group.rater_group if is_named else ANONYMOUS
                for question, words in ballot.comments.items():
                    pooled[subject, voice, question].append(words)
    return tuple(
        Text(subject, voice, question, words)
        for (subject, voice, question), texts in sorted(pooled.items())
        if voice != ANONYMOUS or len(texts) >= FEWEST_TEXTS + frame.replaced[subject].sum()
        for words in sorted(texts)
    )
