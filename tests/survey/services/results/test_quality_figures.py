"""Figures of the quality report: out of the vault as from the rows, and nothing where a pool would tell."""

import numpy as np
import pytest

from analysis.agreement import average_deviation, icc_oneway, rwg_j
from analysis.reliability import cronbach_alpha, item_analysis
from analysis.statistics import Missing, Pool, accumulate
from instruments import catalogue
from survey.services.results import quality_figures
from survey.services.results.cycle_frame import GroupFrame
from survey.services.results.decision_study import study

SUBJECTS, RATERS = 40, 6
PEERS = GroupFrame("peer", "anonymous", 1.0, catalogue.get("berakhlak_360"))
SCALE = PEERS.layout.scales[0][0]
COLUMNS = list(PEERS.layout.scales[0][1])


def rows_of(middle: float = 3.0, subjects: int = SUBJECTS) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(8)
    subject = np.repeat(np.arange(subjects), RATERS)
    person = random.normal(0, 0.5, subjects)[subject, np.newaxis]
    answers = middle + person + random.normal(0, 0.8, (len(subject), len(PEERS.items)))
    return np.clip(np.rint(answers), 1, 5).astype(np.int8), subject


def pool_of(answers: np.ndarray, subject: np.ndarray) -> Pool:
    blocks = np.repeat(np.arange(subject.max() + 1)[:, np.newaxis], len(PEERS.layout.scales), axis=1)
    vault = accumulate(answers, subject, layout=PEERS.layout, group="peer", blocks=blocks)
    return vault.pool(PEERS.layout.instrument, "peer")


def test_every_figure_is_that_of_the_rows() -> None:
    answers, subject = rows_of()
    told = quality_figures.scale_figures(PEERS, pool_of(answers, subject), SCALE)
    own = answers[:, COLUMNS].astype(float)
    icc, alpha = icc_oneway(own.mean(axis=1), subject), cronbach_alpha(own)
    assert told["ballots"] == SUBJECTS * RATERS and told["subjects"] == SUBJECTS
    assert (told["icc1"], told["icck"]) == pytest.approx((icc.icc1, icc.icck))
    assert (told["icck_low"], told["icck_high"]) == pytest.approx(icc.ci_icck)
    assert (told["alpha_low"], told["alpha_high"]) == pytest.approx(alpha.ci)
    assert told["sem"] == pytest.approx(np.sqrt(icc.msw / RATERS))
    assert told["rwg"] == pytest.approx(rwg_j(own, subject, scale=(1, 5)).estimate)
    assert told["deviation"] == pytest.approx(average_deviation(own, subject, scale=(1, 5)).estimate)
    items = item_analysis(own)
    assert [item["r"] for item in told["items"]] == pytest.approx(items.item_total_r.tolist())
    assert [item["alpha_without"] for item in told["items"]] == pytest.approx(items.alpha_if_dropped.tolist())
    assert [item["item"] for item in told["items"]] == [PEERS.items[column] for column in COLUMNS]


def test_shares_add_up_and_who_cannot_judge_is_a_share_of_all_questionnaires() -> None:
    answers, subject = rows_of()
    answers[:12, COLUMNS[0]] = Missing.NEVER_SEEN
    answers[12:24, COLUMNS[0]] = Missing.SKIPPED
    first = quality_figures.scale_figures(PEERS, pool_of(answers, subject), SCALE)["items"][0]
    assert (first["cannot_judge"], first["skipped"]) == (12 / 240, 12 / 240)
    assert first["n"] == 240 - 24
    assert sum(first["shares"]) == pytest.approx(100, abs=2)


def test_of_a_small_pool_no_item_is_told() -> None:
    told = quality_figures.scale_figures(PEERS, pool_of(*rows_of(subjects=4)), SCALE)
    assert told["icc1"] is not None
    assert [set(item) for item in told["items"]] == [{"item", "cannot_judge", "skipped"}] * 3
    assert all(item["cannot_judge"] is None for item in told["items"])


def test_an_item_at_the_end_of_the_scale_tells_neither_mean_nor_shares() -> None:
    answers, subject = rows_of()
    answers[:, COLUMNS[1]] = 5
    told = quality_figures.scale_figures(PEERS, pool_of(answers, subject), SCALE)["items"][1]
    assert told["is_banded"]
    assert told["mean"] is None and told["sd"] is None and told["shares"] is None


def test_where_all_raters_agree_no_agreement_is_told() -> None:
    answers, subject = rows_of()
    answers[:, COLUMNS] = (2 + subject % 3)[:, np.newaxis]
    told = quality_figures.scale_figures(PEERS, pool_of(answers, subject), SCALE)
    assert told["rwg"] is None and told["deviation"] is None


def test_more_raters_by_the_formula_of_spearman_and_brown() -> None:
    figures = {"icc1": 0.3, "raters": 5.1, "components": None, "items": [{}] * 3}
    found = study([("", {"icc1": 0.33}), ("a", figures), ("b", {**figures, "icc1": 0.2})], limit=0.8)
    assert found is not None
    assert (found.raters, found.more) == (5, 7)
    # witness: k r / (1 + (k - 1) r) by hand
    assert (found.now, found.then) == pytest.approx((1.65 / 2.32, 2.31 / 2.98))
    assert found.needed == 9  # 0.8 * 0.67 / (0.33 * 0.2) = 8.12
    assert [line.scale for line in found.lines] == ["", "b", "a"]
    assert found.needs[0].now == pytest.approx(1.5 / 2.2) and found.needs[0].sample_of_items is None


def test_raters_who_tell_nobody_apart_have_no_curve() -> None:
    assert study([("", {"icc1": None}), ("a", {"icc1": -0.02, "raters": 5.0})], limit=0.5) is None


def test_a_sample_of_items_is_never_more_reliable_than_these_items() -> None:
    told = quality_figures.scale_figures(PEERS, pool_of(*rows_of()), SCALE)
    found = study([("", {"icc1": None}), (SCALE, told)], limit=0.5)
    assert found is not None
    need = found.needs[0]
    assert need.sample_of_items is not None and 0 < need.sample_of_items <= need.now + 0.01
    assert not found.is_of_whole
