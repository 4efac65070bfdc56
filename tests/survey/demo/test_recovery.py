"""The pipeline gives back what was planted: from casting over closing to the appraisals and indices."""

from dataclasses import dataclass

import numpy as np
import pytest
from scipy.special import ndtr
from sqlalchemy import func, select

from analysis.statistics.figures import block_means, pooled_icc
from survey.db import reading
from survey.demo.raters import NOT_JUDGED
from survey.demo.rounds import scales
from survey.demo.truth import Floats, expected_marks
from survey.models.appraisals import Appraisal, Quality, ScaleScore
from survey.models.cycles import Cycle
from survey.models.vault import Comment
from survey.services.results import vault_store
from tests.survey.demo.conftest import VILLAGES, Built

LOW, HIGH = 1, 5
NORMAL_95 = 1.96
STANDARD_DEVIATIONS = 4  # one false alarm in 16,000 for each figure that is compared


@dataclass(frozen=True, eq=False)
class PeerBlocks:
    """The shown peer means of a scale, their subjects' places, n and the variance within."""

    subject: np.ndarray
    n: np.ndarray
    mean: Floats
    msw: float


def peer_blocks(built: Built, scale: str) -> PeerBlocks:
    frame = built.city.closed.frame
    place_of = {employee: place for place, employee in enumerate(built.city.closed.employee_ids)}
    with reading(built.databases.answers) as answers:
        pool = vault_store.read_vault(answers, frame).pool(frame.groups[0].layout.instrument, "peer")
    means = block_means(pool, scale)
    own = means.block >= 0
    subject = np.array([place_of[frame.subject_ids[block]] for block in means.block[own]])
    return PeerBlocks(subject, means.n[own], means.mean[own], pooled_icc(pool, scale).sigma2_within)


def peer_ballots(built: Built, scale: str) -> tuple[np.ndarray, np.ndarray]:
    """Rater and subject of every peer's answer that was sent and judges this scale."""
    returns, frame = built.city.closed.returns, built.city.closed.frame
    group = [each.rater_group for each in frame.groups].index("peer")
    counted = (
        returns.sent & (returns.group == group) & (returns.values[:, scales().index(scale)] != NOT_JUDGED)
    )
    return returns.rater[counted], returns.subject[counted]


def marks_by_subject(values: Floats, subject: np.ndarray, people: int) -> Floats:
    return np.bincount(subject, weights=values, minlength=people)


def test_every_ballot_that_was_cast_is_counted(built: Built) -> None:
    with reading(built.databases.answers) as answers:
        frame = built.city.closed.frame
        vault = vault_store.read_vault(answers, frame)
    ballots = sum(vault.pool(group.layout.instrument, group.rater_group).ballots for group in frame.groups)
    assert ballots == built.city.closed.returns.sent.sum()


@pytest.mark.parametrize("scale", scales())
def test_intervals_of_peers_means_cover_the_planted_score_and_leniency_as_often_as_they_should(
    built: Built, scale: str
) -> None:
    # Given the true score and the leniency of those who answered, what is left in a block's mean is halo and
    # noise: independent between subjects. The interval's half width is 1.96 sqrt(MSW / n), and MSW holds the
    # leniency too, so it covers more often than 95 %: by how much follows from the planted variances.
    truth, blocks, (rater, subject) = built.city.truth, peer_blocks(built, scale), peer_ballots(built, scale)
    impression = truth.score[subject, scales().index(scale)] + truth.leniency[rater]
    mark, variance = expected_marks(impression, truth.model.own_sd, LOW, HIGH)
    people = len(truth.leniency)
    centre = marks_by_subject(mark, subject, people)[blocks.subject] / blocks.n
    spread = np.sqrt(marks_by_subject(variance, subject, people)[blocks.subject]) / blocks.n
    half = NORMAL_95 * np.sqrt(blocks.msw / blocks.n)
    chance = 2 * ndtr(half / spread) - 1
    covered = np.abs(blocks.mean - centre) <= half
    allowed = STANDARD_DEVIATIONS * np.sqrt((chance * (1 - chance)).sum())
    assert abs(covered.sum() - chance.sum()) <= allowed
    # … and there is no bias: the errors are independent, so their sum's variance is the sum of theirs.
    assert abs((blocks.mean - centre).sum()) <= STANDARD_DEVIATIONS * np.sqrt((spread**2).sum())


@pytest.mark.parametrize("scale", scales())
def test_intervals_of_peers_means_cover_the_planted_score_95_times_in_100(built: Built, scale: str) -> None:
    # Team-mates are judged by nearly the same people, whose leniency is a fifth of the variance within:
    # errors correlate at about .2 x .8 = .16, hits and misses at about .16² = .03, in teams of ten. So
    # the number of hits varies 1 + 9 x .03 = 1.3 times as much as independent ones; 1.5 is allowed.
    model, blocks = built.city.truth.model, peer_blocks(built, scale)
    score = built.city.truth.score[blocks.subject, scales().index(scale)]
    centre, variance = expected_marks(score, np.hypot(model.leniency_sd, model.own_sd), LOW, HIGH)
    half = NORMAL_95 * np.sqrt(blocks.msw / blocks.n)
    chance = 2 * ndtr(half / np.sqrt(variance / blocks.n)) - 1
    covered = np.abs(blocks.mean - centre) <= half
    allowed = STANDARD_DEVIATIONS * np.sqrt(1.5 * (chance * (1 - chance)).sum())
    assert chance.mean() == pytest.approx(0.95, abs=0.01)
    assert abs(covered.sum() - chance.sum()) <= allowed


@pytest.mark.parametrize("scale", scales())
def test_icc_of_peers_is_the_planted_one(built: Built, scale: str) -> None:
    model, blocks = built.city.truth.model, peer_blocks(built, scale)
    score = built.city.truth.score[blocks.subject, scales().index(scale)]
    centre, within = expected_marks(score, np.hypot(model.leniency_sd, model.own_sd), LOW, HIGH)
    planted = centre.var(ddof=1) / (centre.var(ddof=1) + within.mean())
    assert 0.2 < planted < 0.3  # what published 360 data show
    frame = built.city.closed.frame
    with reading(built.databases.answers) as answers:
        pool = vault_store.read_vault(answers, frame).pool(frame.groups[0].layout.instrument, "peer")
    low, high = pooled_icc(pool, scale, confidence=0.9999).ci_wald
    assert low < planted < high
    with reading(built.databases.people) as people:
        key = (built.city.closed.cycle.id, "peer", scale)
        stored = people.get_one(Quality, key).figures
    assert stored["icc1"] == pytest.approx(pooled_icc(pool, scale).icc1, abs=1e-12)


def test_the_self_view_lies_above_the_peers_view_by_what_was_planted(built: Built) -> None:
    model, score = built.city.truth.model, built.city.truth.score
    peers, _ = expected_marks(score, np.hypot(model.leniency_sd, model.own_sd), LOW, HIGH)
    selves, _ = expected_marks(score + model.shift["self"], model.own_sd, LOW, HIGH)
    gaps, planted = _gaps(built, selves - peers)
    # One gap per subject, the mean over scales; leniency of shared raters makes their mean less sure by a
    # tenth or so, hence 1.2.
    standard_error = 1.2 * gaps.std(ddof=1) / np.sqrt(len(gaps))
    assert abs(gaps.mean() - planted.mean()) < STANDARD_DEVIATIONS * standard_error
    # The steps end at 5, so a little of the planted .4 is lost there.
    assert gaps.mean() == pytest.approx(model.shift["self"], abs=0.1)


def _gaps(built: Built, planted: Floats) -> tuple[Floats, Floats]:
    """The mean gap of each subject over the scales where both views are shown, and the planted one."""
    means = _shown_means(built)
    pairs: dict[int, list[tuple[float, float]]] = {}
    for (place, scale, group), mean in means.items():
        if group == "self" and (place, scale, "peer") in means:
            gap = mean - means[place, scale, "peer"]
            pairs.setdefault(place, []).append((gap, planted[place, scales().index(scale)]))
    both = np.array([np.mean(each, axis=0) for each in pairs.values()])
    return both[:, 0], both[:, 1]


def _shown_means(built: Built) -> dict[tuple[int, str, str], float]:
    place_of = {employee: place for place, employee in enumerate(built.city.closed.employee_ids)}
    with reading(built.databases.people) as people:
        rows = people.execute(
            select(Appraisal.employee_id, ScaleScore.scale, ScaleScore.rater_group, ScaleScore.mean)
            .join(Appraisal, Appraisal.id == ScaleScore.appraisal_id)
            .where(Appraisal.cycle_id == built.city.closed.cycle.id, ScaleScore.mean.is_not(None))
        ).all()
    return {(place_of[row.employee_id], row.scale, row.rater_group): row.mean for row in rows}


def test_the_composite_follows_the_planted_score_as_closely_as_its_parts_allow(built: Built) -> None:
    # Mean over seven scales: variance of truth .45² (.6 + .4/7) = .133. A supervisor alone carries .6 of the
    # figure with the variance .35² + .35² + (.55² + 1/12)/7 = .300, about seven others carry .4 with .300/7.
    # So r = sqrt(.133 / (.133 + .36 x .300 + .16 x .043)) = .73 for most; the end of the steps takes some.
    with reading(built.databases.people) as people:
        rows = people.execute(
            select(Appraisal.employee_id, Appraisal.composite).where(
                Appraisal.cycle_id == built.city.closed.cycle.id, Appraisal.usable
            )
        ).all()
    place_of = {employee: place for place, employee in enumerate(built.city.closed.employee_ids)}
    planted = built.city.truth.score.mean(axis=1)[[place_of[row.employee_id] for row in rows]]
    r = np.corrcoef(planted, [row.composite for row in rows])[0, 1]
    # standard error of r at n = 400 with team-mates under one supervisor: about (1 - r²)/sqrt(400/4) = .05
    assert r == pytest.approx(0.73, abs=0.15)
    peers = [peer_blocks(built, scale) for scale in scales()]
    closeness = [np.corrcoef(built.city.truth.score[b.subject, s], b.mean)[0, 1] for s, b in enumerate(peers)]
    assert min(closeness) > 0.7  # sqrt(.2025 / (.2025 + .63/7)) = .83 with seven raters


def test_groups_under_the_minimum_exist_and_none_is_shown(built: Built) -> None:
    with reading(built.databases.people) as people:
        scores = people.scalars(
            select(ScaleScore)
            .join(Appraisal, Appraisal.id == ScaleScore.appraisal_id)
            .where(
                Appraisal.cycle_id == built.city.closed.cycle.id,
                ScaleScore.rater_group.in_(("peer", "subordinate")),
            )
        ).all()
        minimum = people.get_one(Cycle, built.city.closed.cycle.id).minimum_group_size
    hidden = [score for score in scores if score.mean is None]
    assert 0.05 < len(hidden) / len(scores) < 0.6
    assert all(score.n is None and score.reason for score in hidden)
    assert min(score.n for score in scores if score.mean is not None) >= minimum


def test_in_small_kelurahan_some_people_get_no_figure_at_all(built: Built) -> None:
    small = {
        employee
        for employee, person in zip(
            built.city.closed.employee_ids, built.city.organisation.people, strict=True
        )
        if person.office in VILLAGES
    }
    with reading(built.databases.people) as people:
        rows = people.execute(
            select(Appraisal.composite).where(
                Appraisal.cycle_id == built.city.closed.cycle.id, Appraisal.employee_id.in_(small)
            )
        ).all()
    without = sum(row.composite is None for row in rows)
    assert 0 < without < len(rows)


def test_words_of_others_are_kept_only_where_at_least_three_wrote(built: Built) -> None:
    of_cycle = Comment.cycle == built.city.closed.cycle.public_id
    with reading(built.databases.answers) as answers:
        texts = answers.execute(
            select(Comment.block, Comment.question, func.count())
            .where(of_cycle, Comment.voice == "anonymous")
            .group_by(Comment.block, Comment.question)
        ).all()
    assert len(texts) > 20
    assert min(n for _block, _question, n in texts) >= 3  # design.md §7


def test_the_open_cycle_has_about_forty_per_cent_of_its_answers(built: Built) -> None:
    # about 520 raters: nothing .45, all .25, half of the papers .30; the standard error of the share is
    # about .43/sqrt(520) = .02
    assert built.city.opened.returns.sent.mean() == pytest.approx(0.40, abs=4 * 0.02)
    with reading(built.databases.people) as people:
        states = people.execute(select(Cycle.name, Cycle.state).order_by(Cycle.name)).all()
    assert [tuple(row) for row in states] == [
        ("Penilaian perilaku 2025", "released"),
        ("Penilaian perilaku 2026", "open"),
    ]
