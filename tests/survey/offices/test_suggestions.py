"""The office reads what citizens wrote: in company, apart from answers, and only of its own counters."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.jobs import merge_citizens
from survey.models.audit import AuditEvent
from survey.models.citizens import Suggestion
from survey.services.citizens import follow_ups
from survey.services.citizens.citizen_answers import box_name
from survey.services.citizens.citizen_merge import forget, merge
from survey.services.citizens.follow_ups import Entry
from survey.services.gate.comments import BLACK
from tests.citizens import PERIOD, ballot, cast, filled, make_point, withdraw
from tests.conftest import TODAY
from tests.survey.offices.test_offices import head_of

Place = tuple[str, str]


@pytest.fixture
def place(databases: Databases) -> Place:
    with transaction(databases.people) as people:
        return make_point(people)


def say(databases: Databases, point: str, *texts: str, period: str = PERIOD, stratum: str = "open") -> None:
    """Merge answers at once, some of them with words."""
    rows = [
        (f"{text} {at} {stratum}".encode(), ballot(filled(3, saran=text), stratum))
        for at, text in enumerate(texts)
    ]
    with transaction(databases.answers) as answers:
        assert merge(answers, box_name(point, period), rows).counted == len(rows)


def address_of(page: str) -> str:
    return re.findall(r'href="(/staff/offices/[^"]+/suggestions/[0-9a-f]{32})"', page)[0]


def test_words_wait_until_five_stand_together_or_the_quarter_is_over(
    hr: FlaskClient, databases: Databases, place: Place
) -> None:
    unit, point = place
    say(databases, point, "Satu", "Dua", "Tiga", "Empat", "")
    list_page = f"/staff/offices/{unit}/suggestions"
    assert "Belum ada yang dapat dibaca" in hr.get(list_page).text
    say(databases, point, "Lima", "Enam", "", "", "", stratum="kiosk")
    page = hr.get(list_page).text
    assert "6 tulisan" in page and "Empat" in page and "Enam" in page
    say(databases, point, "Tujuh", "", "", "", "", stratum="code")
    assert "Tujuh" not in hr.get(list_page).text
    with transaction(databases.answers) as answers:
        forget(answers, box_name(point, PERIOD))
    assert "Tujuh" in hr.get(list_page).text


def test_no_waiting_text_can_be_reached_by_its_address(
    hr: FlaskClient, databases: Databases, place: Place
) -> None:
    unit, point = place
    say(databases, point, "Satu", "Dua", "Tiga", "Empat", "")
    with reading(databases.answers) as answers:
        keys = [key.hex() for key in answers.scalars(select(Suggestion.key))]
    for key in (*keys, "00", "no hex", "ff" * 16):
        assert hr.get(f"/staff/offices/{unit}/suggestions/{key}").status_code == 404
        assert hr.post(f"/staff/offices/{unit}/suggestions/{key}", data={"go": "all"}).status_code == 404


def test_a_text_is_answered_by_a_plan_and_opened_again(
    app: Flask, databases: Databases, place: Place
) -> None:
    unit, point = place
    say(databases, point, "Tambah kursi", "Dua", "Tiga", "Empat", "Lima")
    with transaction(databases.people) as people:
        plan = follow_ups.add(people, unit, Entry(PERIOD, "sarpras", "Membeli 20 kursi", "Kepala", TODAY))
        other, _point = make_point(people, "Dinas Lain", "LAIN-1")
        foreign = follow_ups.add(people, other, Entry(PERIOD, "waktu", "Rencana lain", "Kepala", TODAY))
    head, list_page = head_of(app, databases, unit), f"/staff/offices/{unit}/suggestions"
    address = address_of(head.get(f"{list_page}?q=KURSI").text)
    assert "Rencana lain" not in head.get(address).text
    assert head.post(address, data={"go": "handle", "plan": plan}).status_code == 302
    page = head.get(f"{list_page}?state=handled").text
    assert "Tambah kursi" in page and "Membeli 20 kursi" in page and "Lima" not in page
    assert "Tambah kursi" not in head.get(f"{list_page}?state=unread").text
    head.post(address, data={"go": "handle", "plan": foreign})
    with reading(databases.answers) as answers:
        assert answers.scalars(select(Suggestion.follow_up).where(Suggestion.state == "handled")).all() == [
            None
        ]
    head.post(address, data={"go": "reopen"})
    assert "Tambah kursi" in head.get(f"{list_page}?state=unread").text


def test_words_are_removed_for_good_and_only_that_it_happened_is_noted(
    hr: FlaskClient, databases: Databases, place: Place
) -> None:
    unit, point = place
    say(databases, point, "Pak Budi kasar, Pak Budi lambat", "Dua", "Tiga", "Empat", "Lima")
    address = address_of(hr.get(f"/staff/offices/{unit}/suggestions?q=budi").text)
    assert hr.post(address, data={"go": "black-out", "passage": ""}).status_code == 422
    refused = hr.post(address, data={"go": "black-out", "passage": "Pak Joko"})
    assert refused.status_code == 422 and "Salin" in refused.text
    assert hr.post(address, data={"go": "black-out", "passage": "Pak Budi"}).status_code == 302
    assert f"{BLACK} kasar, {BLACK} lambat" in hr.get(address).text
    assert hr.post(address, data={"go": "all"}).status_code == 302
    with reading(databases.answers) as answers:
        assert sorted(answers.scalars(select(Suggestion.text)))[-1] == BLACK
    with reading(databases.people) as people:
        events = [(event.action, str(event.detail)) for event in people.scalars(select(AuditEvent))]
    assert [action for action, _details in events] == ["suggestion.black_out"] * 2
    assert "Budi" not in str(events)


def test_the_file_holds_what_the_page_shows(hr: FlaskClient, databases: Databases, place: Place) -> None:
    unit, point = place
    say(databases, point, "=Rumus", "Dua", "Tiga", "Empat", "Lima")
    answer = hr.get(f"/staff/offices/{unit}/suggestions.csv?period={PERIOD}")
    lines = answer.data.decode("utf-8-sig").splitlines()
    assert len(lines) == 6
    assert not [line for line in lines if line.startswith("=")]
    assert hr.get(f"/staff/offices/{unit}/suggestions.xlsx").status_code == 200
    assert hr.get(f"/staff/offices/{unit}/suggestions.pdf").status_code == 404
    page = hr.get(f"/staff/offices/{unit}/suggestions").text
    for column in ("Loket", "2026-11", "kiosk"):
        assert column not in page.partition('<ul class="rows">')[2].partition("</ul>")[0]


def test_a_head_reads_her_own_unit_alone(app: Flask, databases: Databases, place: Place) -> None:
    with transaction(databases.people) as people:
        other, point = make_point(people, "Dinas Lain", "LAIN-1")
    say(databases, point, "Satu", "Dua", "Tiga", "Empat", "Lima")
    with reading(databases.answers) as answers:
        key = answers.scalars(select(Suggestion.key)).first()
    assert key
    head = head_of(app, databases, place[0])
    assert head.get(f"/staff/offices/{other}/suggestions").status_code == 404
    assert head.get(f"/staff/offices/{other}/suggestions.csv").status_code == 404
    for unit in (place[0], other):
        assert head.get(f"/staff/offices/{unit}/suggestions/{key.hex()}").status_code == 404
        assert (
            head.post(f"/staff/offices/{unit}/suggestions/{key.hex()}", data={"go": "all"}).status_code == 404
        )


def test_what_is_withdrawn_is_read_no_more(
    hr: FlaskClient, databases: Databases, settings: Settings, place: Place
) -> None:
    unit, point = place
    codes = [cast(databases, settings, point, filled(3, saran=f"Kata {at}")) for at in range(10)]
    merge_citizens.run(settings, databases)
    assert "10 tulisan" in hr.get(f"/staff/offices/{unit}/suggestions").text
    for code in codes[:6]:
        withdraw(databases, settings, point, code)
    merge_citizens.run(settings, databases)
    assert "Belum ada yang dapat dibaca" in hr.get(f"/staff/offices/{unit}/suggestions").text
