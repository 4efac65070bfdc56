"""Closing: from sealed ballots to appraisals, on both engines, and again after any failure."""

import hashlib
import itertools
from collections import defaultdict
from collections.abc import Callable
from random import Random

import pytest
from sqlalchemy import func, select

from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.exceptions import BoxClosed, CycleNotOpen
from survey.jobs import close_cycle, port, runner
from survey.models.appraisals import Appraisal, ScaleScore
from survey.models.ballots import SealedBallot, SpoolBox, SpooledBallot
from survey.models.cycles import Cycle, Subject
from survey.models.invitations import Paper
from survey.models.people import Employee
from survey.models.vault import Comment, Receipt, TalliedBox, VaultBlock, VaultCount, VaultPool
from survey.services import ballot_box, cycles, sealing
from tests.factories import answer, close, code_for, make_team, make_unit, open_cycle

MEMBERS = 7


@pytest.fixture
def team(databases: Databases) -> list[Employee]:
    """A head with seven members: every member has six peers, one supervisor; the head seven reports."""
    with transaction(databases.people) as session:
        return make_team(session, make_unit(session), MEMBERS)


def vote(databases: Databases, cycle: Cycle, team: list[Employee], comment: str = "") -> None:
    random = Random(11)
    for place, rater in enumerate(team):
        answer(
            databases,
            cycle,
            rater,
            lambda *_: random.choice([3, 4, 5]),
            f"{comment}{place}" if comment else "",
        )


def rows(databases: Databases, model: type) -> int:
    with reading(databases.answers) as answers:
        return answers.scalar(select(func.count()).select_from(model)) or 0


@pytest.mark.db
def test_closing_makes_an_appraisal_of_every_subject(
    databases: Databases, settings: Settings, team: list[Employee]
) -> None:
    cycle = open_cycle(databases, settings)
    vote(databases, cycle, team)
    close(databases, settings, cycle)
    with reading(databases.people) as people:
        assert people.get_one(Cycle, cycle.id).state == "tallied"
        appraisals = people.scalars(select(Appraisal)).all()
        scores = people.scalars(select(ScaleScore)).all()
    assert len(appraisals) == MEMBERS + 1
    assert all(appraisal.composite is not None and 3 <= appraisal.composite <= 5 for appraisal in appraisals)
    assert {score.n for score in scores if score.rater_group == "peer"} == {MEMBERS - 1}
    assert {score.n for score in scores if score.rater_group in ("self", "supervisor")} == {1}
    assert all(score.standard_error is None for score in scores if score.n == 1)


@pytest.mark.db
def test_after_closing_no_ballot_key_list_or_nonce_is_left(
    databases: Databases, settings: Settings, team: list[Employee]
) -> None:
    cycle = open_cycle(databases, settings)
    vote(databases, cycle, team)
    close(databases, settings, cycle)
    assert rows(databases, SealedBallot) == 0
    with reading(databases.spool) as spool:
        assert spool.scalars(select(SpooledBallot)).all() == []
        assert spool.scalars(select(SpoolBox)).all() == []
    assert list(settings.key_directory.iterdir()) == []
    assert [path for path in settings.private_directory.iterdir() if path.is_file()] == []
    with reading(databases.people) as people:
        assert set(people.scalars(select(Paper.taken))) == {b""}


@pytest.mark.db
@pytest.mark.parametrize("broken", ["_merge", "open_list", "count_list", "_destroy", "_appraise"])
def test_closing_goes_on_after_a_failure_at_any_step(
    databases: Databases,
    settings: Settings,
    team: list[Employee],
    broken: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cycle = open_cycle(databases, settings)
    vote(databases, cycle, team)
    home = close_cycle if broken.startswith("_") else close_cycle.closing
    whole: Callable[..., object] = getattr(home, broken)

    def fail_after(*arguments: object) -> None:
        whole(*arguments)
        raise ConnectionError

    with monkeypatch.context() as patch:
        patch.setattr(home, broken, fail_after)
        with pytest.raises(ConnectionError):
            close(databases, settings, cycle)
    close(databases, settings, cycle)
    assert rows(databases, Receipt) == _papers(databases)
    with reading(databases.people) as people:
        assert people.get_one(Cycle, cycle.id).state == "tallied"


def _papers(databases: Databases) -> int:
    with reading(databases.people) as people:
        return people.scalar(select(func.count()).select_from(Paper)) or 0


def test_groups_below_the_minimum_are_in_no_row_and_carry_no_number(
    databases: Databases, settings: Settings
) -> None:
    with transaction(databases.people) as session:
        small = make_team(session, make_unit(session, "KEL", "Kelurahan"), 3)
    cycle = open_cycle(databases, settings)
    vote(databases, cycle, small)
    close(databases, settings, cycle)
    with reading(databases.answers) as answers:
        assert set(answers.scalars(select(VaultBlock.rater_group))) == {"self", "supervisor"}
        assert set(answers.scalars(select(VaultCount.rater_group))) == {"self", "supervisor"}
    with reading(databases.people) as people:
        hidden = people.scalars(select(ScaleScore).where(ScaleScore.rater_group == "peer")).all()
        assert {(score.n, score.mean, score.reason) for score in hidden} == {(None, None, "too_few_raters")}
        appraisals = people.scalars(select(Appraisal)).all()
        assert {appraisal.composite for appraisal in appraisals} == {None}
        assert all("development_only" in appraisal.reasons for appraisal in appraisals)


def test_comments_need_enough_ballots_and_three_texts(
    databases: Databases, settings: Settings, team: list[Employee]
) -> None:
    cycle = open_cycle(databases, settings)
    random = Random(3)
    for place, rater in enumerate(team):
        answer(
            databases, cycle, rater, lambda *_: random.choice([3, 4]), "Tulisan" if place in (1, 2) else ""
        )
    close(databases, settings, cycle)
    with reading(databases.answers) as answers:
        assert set(answers.scalars(select(Comment.voice))) == {"self"}


def test_comments_are_sorted_by_their_own_words(
    databases: Databases, settings: Settings, team: list[Employee]
) -> None:
    cycle = open_cycle(databases, settings)
    vote(databases, cycle, list(reversed(team)), comment="Teruskan ")
    close(databases, settings, cycle)
    with reading(databases.answers) as answers:
        texts: dict[str, list[str]] = defaultdict(list)
        for block, text in answers.execute(
            select(Comment.block, Comment.text)
            .where(Comment.voice == "anonymous")
            .order_by(Comment.block, Comment.rank)
        ):
            texts[block].append(text)
    assert len(texts) == MEMBERS + 1
    assert all(written == sorted(written) for written in texts.values())


def contents(databases: Databases) -> dict[str, list[tuple[object, ...]]]:
    """Everything the answers database says, in the order in which it lies there."""
    with reading(databases.answers) as answers:
        return {
            table.name: [tuple(map(str, row)) for row in answers.execute(select(table))]
            for table in (
                model.__table__ for model in (VaultBlock, VaultCount, VaultPool, Comment, Receipt, TalliedBox)
            )
        }


def test_the_order_of_answering_leaves_no_trace_in_the_closed_database(
    settings: Settings, databases: Databases, team: list[Employee], monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = (f"subject-{number:02d}" for number in itertools.count())
    prints = []
    for order in (team, list(reversed(team))):
        cycle = open_cycle_named_alike(databases, settings, keys)
        steps = {rater.id: 1 + place % 5 for place, rater in enumerate(team)}
        for rater in order:
            fixed = Random(rater.id)
            answer(databases, cycle, rater, lambda *_, step=steps[rater.id]: step, f"Kata {rater.id}", fixed)
        close(databases, settings, cycle)
        prints.append(hashlib.sha256(repr(contents(databases)).encode()).hexdigest())
        forget(databases, cycle)
        keys = (f"subject-{number:02d}" for number in itertools.count())
    assert prints[0] == prints[1]


def open_cycle_named_alike(databases: Databases, settings: Settings, keys: object) -> Cycle:
    """A cycle whose random names are replaced by fixed ones, so that two runs can be compared."""
    cycle = open_cycle(databases, settings)
    with transaction(databases.people) as people:
        of_cycle = select(Subject).where(Subject.cycle_id == cycle.id)
        for subject in people.scalars(of_cycle.order_by(Subject.employee_id)):
            subject.key = next(keys)  # type: ignore[call-overload]
        found = people.get_one(Cycle, cycle.id)
        found.public_id = "alike"
    with transaction(databases.spool) as spool:
        ballot_box.open_box(spool, settings.key_directory, cycles.box_name(found))
    return found


def forget(databases: Databases, cycle: Cycle) -> None:
    with transaction(databases.people) as people:
        found = people.get_one(Cycle, cycle.id)
        found.name, found.public_id = f"Lama {cycle.id}", f"lama-{cycle.id}"
        for subject in people.scalars(select(Subject).where(Subject.cycle_id == cycle.id)):
            subject.key = f"lama-{cycle.id}-{subject.key}"
    with transaction(databases.answers) as answers:
        for model in (VaultBlock, VaultCount, VaultPool, Comment, Receipt, TalliedBox):
            for row in answers.scalars(select(model)):
                answers.delete(row)


def test_a_closed_box_takes_no_ballot_and_a_closed_cycle_gives_no_code(
    databases: Databases, settings: Settings, team: list[Employee]
) -> None:
    cycle = open_cycle(databases, settings)
    with transaction(databases.spool) as spool:
        ballot_box.close_box(spool, cycles.box_name(cycle))
        with pytest.raises(BoxClosed):
            ballot_box.cast(spool, cycles.box_name(cycle), sealing.new_nonce(), b"late")
    close(databases, settings, cycle)
    with transaction(databases.people) as people:
        cycle = people.get_one(Cycle, cycle.id)
    with pytest.raises(CycleNotOpen):
        code_for(databases, cycle, team[0])


def test_a_cycle_without_any_answer_closes_too(
    databases: Databases, settings: Settings, team: list[Employee]
) -> None:
    cycle = open_cycle(databases, settings)
    close(databases, settings, cycle)
    with reading(databases.people) as people:
        assert {appraisal.composite for appraisal in people.scalars(select(Appraisal))} == {None}


def test_the_runner_takes_up_a_job_that_was_interrupted(
    databases: Databases, settings: Settings, team: list[Employee]
) -> None:
    cycle = open_cycle(databases, settings)
    vote(databases, cycle, team)
    with transaction(databases.people) as people:
        job = port.enqueue(people, close_cycle.KIND, cycle.public_id)
        assert port.enqueue(people, close_cycle.KIND, cycle.public_id) == job
        people.execute(port.update(port.Job).values(state="running"))
    with transaction(databases.people) as people:
        port.take_up_interrupted(people)
    assert port.run_next(settings, databases, runner.WORKS)
    with reading(databases.people) as people:
        assert port.status(people, job).state == "done"
    assert not port.run_next(settings, databases, runner.WORKS)


def test_a_job_that_fails_says_so_and_can_be_asked_for_again(
    databases: Databases, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction(databases.people) as people:
        job = port.enqueue(people, close_cycle.KIND, "no-such-cycle")
    assert port.run_next(settings, databases, runner.WORKS)
    with transaction(databases.people) as people:
        assert port.status(people, job).state == "failed"
        assert port.status(people, job).failure == "NotFound"
        assert port.enqueue(people, close_cycle.KIND, "no-such-cycle") == job
        assert port.status(people, job).state == "queued"
