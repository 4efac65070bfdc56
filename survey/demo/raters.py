"""Simulated raters: which papers they send, what they tick and what they write.

Everything is drawn in an order that is fixed by the organisation, so the same seed gives the same answers
whatever random names the databases give and whatever order the ballots are cast in.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import msgspec
import numpy as np
import yaml

from survey.demo.truth import Floats, Truth
from survey.services.results.cycle_frame import CycleFrame, GroupFrame

TABLE = Path(__file__).with_name("comments.yaml")
NOT_JUDGED = 0

Ints = np.ndarray[tuple[int, ...], np.dtype[np.int64]]
Bools = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]


class CommentLists(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Sentences by open question: about others, and about oneself."""

    others: dict[str, tuple[str, ...]]
    self: dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Turnout:
    """How many raters do nothing, how many do some of their papers, and how many of those."""

    nothing: float
    some: float
    some_share: float


@dataclass(frozen=True, eq=False)
class Returns:
    """The papers of a cycle and what is sent on them; arrays over papers.

    `rater` and `subject` are places in the organisation, `values` has a column for each item of the paper's
    rater group and `NOT_JUDGED` where the rater cannot say.
    """

    rater: Ints
    subject: Ints
    group: Ints
    sent: Bools
    values: Ints
    comments: tuple[dict[str, str], ...]

    def row_of(self) -> dict[tuple[int, int], int]:
        """The row of a paper by rater and subject."""
        pairs = zip(self.rater.tolist(), self.subject.tolist(), strict=True)
        return {pair: row for row, pair in enumerate(pairs)}


@cache
def comment_lists() -> CommentLists:
    """The sentences as they stand in the file."""
    return msgspec.convert(yaml.safe_load(TABLE.read_text(encoding="utf-8")), CommentLists)


def answer_papers(
    frame: CycleFrame, place_of: dict[int, int], truth: Truth, turnout: Turnout, random: np.random.Generator
) -> Returns:
    """Let everybody who was asked answer, or not; `place_of` finds an employee in the organisation."""
    rater = np.array([place_of[employee] for employee in frame.asked.rater.tolist()], dtype=np.int64)
    subjects = np.array([place_of[employee] for employee in frame.subject_ids], dtype=np.int64)
    subject, group = subjects[frame.asked.subject], frame.asked.group
    order = np.lexsort((subject, rater))
    rater, subject, group = rater[order], subject[order], group[order]
    return Returns(
        rater=rater,
        subject=subject,
        group=group,
        sent=_sent(rater, len(truth.leniency), turnout, random),
        values=_marks(frame, rater, subject, group, truth, random),
        comments=_comments(frame, group, truth.model.commented, random),
    )


def _sent(rater: Ints, people: int, turnout: Turnout, random: np.random.Generator) -> Bools:
    mood = random.random(people)[rater]
    some = random.random(len(rater)) < turnout.some_share
    return np.where(mood < turnout.nothing, False, (mood >= turnout.nothing + turnout.some) | some)


def _marks(
    frame: CycleFrame, rater: Ints, subject: Ints, group: Ints, truth: Truth, random: np.random.Generator
) -> Ints:
    model = truth.model
    halo = random.normal(scale=model.halo_sd, size=len(rater))
    columns = max(len(each.items) for each in frame.groups)
    noise = random.normal(scale=model.noise_sd, size=(len(rater), columns))
    is_silent = random.random((len(rater), columns)) < model.not_judged
    marks = np.full((len(rater), columns), NOT_JUDGED, dtype=np.int64)
    for place, each in enumerate(frame.groups):
        own = group == place
        leniency = 0.0 if each.rater_group == "self" else truth.leniency[rater[own]]
        seen = (
            _scores(truth, each)[subject[own]]
            + (model.shift[each.rater_group] + leniency + halo[own])[:, np.newaxis]
        )
        used = len(each.items)
        impression = seen + noise[own, :used]
        ticked = np.clip(np.rint(impression), each.layout.low, each.layout.high).astype(np.int64)
        marks[own, :used] = np.where(is_silent[own, :used], NOT_JUDGED, ticked)
    return marks


def _scores(truth: Truth, group: GroupFrame) -> Floats:
    """The true score behind each item of a group's questionnaire: (people, items)."""
    instrument = group.instrument
    scales = [truth.scales.index(instrument.item(code).scale) for code in group.items]
    return truth.score[:, scales]


def _comments(
    frame: CycleFrame, group: Ints, share: float, random: np.random.Generator
) -> tuple[dict[str, str], ...]:
    lists = comment_lists()
    by_group = [lists.self if each.rater_group == "self" else lists.others for each in frame.groups]
    questions = tuple(lists.others)
    writes = random.random((len(group), len(questions))) < share
    chosen = random.random((len(group), len(questions)))
    return tuple(
        {
            question: _pick(by_group[own][question], float(chosen[row, column]))
            for column, question in enumerate(questions)
            if writes[row, column]
        }
        for row, own in enumerate(group.tolist())
    )


def _pick(sentences: tuple[str, ...], chance: float) -> str:
    return sentences[int(chance * len(sentences))]
