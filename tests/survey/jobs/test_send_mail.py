"""Letters go out once, slowly, not at night, and whoever has answered gets the same."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.jobs import port, send_mail
from survey.models.cycles import Cycle
from survey.models.mail import Bounce, Letter
from survey.models.people import Employee
from survey.services.mail import mailing
from tests.attacks.process import ROOT, wait_until
from tests.factories import TODAY, answer, make_team, make_unit, open_cycle
from tests.survey.mail import PostOffice, give_addresses, post_office, with_mail

MEMBERS = 6
Report = tuple[str, int, int]


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with post_office() as found:
        yield found


@pytest.fixture
def team(databases: Databases) -> list[Employee]:
    with transaction(databases.people) as people:
        found = make_team(people, make_unit(people), MEMBERS)
    give_addresses(databases)
    return found


@pytest.fixture
def cycle(databases: Databases, settings: Settings, team: list[Employee]) -> Cycle:
    return open_cycle(databases, settings)


def address_of(rater: Employee) -> str:
    return f"{rater.number}@example.go.id"


def start_wave(databases: Databases, cycle: Cycle, kind: str = "invitation") -> str:
    with transaction(databases.people) as people:
        wave = mailing.plan(people, cycle, mailing.WavePlan(kind, None, "", ""), TODAY)
        mailing.move(people, wave, "start")
        port.enqueue(people, send_mail.KIND, send_mail.ALL)
    return wave.public_id


def run(settings: Settings, databases: Databases) -> datetime | None:
    return send_mail.run(settings, databases, send_mail.ALL, lambda *_: None)


def states(databases: Databases) -> dict[str, str]:
    with reading(databases.people) as people:
        return dict(people.execute(select(Letter.address, Letter.state)).all())


def wave_state(databases: Databases, public_id: str) -> str:
    with reading(databases.people) as people:
        return mailing.find_wave(people, public_id)[0].state


@pytest.mark.db
def test_a_wave_reaches_everybody_once_in_plain_text_and_the_same_words(
    databases: Databases, settings: Settings, cycle: Cycle, team: list[Employee], office: PostOffice
) -> None:
    wave = start_wave(databases, cycle)
    assert run(with_mail(settings, office.port), databases) is None
    assert sorted(office.addresses) == sorted(map(address_of, team))
    letters = [letter for _address, letter in office.letters]
    assert {letter.get_content_type() for letter in letters} == {"text/plain"}
    bodies = {letter.get_payload() for letter in letters}
    assert len(bodies) == 1, "no personal word and no personal link"
    assert "/promise" in bodies.pop(), "a supervisor who rates alone is promised nothing that does not hold"
    assert len({letter["Message-ID"] for letter in letters}) == len(team)
    assert {letter["Disposition-Notification-To"] for letter in letters} == {None}
    assert wave_state(databases, wave) == "done"
    assert run(with_mail(settings, office.port), databases) is None
    assert len(office.letters) == len(team)


@pytest.mark.db
def test_a_reminder_is_the_same_whoever_has_answered(
    databases: Databases, settings: Settings, cycle: Cycle, team: list[Employee], office: PostOffice
) -> None:
    seen = []
    for rater in (None, team[2]):  # the attack: somebody answers, and the one who reminds looks again
        if rater:
            answer(databases, cycle, rater, lambda *_: 4)
        office.letters.clear()
        start_wave(databases, cycle, "reminder")
        run(with_mail(settings, office.port), databases)
        bodies = {(letter["Subject"], letter.get_payload()) for _address, letter in office.letters}
        with reading(databases.people) as people:
            _wave, progress = mailing.waves_of(people, cycle)[0]
        seen.append((sorted(office.addresses), bodies, progress))
    assert seen[0] == seen[1]


def test_no_letter_goes_to_fewer_than_the_smallest_group(
    databases: Databases, cycle: Cycle, team: list[Employee]
) -> None:
    with transaction(databases.people) as people:
        unit = make_unit(people, "SEPI", "Unit sepi")
        for rater in team[:2]:
            people.get_one(Employee, rater.id).unit_id = unit.id
    with (
        transaction(databases.people) as people,
        pytest.raises(mailing.WaveRefused, match="too_few"),
    ):
        mailing.plan(
            people, cycle, mailing.WavePlan("reminder", frozenset({unit.id}), "Unit sepi", ""), TODAY
        )


@pytest.mark.db
def test_what_the_server_refuses_is_kept_and_what_it_puts_off_is_tried_again(
    databases: Databases, settings: Settings, cycle: Cycle, team: list[Employee], office: PostOffice
) -> None:
    gone, busy = address_of(team[1]), address_of(team[2])
    office.refused = {gone: "550 no such user", busy: "451 come back later"}
    wave = start_wave(databases, cycle)
    with_server = with_mail(settings, office.port)
    assert run(with_server, databases) is not None, "the busy one waits"
    found = states(databases)
    assert found.pop(gone) == "refused"
    del office.refused[busy]
    assert found.pop(busy) == "waiting"
    assert set(found.values()) == {"sent"}
    run(with_server, databases)
    assert wave_state(databases, wave) == "done"
    with transaction(databases.people) as people:
        bounces = people.execute(select(Bounce.address, Bounce.reason)).all()
        assert [tuple(bounce) for bounce in bounces] == [(gone, "550")]
        again = mailing.plan(people, cycle, mailing.WavePlan("reminder", None, "", ""), TODAY)
        assert again.without_address == len(bounces), "nobody writes to an address that was refused"


@pytest.mark.db
def test_a_letter_whose_line_broke_is_unclear_and_never_sent_again(
    databases: Databases, settings: Settings, cycle: Cycle, team: list[Employee], office: PostOffice
) -> None:
    broken = address_of(team[3])
    office.breaks_after = broken
    wave = start_wave(databases, cycle)
    for _round in range(3):
        run(with_mail(settings, office.port), databases)
    assert sorted(office.addresses) == sorted(map(address_of, team))
    assert states(databases)[broken] == "unclear"
    with reading(databases.people) as people:
        found, _cycle = mailing.find_wave(people, wave)
        assert mailing.unclear_names(people, found) == [team[3].name]


def test_without_a_server_nothing_is_lost_and_the_page_can_say_why(
    databases: Databases, settings: Settings, cycle: Cycle, team: list[Employee]
) -> None:
    with post_office() as closed:
        port_of_nobody = closed.port
    wave = start_wave(databases, cycle)
    with_server = with_mail(settings, port_of_nobody)
    start = run(with_server, databases)
    assert start is not None
    assert start - with_server.now() > timedelta(minutes=4)
    assert set(states(databases).values()) == {"waiting"}
    with reading(databases.people) as people:
        assert mailing.find_wave(people, wave)[0].trouble == "ConnectionRefusedError"


def test_letters_go_out_in_batches_and_rest_at_night_and_while_paused(
    databases: Databases, settings: Settings, cycle: Cycle, office: PostOffice
) -> None:
    wave = start_wave(databases, cycle)
    slow = with_mail(settings, office.port, mail_per_minute=2)
    start = run(slow, databases)
    assert len(office.letters) == 2
    assert start is not None
    assert start - slow.now() > timedelta(seconds=50)
    now = slow.now()
    night = with_mail(settings, office.port, mail_quiet_from=now.hour, mail_quiet_until=(now.hour + 2) % 24)
    assert run(night, databases) is not None
    with transaction(databases.people) as people:
        mailing.move(people, mailing.find_wave(people, wave)[0], "pause")
    assert run(with_mail(settings, office.port), databases) is None
    assert len(office.letters) == 2
    with transaction(databases.people) as people:
        mailing.move(people, mailing.find_wave(people, wave)[0], "start")
    run(with_mail(settings, office.port), databases)
    assert len(office.letters) == MEMBERS + 1


def test_a_wave_of_a_closed_cycle_is_cancelled(
    databases: Databases, settings: Settings, cycle: Cycle, office: PostOffice
) -> None:
    wave = start_wave(databases, cycle)
    with transaction(databases.people) as people:
        people.get_one(Cycle, cycle.id).state = "closed"
    assert run(with_mail(settings, office.port), databases) is None
    assert office.letters == []
    assert wave_state(databases, wave) == "cancelled"


def test_three_thousand_letters_are_planned_in_few_statements(
    databases: Databases, cycle: Cycle, count_statements: object
) -> None:
    with transaction(databases.people) as people, count_statements(databases.people) as count:  # type: ignore[operator]
        mailing.plan(people, cycle, mailing.WavePlan("invitation", None, "", ""), TODAY)
        mailing.waves_of(people, cycle)
        assert count() <= 5


RATERS, KILLS, SECONDS = 240, (40, 100, 160), 240


@pytest.mark.db
def test_no_letter_is_sent_twice_or_lost_when_the_worker_is_killed(
    databases: Databases, settings: Settings, tmp_path: Path, office: PostOffice
) -> None:
    with transaction(databases.people) as people:
        make_team(people, make_unit(people), RATERS - 1)
    give_addresses(databases)
    cycle = open_cycle(databases, settings)
    if databases.people.dialect.name == "postgresql":
        with databases.people.begin() as connection:
            connection.execute(text("DROP SCHEMA IF EXISTS dbos CASCADE"))
    wave = start_wave(databases, cycle)
    databases.dispose()
    for handed in (*KILLS, RATERS - len(KILLS)):
        worker = start_worker(databases, tmp_path, office.port)
        wait_until(lambda count=handed: len(office.addresses) >= count, SECONDS, output(tmp_path))  # type: ignore[misc]
        if handed in KILLS:
            os.killpg(worker.pid, signal.SIGKILL)
        else:
            wait_until(lambda: wave_state(databases, wave) == "done", SECONDS, output(tmp_path))
            worker.terminate()
        worker.wait(60)
    found = states(databases)
    assert len(found) == RATERS
    assert len(office.addresses) == len(set(office.addresses)), "nobody gets it twice"
    sent = {address for address, state in found.items() if state == "sent"}
    unclear = {address for address, state in found.items() if state == "unclear"}
    assert sent | unclear == set(found), "nobody is forgotten"
    assert sent <= set(office.addresses), "what is told as sent was taken"
    assert len(unclear) <= len(KILLS), "at most one for each death"


def output(folder: Path) -> str:
    path = folder / "worker.txt"
    return path.read_text()[-2000:] if path.exists() else ""


def start_worker(databases: Databases, folder: Path, port_of_office: int) -> subprocess.Popen[bytes]:
    """`python -m survey worker` as anybody starts it, in a group of its own."""
    given = with_mail(Settings(), port_of_office)
    mail = {
        name: str(getattr(given, name))
        for name in Settings.__struct_fields__
        if name.startswith(("smtp_", "mail_")) and getattr(given, name) != ""
    }
    environment = {
        **os.environ,
        **{f"CERMIN_{name.upper()}": value for name, value in mail.items()},
        "CERMIN_DATA_DIRECTORY": str(folder / "worker"),
        "CERMIN_PEOPLE_URL": databases.people.url.render_as_string(hide_password=False),
        "CERMIN_ANSWERS_URL": databases.answers.url.render_as_string(hide_password=False),
    }
    with (folder / "worker.txt").open("ab") as said:
        return subprocess.Popen(
            [sys.executable, "-m", "survey", "worker", "--elsewhere"],
            cwd=ROOT,
            env=environment,
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
