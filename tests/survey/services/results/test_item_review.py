"""Leaving out an item by the rule of the plan: counted both ways at closing, chosen before results."""

import json
from pathlib import Path
from random import Random

import numpy as np
import pytest
from sqlalchemy import select

from analysis.agreement import icc_oneway
from analysis.disclosure import Told, attack, in_high_band, in_low_band
from analysis.reliability import cronbach_alpha, item_analysis, mcdonald_omega
from analysis.statistics import Pool, figures, wholes
from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.exceptions import InvalidPlan, StepNotAllowed
from survey.jobs import close_cycle
from survey.models.appraisals import Appraisal, Quality, ScaleScore
from survey.models.cycles import Cycle
from survey.models.releases import AlternativeRelease, Release
from survey.models.reviews import ItemReview
from survey.models.vault import VaultPool
from survey.services.auditing import public_log
from survey.services.cycles import cycles
from survey.services.results import item_review, proof, release_gate, reviewing, vault_store
from survey.services.results.cycle_frame import GroupFrame, read_frame
from tests.survey.item_rounds import INSTRUMENT, MEMBERS, NAMED, OTHERS, SCALE, Done, counted, noisy
from verifier.__main__ import main
from verifier.finding import WORDS

REASON = "Butir ini disalahpahami"


@pytest.fixture
def done(databases: Databases, settings: Settings) -> Done:
    return counted(databases, settings)


def choose(databases: Databases, done: Done, *, leave_out: bool = True, reason: str = REASON) -> None:
    with reading(databases.answers) as answers, transaction(databases.people) as people:
        cycle = cycles.find_cycle(people, done.cycle.public_id)
        if leave_out:
            item_review.leave_out(people, answers, cycle, reason)
        else:
            item_review.keep(people, answers, cycle)


def accept(databases: Databases, done: Done) -> None:
    with transaction(databases.people) as people:
        reviewing.accept(people, cycles.find_cycle(people, done.cycle.public_id), "Cukup andal")


def release(databases: Databases, done: Done) -> None:
    with transaction(databases.answers) as answers, reading(databases.people) as people:
        release_gate.drop_other_way(people, answers, cycles.find_cycle(people, done.cycle.public_id))
    with reading(databases.answers) as answers, transaction(databases.people) as people:
        release_gate.release(people, answers, cycles.find_cycle(people, done.cycle.public_id))


def review_of(databases: Databases) -> ItemReview:
    with reading(databases.people) as people:
        return people.scalars(select(ItemReview)).one()


def stored(databases: Databases) -> tuple[object, ...]:
    """All figures about people, and all coefficients."""
    with reading(databases.people) as people:
        scores = people.execute(
            select(
                Appraisal.employee_id,
                ScaleScore.scale,
                ScaleScore.rater_group,
                ScaleScore.n,
                ScaleScore.mean,
                ScaleScore.standard_error,
            ).join(Appraisal)
        )
        whole = people.execute(select(Appraisal.employee_id, Appraisal.composite, Appraisal.standard_error))
        quality = people.execute(select(Quality.rater_group, Quality.scale, Quality.figures))
        return tuple(sorted(repr(tuple(row)) for rows in (scores, whole, quality) for row in rows))


@pytest.mark.db
def test_every_figure_without_the_item_is_that_of_the_same_rows_without_it(
    databases: Databases, settings: Settings
) -> None:
    done = counted(databases, settings)
    assert review_of(databases).named == {SCALE: NAMED}
    choose(databases, done)
    with reading(databases.people) as people, reading(databases.answers) as answers:
        frame = read_frame(people, cycles.find_cycle(people, done.cycle.public_id))
        vault = vault_store.read_vault(answers, frame)
        scores = people.execute(
            select(Appraisal.employee_id, ScaleScore.rater_group, ScaleScore.n, ScaleScore.mean)
            .join(Appraisal)
            .where(ScaleScore.scale == SCALE, ScaleScore.mean.is_not(None))
        ).all()
    rows, subject = done.rows("peer")
    peers = frame.groups[[group.rater_group for group in frame.groups].index("peer")]
    asked = [peers.items.index(item) for item in (NAMED, *OTHERS)]
    rest = [peers.items.index(item) for item in OTHERS]
    complete = ~np.isnan(rows[:, asked]).any(axis=1)
    assert (np.isnan(rows[:, asked[0]]) & ~np.isnan(rows[:, rest]).any(axis=1)).any()  # they stay out
    own, whose = rows[complete][:, rest], subject[complete]

    def mean_of(person: int) -> float:
        return float(own[whose == frame.subject_ids.index(person)].mean())

    told = [row for row in scores if row.rater_group == "peer"]
    assert len(told) == MEMBERS
    for row in told:
        mean = mean_of(row.employee_id)
        assert row.n == (whose == frame.subject_ids.index(row.employee_id)).sum()
        if not (in_low_band(mean, 1, 5) | in_high_band(mean, 1, 5)):
            assert row.mean == pytest.approx(mean, abs=1e-9)
    for row in scores:
        if row.rater_group == "self":
            alone, of = done.rows("self")
            line = alone[of == frame.subject_ids.index(row.employee_id)][0]
            assert row.mean == pytest.approx(line[[frame.groups[0].items.index(i) for i in OTHERS]].mean())
    pool = vault.pool(peers.layout.instrument, "peer")
    assert figures.pooled_alpha(pool, SCALE).estimate == pytest.approx(cronbach_alpha(own).estimate, abs=1e-9)
    assert figures.pooled_omega(pool, SCALE).estimate == pytest.approx(mcdonald_omega(own).estimate, abs=1e-9)
    icc, rows_icc = figures.pooled_icc(pool, SCALE), icc_oneway(own.mean(axis=1), whose)
    for name in ("icc1", "icck", "msw", "msb"):
        assert getattr(icc, name) == pytest.approx(getattr(rows_icc, name), abs=1e-9)
    _same_covariances(pool, rows, subject, peers)


def _same_covariances(pool: Pool, rows: np.ndarray, subject: np.ndarray, peers: GroupFrame) -> None:
    """Cross-products of the shortened scale with each other one, within subjects, as rows give them."""
    names = [name for name, _own in peers.layout.scales]
    found = wholes.scale_covariance(pool)
    items = {item.code: item.scale for item in INSTRUMENT.items}
    columns = {name: [c for c, code in enumerate(peers.items) if items[code] == name] for name in names}
    counting = {name: [c for c in own if peers.items[c] != NAMED] for name, own in columns.items()}
    a = names.index(SCALE)
    for b, name in enumerate(names):
        both = ~np.isnan(rows[:, columns[SCALE] + columns[name]]).any(axis=1)
        one, two = (rows[both][:, counting[each]].mean(axis=1) for each in (SCALE, name))
        whose, total, df = subject[both], 0.0, 0
        for person in np.unique(whose):
            own = whose == person
            total += float(((one[own] - one[own].mean()) * (two[own] - two[own].mean())).sum())
            df += int(own.sum()) - 1
        assert found.df[a, b] == df
        assert found.within[a, b] == pytest.approx(total / df, abs=1e-9)


def test_without_a_rule_nothing_is_named_and_nothing_can_be_left_out(
    databases: Databases, settings: Settings
) -> None:
    done = counted(databases, settings, item_least_r=None, item_most_unable=None)
    with reading(databases.people) as people, reading(databases.answers) as answers:
        assert people.scalars(select(ItemReview)).all() == []
        assert people.scalars(select(AlternativeRelease)).all() == []
        pools = [pool.statistics for pool in answers.scalars(select(VaultPool))]
    assert all("within_without" not in statistics for statistics in pools)
    with pytest.raises(StepNotAllowed):
        choose(databases, done)


def test_the_rule_says_of_each_item_why_and_what_would_follow(databases: Databases, done: Done) -> None:
    findings = review_of(databases).findings
    outcomes = {one["item"]: one["outcome"] for one in findings["items"]}
    assert outcomes.pop(NAMED) == "named" and set(outcomes.values()) == {"kept"}
    told = next(one for one in findings["items"] if one["item"] == NAMED)
    rows, _subject = done.rows("peer")
    peers = next(group for group in done.frame.groups if group.rater_group == "peer")
    own = rows[:, [peers.items.index(item) for item in (NAMED, *OTHERS)]]
    own = own[~np.isnan(own).any(axis=1)]
    assert told["r"] == pytest.approx(item_analysis(own).item_total_r[0], abs=1e-9)
    assert told["faults"] == ["item_total_r"] and told["n"] == len(own)
    [compared] = [one for one in findings["scales"] if one["rater_group"] == "peer"]
    assert compared["with"]["alpha"] < compared["without"]["alpha"]
    assert (
        findings["usable"]["with"] + findings["usable"]["gained"] - findings["usable"]["lost"]
        == (findings["usable"]["without"])
    )


def test_a_small_group_of_lone_supervisors_is_told_no_coefficient_without_the_item(
    databases: Databases, done: Done
) -> None:
    """They are named, but an alpha with the item and one without are an equation on what each said to it."""

    def coefficients() -> dict[str, set[str]]:
        with reading(databases.people) as people:
            rows = people.scalars(
                select(Quality).where(Quality.rater_group == "supervisor", Quality.scale.in_(["", SCALE]))
            )
            names = ("alpha", "icc1")
            return {row.scale: {name for name in names if row.figures[name] is not None} for row in rows}

    assert coefficients() == {"": {"alpha"}, SCALE: {"alpha"}}
    choose(databases, done)
    assert coefficients() == {"": set(), SCALE: set()}


@pytest.mark.db
def test_the_choice_can_be_taken_back_until_the_quality_is_accepted(
    databases: Databases, settings: Settings
) -> None:
    done = counted(databases, settings)
    before = stored(databases)
    choose(databases, done)
    assert stored(databases) != before
    with pytest.raises(StepNotAllowed):  # it is left out already
        choose(databases, done)
    choose(databases, done, leave_out=False)
    assert stored(databases) == before
    with pytest.raises(InvalidPlan):
        choose(databases, done, reason=" ")
    choose(databases, done)
    accept(databases, done)
    with pytest.raises(StepNotAllowed):
        choose(databases, done, leave_out=False)


@pytest.mark.db
@pytest.mark.parametrize("leave_out", [True, False])
def test_the_release_keeps_one_way_of_counting_and_its_figures(
    databases: Databases, settings: Settings, leave_out: bool
) -> None:
    done = counted(databases, settings)
    if leave_out:
        choose(databases, done)
    accept(databases, done)
    before = stored(databases)
    with reading(databases.answers) as answers:
        assert all("within_without" in pool.statistics for pool in answers.scalars(select(VaultPool)))
    release(databases, done)
    assert stored(databases) == before
    with reading(databases.answers) as answers:
        assert not any("within_without" in pool.statistics for pool in answers.scalars(select(VaultPool)))
    close_cycle_again = read_again(databases, done)
    assert close_cycle_again == before


def read_again(databases: Databases, done: Done) -> tuple[object, ...]:
    """The figures, worked out once more from what is left."""
    with reading(databases.answers) as answers, transaction(databases.people) as people:
        cycle = cycles.find_cycle(people, done.cycle.public_id)
        item_review.store(people, answers, cycle, read_frame(people, cycle))
    return stored(databases)


def test_closing_again_keeps_the_choice(databases: Databases, done: Done) -> None:
    choose(databases, done)
    chosen = stored(databases)
    with reading(databases.people) as people:
        frame = read_frame(people, cycles.find_cycle(people, done.cycle.public_id))
    close_cycle.appraise(databases, frame.cycle, frame)
    assert stored(databases) == chosen
    assert review_of(databases).is_left_out and review_of(databases).reason == REASON


def test_the_ledger_holds_both_ways_and_the_release_is_one_of_them(databases: Databases, done: Done) -> None:
    choose(databases, done)
    with reading(databases.people) as people:
        with_all, without = (
            people.scalars(select(Release)).one(),
            people.scalars(select(AlternativeRelease)).one(),
        )
        assert with_all.hash != without.hash
    accept(databases, done)
    release(databases, done)
    with reading(databases.people) as people:
        assert people.scalars(select(Cycle.state)).one() == "released"
        told = public_log.entries(people, done.cycle.public_id)
    assert [(one.action, one.detail) for one in told][-2:] == [
        ("items-left-out", {"codes": NAMED}),
        ("cycle-released", {}),
    ]


def test_the_verifier_recomputes_every_figure_and_finds_other_items(
    databases: Databases, done: Done, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    choose(databases, done)
    accept(databases, done)
    release(databases, done)
    with reading(databases.people) as people, reading(databases.answers) as answers:
        cycle = cycles.find_cycle(people, done.cycle.public_id)
        for name, content in proof.files(people, answers, cycle).items():
            (tmp_path / name).write_bytes(content)
    told = [name for name in WORDS if name.startswith("figures_")]
    assert wrong(tmp_path, capsys).isdisjoint(told)
    rule = json.loads((tmp_path / "manifest.json").read_text())["item_rule"]
    assert (rule["least_r_hundredths"], rule["most_cannot_judge_percent"]) == (20, 30)
    package = json.loads((tmp_path / "vault.json").read_text())
    assert package["left_out"] == {SCALE: NAMED}
    other = package | {"left_out": {SCALE: OTHERS[0]}}
    (tmp_path / "vault.json").write_text(json.dumps(other))
    assert "figures_items" in wrong(tmp_path, capsys)
    for group in package["groups"]:
        group["items"][SCALE].append(NAMED)
    (tmp_path / "vault.json").write_text(json.dumps(package | {"left_out": {}}))
    assert {"figures_items", "figures_groups"} <= wrong(tmp_path, capsys)


def wrong(folder: Path, capsys: pytest.CaptureFixture[str]) -> set[str]:
    """What the verifier finds not to hold."""
    main([str(folder), "--lang", "en"])
    lines = capsys.readouterr().out.splitlines()
    names = {words[1]: name for name, words in WORDS.items()}
    return {names[line[4:].split(": ")[0]] for line in lines if not line.startswith("OK")}


def test_both_ways_together_would_tell_an_item_at_the_end_and_each_alone_does_not(
    databases: Databases, settings: Settings
) -> None:
    """Why one way alone is told: means with and without give the mean of the item about each subject."""

    def all_alike(chance: Random, subject: int, person: float, item: str) -> int | None:
        return 5 if subject == 1 and item == NAMED else noisy(chance, subject, person, item)

    done = counted(databases, settings, all_alike)  # each way passed the gate
    sums = []
    for items in ({}, {SCALE: NAMED}):
        frame = done.frame.leaving_out(items)
        with reading(databases.answers) as answers:
            vault = vault_store.read_vault(answers, frame)
        peers = next(group for group in frame.groups if group.rater_group == "peer")
        found = figures.block_means(vault.pool(peers.layout.instrument, "peer"), SCALE)
        assert not (in_high_band(found.mean, 1, 5) | in_low_band(found.mean, 1, 5)).any()
        sums.append(found.mean * found.n * found.item_mean.shape[1])
    told = [Told("difference", (place,), total) for place, total in enumerate((sums[0] - sums[1]).tolist())]
    end = done.frame.subject_ids.index(sorted(done.frame.subject_ids)[1])
    extremes = attack(told, found.n, scale=(1, 5))
    assert [(one.kind, found.block[one.cells[0]]) for one in extremes] == [("extreme", end)]


def test_blocks_are_pooled_only_where_the_mean_may_be_told_both_ways(
    databases: Databases, settings: Settings
) -> None:
    def high_without(chance: Random, subject: int, person: float, item: str) -> int | None:
        """Some subjects have means that lie in the band without the item and not with it."""
        if subject < 3 and item in OTHERS:
            return 5
        return noisy(chance, subject, person, item)

    done = counted(databases, settings, high_without)
    with reading(databases.answers) as answers:
        vaults = [
            vault_store.read_vault(answers, done.frame.leaving_out(items)) for items in ({}, {SCALE: NAMED})
        ]
    for group in done.frame.groups:
        place = [name for name, _own in group.layout.scales].index(SCALE)
        pools = [vault.pool(group.layout.instrument, group.rater_group) for vault in vaults]
        told = [figures.pooled_sums(pool, SCALE) for pool in pools]
        assert {figures.pooled_moments(pool, SCALE).n for pool in pools} == {int(told[0].n.sum())}
        assert told[0].labels.tolist() == told[1].labels.tolist()
        for pool in pools:
            shown = pool.blocks[place]
            means = (shown.counts @ group.layout.steps).sum(axis=1) / (shown.n * shown.counts.shape[1])
            inside = in_high_band(means, 1, 5) | in_low_band(means, 1, 5)
            assert not inside[np.isin(shown.block, told[0].labels)].any()


def test_of_few_questionnaires_the_rule_names_nothing(databases: Databases, settings: Settings) -> None:
    done = counted(databases, settings, members=11)  # 11 x 9 = 99
    outcomes = {one["item"]: one["outcome"] for one in review_of(databases).findings["items"]}
    assert outcomes[NAMED] == "too_few"
    with pytest.raises(StepNotAllowed):
        choose(databases, done)


def test_of_two_bad_items_the_worse_is_named(databases: Databases, settings: Settings) -> None:
    def marks(chance: Random, subject: int, person: float, item: str) -> int | None:
        if item == OTHERS[0] and chance.random() < 0.4:
            return None
        return noisy(chance, subject, person, item)

    counted(databases, settings, marks, item_most_unable=0.3, peers_wanted=14)
    judged = {one["item"]: one for one in review_of(databases).findings["items"]}
    assert judged[OTHERS[0]]["faults"] == ["cannot_judge"]
    assert judged[OTHERS[0]]["outcome"] in ("another_named", "too_few")


def test_the_rule_is_fixed_once_the_cycle_is_open(databases: Databases, done: Done) -> None:
    for name in ("item_least_r", "item_most_unable"):
        with pytest.raises(StepNotAllowed), transaction(databases.people) as people:
            setattr(cycles.find_cycle(people, done.cycle.public_id), name, 0.9)
            people.flush()
