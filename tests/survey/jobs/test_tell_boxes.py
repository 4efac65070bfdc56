"""Every open box is told once a day: how many ballots it holds, and the hash over all of them."""

import json
from datetime import date, timedelta
from unittest.mock import patch

import pytest

from protocol.box import box_hash
from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.jobs import close_cycle, port, runner, tell_boxes
from survey.models.cycles import Cycle
from survey.models.people import Employee
from survey.services.auditing import public_log
from survey.services.cycles import cycles
from survey.services.papers import ballot_box
from survey.services.results import closing
from tests.factories import TODAY, answer, close, make_team, make_unit, open_cycle

Details = list[tuple[str, dict[str, object]]]


@pytest.fixture
def team(databases: Databases) -> list[Employee]:
    with transaction(databases.people) as session:
        return make_team(session, make_unit(session), 4)


@pytest.fixture
def cycle(databases: Databases, settings: Settings, team: list[Employee]) -> Cycle:
    return open_cycle(databases, settings)


def told(databases: Databases, cycle: Cycle) -> Details:
    with reading(databases.people) as people:
        lines = [json.loads(line) for line in public_log.lines(people, cycle.public_id)]
    entries = [line["entry"] for line in lines if "entry" in line]
    about_boxes = [entry for entry in entries if entry["action"].startswith("box-")]
    return [(entry["action"], entry["detail"]) for entry in about_boxes]


def on(day: date) -> object:
    return patch.object(Settings, "today", lambda _settings: day)


@pytest.mark.db
def test_a_box_is_told_once_a_day_and_once_more_at_closing(
    databases: Databases, settings: Settings, cycle: Cycle, team: list[Employee]
) -> None:
    assert tell_boxes.run(settings, databases) == 1
    answer(databases, cycle, team[1], lambda *_: 4)
    assert tell_boxes.run(settings, databases) == 0
    tomorrow = TODAY + timedelta(days=1)
    with on(tomorrow):
        assert tell_boxes.run(settings, databases) == 1
        assert tell_boxes.run(settings, databases) == 0
    box = cycles.box_name(cycle)
    with reading(databases.spool) as spool:
        rows = ballot_box.spooled(spool, box)
    with on(tomorrow):
        close(databases, settings, cycle)
    whole = {"ballots": len(rows), "day": tomorrow.isoformat(), "hash": box_hash(cycle.public_id, rows)}
    assert len(rows) == 5
    assert told(databases, cycle) == [
        ("box-told", {"ballots": 0, "day": TODAY.isoformat()}),
        ("box-told", {name: whole[name] for name in ("ballots", "day")}),
        ("box-closed", whole),
    ]
    assert tell_boxes.run(settings, databases) == 0, "a closed cycle's box is told no more"


@pytest.mark.db
def test_what_is_merged_counts_with_what_is_spooled_and_each_ballot_once(
    databases: Databases, cycle: Cycle, team: list[Employee], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ballot_box, "BATCH", 2)
    for rater in team:
        answer(databases, cycle, rater, lambda *_: 3)
    box = cycles.box_name(cycle)
    with reading(databases.spool) as spool:
        rows = ballot_box.spooled(spool, box)
    with transaction(databases.answers) as answers:
        closing.merge_spool(answers, box, rows[::2])
    with transaction(databases.spool) as spool:
        ballot_box.remove_spooled(spool, box, [token for token, _sealed in rows[::4]])
    with reading(databases.answers) as answers, reading(databases.spool) as spool:
        held = ballot_box.held(answers, spool, cycle.public_id, box)
    assert held == ballot_box.Held(len(rows), box_hash(cycle.public_id, rows))


def test_a_crash_after_the_count_was_told_tells_it_no_second_time(
    databases: Databases, settings: Settings, cycle: Cycle, team: list[Employee]
) -> None:
    answer(databases, cycle, team[1], lambda *_: 4)
    with patch.object(close_cycle, "_count", side_effect=RuntimeError), pytest.raises(RuntimeError):
        close(databases, settings, cycle)
    with on(TODAY + timedelta(days=1)):
        close(databases, settings, cycle)
    assert [(action, detail["ballots"]) for action, detail in told(databases, cycle)] == [("box-closed", 5)]


def test_a_cycle_that_closes_meanwhile_is_left_to_the_closing(
    databases: Databases, settings: Settings, cycle: Cycle
) -> None:
    def close_first(*arguments: object) -> ballot_box.Held:
        with transaction(databases.people) as people:
            cycles.advance(people, cycles.find_cycle(people, cycle.public_id), "close")
        return ballot_box.Held(0, "")

    with patch.object(ballot_box, "held", close_first):
        assert tell_boxes.run(settings, databases) == 0
    assert told(databases, cycle) == []


def test_the_clock_does_it_whatever_becomes_of_other_chores(
    databases: Databases, settings: Settings, cycle: Cycle, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object) -> None:
        raise OSError

    assert tell_boxes.run in {schedule.work for schedule in runner.SCHEDULES}
    every_second = "* * * * * *"
    schedules = (
        port.Schedule("fail", every_second, fail),
        port.Schedule("tell", every_second, tell_boxes.run),
    )
    monkeypatch.setattr(runner, "SCHEDULES", schedules)
    with runner.Runner(settings, databases) as running:
        for _look in range(3000):
            if told(databases, cycle) or running._stop.wait(0.01):
                break
    assert [action for action, _detail in told(databases, cycle)] == ["box-told"]
