"""Closing: from sealed ballots to appraisals, on both engines, and again after any failure."""

import hashlib
import itertools
import shutil
import sqlite3
import threading
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from types import ModuleType

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from protocol import ballots, lists, tokens
from protocol import sealing as layers
from protocol.refusals import RefusedError
from survey import db
from survey.config import Settings, load_settings
from survey.db import Databases, StillInUse, connect_all, reading, transaction, vacuum
from survey.exceptions import BoxClosed, CycleNotOpen
from survey.jobs import boxes, close_cycle, port, runner
from survey.models.appraisals import Appraisal, ScaleScore
from survey.models.ballots import SealedBallot, SpoolBox, SpooledBallot
from survey.models.cycles import Cycle, Subject
from survey.models.invitations import Paper
from survey.models.jobs import Job
from survey.models.people import Employee
from survey.models.vault import Comment, Receipt, TalliedBox, VaultBlock, VaultCount, VaultPool
from survey.services.cycles import cycles, holders
from survey.services.papers import ballot_box, forgetting, paper_office, rating, stamping
from survey.services.results import appraising, closing, vault_store
from survey.services.secrets import sealing
from tests.factories import TODAY, answer, close, code_for, make_team, make_unit, open_cycle
from tests.survey.respond.test_views import paper_form

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


INSIDE = (
    (ballot_box, "close_box"),
    (stamping, "destroy_keys"),
    (closing, "merge_spool"),
    (ballot_box, "remove_spooled"),
    (closing, "write_box_list"),
    (closing, "open_layer"),
    (lists, "write"),
    (closing, "count_list"),
    (vault_store, "replace_vault"),
    (ballot_box, "remove_box"),
    (close_cycle, "destroy"),
    (closing, "destroy_lists"),
    (ballot_box, "empty_box"),
    (close_cycle, "vacuum"),
    (vault_store, "read_vault"),
    (appraising, "appraise"),
    (forgetting, "forget_marks"),
)


@pytest.mark.db
@pytest.mark.parametrize("is_done", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(("home", "broken"), INSIDE, ids=[name for _home, name in INSIDE])
def test_closing_goes_on_after_a_failure_at_any_act(
    databases: Databases,
    settings: Settings,
    team: list[Employee],
    home: ModuleType,
    broken: str,
    is_done: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cycle = open_cycle(databases, settings)
    vote(databases, cycle, team)
    whole: Callable[..., object] = getattr(home, broken)

    def fail(*arguments: object) -> None:
        if is_done:
            whole(*arguments)
        raise ConnectionError

    with monkeypatch.context() as patch:
        patch.setattr(home, broken, fail)
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
        cycle = open_cycle(databases, settings, names=keys)
        steps = {rater.id: 1 + place % 5 for place, rater in enumerate(team)}
        for rater in order:
            fixed = Random(rater.id)
            answer(databases, cycle, rater, lambda *_, step=steps[rater.id]: step, f"Kata {rater.id}", fixed)
        close(databases, settings, cycle)
        prints.append(hashlib.sha256(repr(contents(databases)).encode()).hexdigest())
        forget(databases, cycle)
        keys = (f"subject-{number:02d}" for number in itertools.count())
    assert prints[0] == prints[1]


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
            ballot_box.require_open(spool, cycles.box_name(cycle))
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
        people.execute(update(Job).values(state="running"))
    with runner.Runner(settings, databases):
        assert wait_for_end(databases, job) == "done"
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


def test_no_hash_of_a_nonce_is_left_in_any_file_after_counting(
    databases: Databases, settings: Settings, team: list[Employee]
) -> None:
    cycle = open_cycle(databases, settings)
    vote(databases, cycle, team)
    with reading(databases.people) as people:
        marks = [mark for mark in people.scalars(select(Paper.taken)) if mark]
    with reading(databases.spool) as spool:
        marks += spool.scalars(select(SpooledBallot.token)).all()
    before = files_with(settings.data_directory, marks)
    assert before, "the search must be able to find something"
    close(databases, settings, cycle)
    assert files_with(settings.data_directory, marks) == []


def files_with(directory: Path, marks: list[bytes]) -> list[str]:
    files = [path for path in directory.rglob("*") if path.is_file()]
    return [path.name for path in files if any(mark in path.read_bytes() for mark in marks)]


def test_a_box_that_does_not_open_stops_the_closing_before_anything_is_destroyed(
    databases: Databases, settings: Settings, team: list[Employee]
) -> None:
    cycle = open_cycle(databases, settings)
    vote(databases, cycle, team)
    key = ballot_box.key_path(settings.key_directory, holders.key_name(cycles.box_name(cycle), 2))
    whole = key.read_bytes()
    key.unlink()
    sealing.make_key(key)
    with pytest.raises(RefusedError, match="wrong_key"):
        close(databases, settings, cycle)
    key.write_bytes(whole)
    close(databases, settings, cycle)
    assert rows(databases, Receipt) == _papers(databases)


def test_a_ballot_that_fits_no_paper_is_told_as_rejected(
    databases: Databases, settings: Settings, team: list[Employee]
) -> None:
    cycle = open_cycle(databases, settings)
    vote(databases, cycle, team)
    stray = rating.Said("none", {}).ballot(
        cycle.public_id, "nobody/peer", ballots.Signed(bytes(32), bytes(256))
    )
    with reading(databases.people) as people:
        box = rating.box_of(people, cycle)
    for number, text in enumerate((ballots.encode(stray), b"no ballot at all")):
        sealed = layers.seal(box.outer_key, box.inner_key, box.cycle, text)
        with transaction(databases.spool) as spool:
            ballot_box.put(spool, box.name, tokens.name_in_box(bytes([number])), sealed)
    close(databases, settings, cycle)
    with reading(databases.answers) as answers:
        tallied = answers.get_one(TalliedBox, cycle.public_id)
        assert (tallied.ballots, tallied.rejected) == (_papers(databases), 2)


def test_a_paper_is_not_used_up_when_this_host_has_no_box(
    client: FlaskClient, databases: Databases, settings: Settings, team: list[Employee]
) -> None:
    cycle = open_cycle(databases, settings)
    code = code_for(databases, cycle, team[1])
    form = paper_form(client, code)
    with transaction(databases.spool) as spool:
        spool.delete(spool.get_one(SpoolBox, cycles.box_name(cycle)))
    assert client.post("/i/send", data=form).status_code == 410
    boxes.reopen(databases)
    assert client.post("/i/send", data=form).status_code == 200


def test_a_cycle_that_was_closed_meanwhile_takes_no_paper(
    databases: Databases, settings: Settings, team: list[Employee]
) -> None:
    cycle = open_cycle(databases, settings)
    code = code_for(databases, cycle, team[1])
    with reading(databases.people) as people:
        entry = paper_office.papers_of(people, code, TODAY).entries[0]
    close(databases, settings, cycle)
    with transaction(databases.people) as people, pytest.raises(CycleNotOpen):
        paper_office.take(people, {entry.key: b"mark"})


def test_reasons_of_too_few_raters_are_not_kept(databases: Databases, settings: Settings) -> None:
    with transaction(databases.people) as session:
        small = make_team(session, make_unit(session, "KEL", "Kelurahan"), 3)
    cycle = open_cycle(databases, settings)
    code = code_for(databases, cycle, small[1])
    with transaction(databases.people) as people:
        papers = paper_office.papers_of(people, code, TODAY)
        entry = next(entry for entry in papers.entries if entry.rater_group == "subordinate")
        paper_office.take(people, {entry.key: b"mark"})
    said = rating.Said(entry.instrument_hash, {}, {"menawarkan_jalan_keluar": "not_seen"})
    with reading(databases.people) as people:
        box = rating.box_of(people, cycle)
    with transaction(databases.spool) as spool:
        rating.cast(spool, box, sealing.new_nonce(), entry.scope, said)
    close(databases, settings, cycle)
    with reading(databases.answers) as answers:
        pools = {pool.rater_group: pool.statistics for pool in answers.scalars(select(VaultPool))}
    assert pools["subordinate"]["ballots"] == 0
    assert not any(map(any, pools["subordinate"]["not_judged"]))


def test_the_job_thread_outlives_a_fault_of_the_database(
    databases: Databases, settings: Settings, team: list[Employee], monkeypatch: pytest.MonkeyPatch
) -> None:
    cycle = open_cycle(databases, settings)
    failed = threading.Event()
    whole = port.waiting

    def fail_once(*arguments: object) -> list[Job]:
        if not failed.is_set():
            failed.set()
            raise sqlite3.OperationalError("database is locked")
        return whole(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(port, "waiting", fail_once)
    with transaction(databases.people) as people:
        job = port.enqueue(people, close_cycle.KIND, cycle.public_id)
    with runner.Runner(settings, databases):
        state = wait_for_end(databases, job)
    assert failed.is_set()
    assert state == "done"


def wait_for_end(databases: Databases, job: str) -> str:
    """Look every tenth of a second, thirty seconds at most."""
    looks = threading.Event()
    state = ""
    for _look in range(300):
        with reading(databases.people) as people:
            state = port.status(people, job).state
        if state in ("done", "failed"):
            break
        looks.wait(0.1)
    return state


@pytest.mark.db
def test_two_people_who_ask_for_the_same_job_get_the_same(databases: Databases) -> None:
    start = threading.Barrier(2)

    def ask(_person: int) -> str:
        start.wait(10)
        with transaction(databases.people) as people:
            return port.enqueue(people, close_cycle.KIND, "cycle")

    with ThreadPoolExecutor(2) as people:
        assert len(set(people.map(ask, range(2)))) == 1


def closed_files(directory: Path, migrated: Path, reverse: bool) -> dict[str, bytes]:
    """Close the same cycle in a fresh installation, answered in one order or the other."""
    settings = load_settings({"CERMIN_DATA_DIRECTORY": str(directory), "CERMIN_ENVIRONMENT": "test"})
    for name in ("people.sqlite", "answers.sqlite"):
        shutil.copy(migrated / name, directory / name)
    databases = connect_all(settings)
    with transaction(databases.people) as session:
        team = make_team(session, make_unit(session), MEMBERS)
    names = (f"subject-{number:02d}" for number in itertools.count())
    cycle = open_cycle(databases, settings, names=names)
    for place, rater in sorted(enumerate(team), reverse=reverse):
        answer(
            databases, cycle, rater, lambda *_, step=1 + place % 5: step, f"Kata {place}", Random(rater.id)
        )
    close(databases, settings, cycle)
    databases.dispose()
    return {path.name: path.read_bytes() for path in directory.glob("answers.sqlite*")}


def without_counters(database: bytes) -> bytes:
    """SQLite counts its own writes at bytes 24 to 27 and 92 to 95 of the header; nothing else moves."""
    return database[:24] + bytes(4) + database[28:92] + bytes(4) + database[96:]


def test_the_closed_answers_file_is_the_same_to_the_byte_whatever_the_order(
    tmp_path: Path, migrated_sqlite: Path
) -> None:
    one = closed_files(tmp_path / "one", migrated_sqlite, reverse=False)
    other = closed_files(tmp_path / "other", migrated_sqlite, reverse=True)
    assert set(one) == set(other) == {"answers.sqlite"}
    assert without_counters(one["answers.sqlite"]) == without_counters(other["answers.sqlite"])


def test_one_damaged_ballot_does_not_stop_a_small_cycle(
    databases: Databases, settings: Settings, team: list[Employee]
) -> None:
    cycle = open_cycle(databases, settings)
    answer(databases, cycle, team[1], lambda *_: 4)
    box = cycles.box_name(cycle)
    with transaction(databases.spool) as spool:
        spool.add(SpooledBallot(box=box, token=bytes(32), sealed=b"damaged"))
    close(databases, settings, cycle)
    with reading(databases.answers) as answers:
        tallied = answers.get_one(TalliedBox, cycle.public_id)
        assert (tallied.ballots, tallied.rejected) == (MEMBERS + 1, 1)


@pytest.mark.db
def test_vacuum_gives_up_soon_where_somebody_reads(
    databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "SECONDS_TO_LOCK", 1)
    with reading(databases.answers) as reader:
        reader.execute(select(TalliedBox)).all()
        if databases.answers.dialect.name == "postgresql":
            with pytest.raises(StillInUse):
                vacuum(databases.answers)
    vacuum(databases.answers)
