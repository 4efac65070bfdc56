"""Figures with and without careless ballots: right where they are told, silent where they would tell."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from analysis.agreement import icc_oneway
from analysis.disclosure import Asked
from analysis.reliability import cronbach_alpha
from analysis.statistics import accumulate
from instruments import catalogue
from survey.services.results import careless
from survey.services.results.cycle_frame import CycleFrame, GroupFrame

SUBJECTS, RATERS = 40, 6
PEERS = GroupFrame("peer", "anonymous", 1.0, catalogue.get("berakhlak_360"))
SCALE, COLUMNS = PEERS.layout.scales[0][0], list(PEERS.layout.scales[0][1])


def frame_of(loads: int = 1) -> CycleFrame:
    """Each rater is asked about `loads` subjects."""
    papers = np.arange(SUBJECTS * RATERS)
    return CycleFrame(
        cycle="c",
        minimum=5,
        subject_ids=tuple(range(SUBJECTS)),
        subject_keys=tuple(f"{place:03}" for place in range(SUBJECTS)),
        leads=np.zeros(SUBJECTS, dtype=np.bool_),
        units=np.zeros(SUBJECTS, dtype=np.int64),
        unit_codes=("u",),
        parents=np.array([-1]),
        groups=(PEERS,),
        asked=Asked(papers % (len(papers) // loads), papers // RATERS, np.zeros(len(papers), dtype=np.int64)),
    )


def ballots() -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    random = np.random.default_rng(3)
    subject = np.repeat(np.arange(SUBJECTS), RATERS)
    middle = random.normal(3, 0.5, SUBJECTS)[subject, np.newaxis]
    answers = middle + random.uniform(-1.5, 1.5, (len(subject), len(PEERS.items)))
    return np.clip(np.rint(answers), 1, 5).astype(np.int8), subject


def told_of(
    answers: np.ndarray[Any, Any], subject: np.ndarray[Any, Any], frame: CycleFrame | None = None
) -> dict[str, Any]:
    blocks = np.repeat(np.arange(SUBJECTS)[:, np.newaxis], len(PEERS.layout.scales), axis=1)
    vault = accumulate(answers, subject, layout=PEERS.layout, group="peer", blocks=blocks)
    return careless.with_and_without(frame or frame_of(), 0, answers, subject, vault)


def straight(answers: np.ndarray[Any, Any], rows: list[int], step: int | None = None) -> None:
    """The same answer all along: three or four by turns, or the step that is given."""
    for place, row in enumerate(rows):
        answers[row] = step or 3 + place % 2


SPREAD = [0, 6, 12, 18, 24, 30, 36, 42]  # eight ballots about eight subjects


def test_figures_with_and_without_are_those_of_the_rows() -> None:
    answers, subject = ballots()
    straight(answers, SPREAD)
    told = told_of(answers, subject)
    assert told["runs"] == told["flagged"] == len(SPREAD) and told["ballots"] == SUBJECTS * RATERS
    one, own = told["scales"][SCALE], answers[:, COLUMNS].astype(float)
    rest = np.setdiff1d(np.arange(len(own)), SPREAD)
    assert one["flagged"] == len(SPREAD)
    for part, rows in (("with", np.arange(len(own))), ("without", rest)):
        assert one[part]["mean"] == pytest.approx(own[rows].mean(), abs=6e-4)
        assert one[part]["alpha"] == pytest.approx(cronbach_alpha(own[rows]).estimate, abs=6e-4)
        icc = icc_oneway(own[rows].mean(axis=1), subject[rows]).icc1
        assert one[part]["icc1"] == pytest.approx(icc, abs=6e-4)


@pytest.mark.parametrize(
    ("rows", "step"),
    [
        (SPREAD[:4], None),  # four ballots
        ([*range(6), *range(6, 8)], None),  # eight, six of them about one subject
        (SPREAD, 5),  # all at the end of the scale
    ],
    ids=["few ballots", "mostly about one", "at the end"],
)
def test_where_the_difference_would_tell_no_figure_is_kept(rows: list[int], step: int | None) -> None:
    answers, subject = ballots()
    straight(answers, rows, step)
    assert told_of(answers, subject)["scales"] == {}


def test_eight_ballots_of_two_people_are_not_enough() -> None:
    answers, subject = ballots()
    straight(answers, SPREAD)
    told = told_of(answers, subject, frame_of(loads=4))
    assert told["flagged"] is None and told["scales"] == {}


def test_replaced_papers_ask_for_more() -> None:
    answers, subject = ballots()
    straight(answers, SPREAD)
    frame = frame_of()
    again = [
        np.append(part, part[:4]) for part in (frame.asked.rater, frame.asked.subject, frame.asked.group)
    ]
    assert told_of(answers, subject, replace(frame, asked=Asked(*again)))["scales"] == {}


def test_few_ballots_are_not_looked_at() -> None:
    answers, subject = ballots()
    assert told_of(answers[:29], subject[:29]) == {"ballots": None, "flagged": None, "scales": {}}
