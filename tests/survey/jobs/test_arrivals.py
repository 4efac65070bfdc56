"""Attacks on a service point are shown beside its figures; honest days are not, and nothing is dropped."""

import sqlite3
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.jobs import merge_citizens
from survey.models.arrivals import RunningDay, UnusualArrivals, UsualDays
from survey.models.citizens import CitizenResponse
from survey.services.citizens import arrivals
from survey.services.citizens.citizen_answers import box_name
from survey.services.citizens.citizen_merge import merge
from survey.services.papers import ballot_box
from tests.citizens import ballot, filled, make_point
from tests.conftest import TODAY
from tests.survey.public.test_results import words_of

pytestmark = pytest.mark.db
FIRST = date(2026, 11, 1)
Day = Callable[[int, int], None]


@pytest.fixture
def place(databases: Databases) -> tuple[str, str]:
    with transaction(databases.people) as people:
        return make_point(people)


@pytest.fixture
def day(
    databases: Databases, settings: Settings, place: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> Day:
    """A day on which so many answers come in; the night after it a merge."""

    def live(number: int, answers: int) -> None:
        today = FIRST + timedelta(days=number)
        box = box_name(place[1], "2026-Q4")
        with transaction(databases.spool) as spool:
            for _answer in range(answers):
                arrivals.count(spool, box, "open", today)
        monkeypatch.setattr(Settings, "today", lambda _settings: today + timedelta(days=1))
        merge_citizens.run(settings, databases)

    return live


def noted(databases: Databases) -> list[tuple[str, date | None]]:
    with reading(databases.people) as people:
        return [(row.kind, row.day) for row in people.scalars(select(UnusualArrivals))]


def test_a_burst_after_usual_days_is_told_to_everybody_with_its_day(
    client: FlaskClient, hr: FlaskClient, databases: Databases, place: tuple[str, str], day: Day
) -> None:
    for number in range(12):
        day(number, 8 + number % 3)
    assert noted(databases) == []
    day(12, 60)
    assert noted(databases) == [("day", date(2026, 11, 13))]
    day(13, 9)
    assert len(noted(databases)) == 1
    rows = [(bytes([at]) * 8, ballot(filled(2 + at % 3))) for at in range(20)]
    with transaction(databases.answers) as answers:
        assert merge(answers, box_name(place[1], "2026-Q4"), rows).counted == 20
    for page in (client.get(f"/units/{place[0]}"), hr.get(f"/staff/offices/{place[0]}")):
        words = words_of(page.text)
        assert "13 November 2026, Loket: jauh lebih banyak jawaban" in words
        assert "dihitung sebagaimana masuk" in words


def test_only_the_size_of_a_day_is_kept_when_it_is_over(
    databases: Databases, place: tuple[str, str], day: Day
) -> None:
    day(0, 7)
    day(1, 9)
    with reading(databases.spool) as spool:
        assert spool.scalar(select(func.count()).select_from(RunningDay)) == 0
    with reading(databases.answers) as answers:
        assert [(row.at_least, row.days) for row in answers.scalars(select(UsualDays))] == [(5, 2)]


def test_an_answer_sent_again_and_paper_are_not_counted(
    databases: Databases, settings: Settings, place: tuple[str, str]
) -> None:
    box, nonce = box_name(place[1], "2026-Q4"), ballot_box.new_nonce()
    with transaction(databases.spool) as spool:
        for _time in range(3):
            arrivals.take_in(
                spool, settings.key_directory, box, nonce, ballot(filled(3)), channel="kiosk", today=TODAY
            )
        arrivals.take_in(
            spool,
            settings.key_directory,
            box,
            ballot_box.new_nonce(),
            ballot(filled(3), "paper"),
            channel="paper",
            today=TODAY,
        )
    with reading(databases.spool) as spool:
        assert [(row.stratum, row.n) for row in spool.scalars(select(RunningDay))] == [("kiosk", 1)]
        assert ballot_box.waiting(spool, box) == 2


def test_days_of_the_quarter_before_are_compared_and_older_ones_forgotten(
    databases: Databases, place: tuple[str, str], day: Day
) -> None:
    with transaction(databases.answers) as answers:
        for period, days in (("2026-Q3", 12), ("2026-Q2", 5)):
            answers.add(
                UsualDays(service_point=place[1], period=period, stratum="open", at_least=10, days=days)
            )
    day(0, 43)
    assert noted(databases) == [("day", FIRST)]
    with reading(databases.answers) as answers:
        assert set(answers.scalars(select(UsualDays.period))) == {"2026-Q3"}


def test_a_crash_before_the_days_are_forgotten_loses_and_doubles_no_notice(
    databases: Databases,
    settings: Settings,
    place: tuple[str, str],
    day: Day,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def crash(*_given: object) -> None:
        raise sqlite3.OperationalError

    with monkeypatch.context() as broken:
        broken.setattr(arrivals, "forget_days", crash)
        with pytest.raises(sqlite3.OperationalError):
            day(0, 250)
    merge_citizens.run(settings, databases)
    merge_citizens.run(settings, databases)
    assert noted(databases) == [("day", FIRST)]


@pytest.mark.parametrize(("attack", "is_found"), [(0, False), (100, False), (200, True)])
def test_answers_that_are_alike_are_told_and_all_are_counted(
    client: FlaskClient,
    databases: Databases,
    settings: Settings,
    place: tuple[str, str],
    attack: int,
    is_found: bool,
) -> None:
    unit, point = place
    box = box_name(point, "2026-Q4")
    honest = [filled(3, waktu=1 + at % 4, biaya=1 + at // 4 % 4) for at in range(40)]
    with transaction(databases.spool) as spool:
        for fields in [*honest, *[filled(4)] * attack]:
            arrivals.take_in(
                spool,
                settings.key_directory,
                box,
                ballot_box.new_nonce(),
                ballot(fields),
                channel="open",
                today=TODAY,
            )
    merge_citizens.run(settings, databases)
    assert noted(databases) == ([("alike", None)] if is_found else [])
    with reading(databases.answers) as answers:
        assert answers.scalar(select(func.count()).select_from(CitizenResponse)) == 40 + attack
    told = "sama di kesembilan unsur" in words_of(client.get(f"/units/{unit}").text)
    assert told == is_found


def test_what_is_alike_no_more_is_told_no_more(
    databases: Databases, settings: Settings, place: tuple[str, str]
) -> None:
    box = box_name(place[1], "2026-Q4")
    for values, expected in (([4] * 40, [("alike", None)]), ([1, 2, 3] * 10, [])):
        with transaction(databases.spool) as spool:
            for value in values:
                arrivals.take_in(
                    spool,
                    settings.key_directory,
                    box,
                    ballot_box.new_nonce(),
                    ballot(filled(value)),
                    channel="open",
                    today=TODAY,
                )
        merge_citizens.run(settings, databases)
        assert noted(databases) == expected
