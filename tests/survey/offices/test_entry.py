"""Officers enter answers for others: marked as such, once each, and by nobody in particular."""

import re
from collections.abc import Mapping

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.jobs import merge_citizens
from survey.models.audit import AuditEvent
from survey.models.ballots import SpooledBallot
from survey.models.citizens import CitizenResponse, Suggestion
from survey.services.citizens import service_points
from tests.citizens import filled, make_point
from tests.survey.offices.test_offices import head_of

Place = tuple[str, str]


@pytest.fixture
def place(databases: Databases) -> Place:
    with transaction(databases.people) as people:
        return make_point(people)


def spooled(databases: Databases) -> int:
    with reading(databases.spool) as spool:
        return spool.scalar(select(func.count()).select_from(SpooledBallot)) or 0


def address(place: Place, way: str) -> str:
    return f"/staff/offices/{place[0]}/entry/{place[1]}/{way}"


def nonces_of(page: str) -> list[str]:
    return re.findall(r'name="nonce" value="([^"]+)"', page)


def typed(rows: Mapping[int, str], nonces: list[str], **facts: list[str]) -> dict[str, list[str]]:
    """The fields of a page of rows, empty but for the given answers."""
    names = ("sex", "age", "education", "occupation", "words")
    columns = {name: facts.get(name, [""] * len(nonces)) for name in names}
    return {"nonce": nonces, "answers": [rows.get(at, "") for at in range(len(nonces))], **columns}


def twice(page: str, rows: Mapping[int, str], nonces: list[str]) -> dict[str, list[str]]:
    """The second typing that a page of checks asks for, the same as the first."""
    asked = re.findall(r'name="again_nonce" value="([^"]+)"', page)
    return {"again_nonce": asked, "again": [rows[nonces.index(nonce)] for nonce in asked]}


def test_what_somebody_says_counts_as_entered_by_an_officer_and_once(
    app: Flask, databases: Databases, settings: Settings, place: Place
) -> None:
    head = head_of(app, databases, place[0])
    for _person in range(5):
        [nonce] = nonces_of(head.get(address(place, "assisted")).text)
        data = filled(4, waktu="cannot_judge") | {"nonce": nonce, "sex": "female", "saran": "Tambah kursi"}
        page = head.post(address(place, "assisted"), data=data).text
        assert "Jawaban sudah diterima" in page
        assert re.search(r"<code>[0-9A-Z-]{19}</code>", page)
        assert head.post(address(place, "assisted"), data=data).status_code == 200
    assert spooled(databases) == 5
    merge_citizens.run(settings, databases)
    with reading(databases.answers) as answers:
        assert set(answers.scalars(select(CitizenResponse.stratum))) == {"assisted"}
        assert list(answers.scalars(select(Suggestion.text))) == ["Tambah kursi"] * 5
    with reading(databases.people) as people:
        assert list(people.scalars(select(AuditEvent))) == []


def test_a_question_without_an_answer_is_named_and_the_others_stay(hr: FlaskClient, place: Place) -> None:
    [nonce] = nonces_of(hr.get(address(place, "assisted")).text)
    fields = filled(2) | {"nonce": nonce, "saran": "Kursi"}
    del fields["biaya"]
    answer = hr.post(address(place, "assisted"), data=fields)
    assert answer.status_code == 422
    assert 'href="#biaya"' in answer.text
    assert answer.text.count(" checked") == 8
    assert ">Kursi</textarea>" in answer.text
    assert nonces_of(answer.text) == [nonce]


def test_paper_forms_are_checked_typed_twice_and_sent_once(
    hr: FlaskClient, databases: Databases, settings: Settings, place: Place
) -> None:
    nonces = nonces_of(hr.get(address(place, "paper")).text)
    assert len(nonces) == 20
    rows = {at: f"33333333{at % 4 + 1}" for at in (0, 1, 2, 4, 5, 7)}
    fields = typed(rows, nonces, words=["Tambah kursi", *[""] * 19], sex=["1", "3", *[""] * 18])
    page = hr.post(address(place, "paper"), data=fields | {"step": "check"}).text
    assert spooled(databases) == 0
    assert page.count("<summary>") == 6
    data = fields | twice(page, rows, nonces) | {"step": "send"}
    sent = hr.post(address(place, "paper"), data=data).text
    assert "6 formulir terkirim." in sent
    assert set(re.findall(r'data-sent="([^"]+)"', sent)[0].split()) == {nonces[at] for at in rows}
    assert not set(nonces_of(sent)) & set(nonces)
    assert spooled(databases) == 6
    hr.post(address(place, "paper"), data=data)  # a reload
    assert spooled(databases) == 6
    merge_citizens.run(settings, databases)
    with reading(databases.answers) as answers:
        found = list(answers.scalars(select(CitizenResponse)))
    assert {row.stratum for row in found} == {"paper"}
    assert sorted(row.profile["sex"] for row in found) == ["male", *["not_said"] * 5]
    assert {row.withdrawal for row in found} == {None}
    with reading(databases.people) as people:
        assert list(people.scalars(select(AuditEvent))) == []


def test_a_slip_is_found_by_the_second_typing_and_nothing_is_sent(
    hr: FlaskClient, databases: Databases, place: Place
) -> None:
    nonces = nonces_of(hr.get(address(place, "paper")).text)
    rows = {0: "333333333", 1: "222222222"}
    fields = typed(rows, nonces)
    again = twice(hr.post(address(place, "paper"), data=fields | {"step": "check"}).text, rows, nonces)
    again["again"][1] = "222222221"
    answer = hr.post(address(place, "paper"), data=fields | again | {"step": "send"})
    assert answer.status_code == 422
    assert "222222221" in answer.text and 'value="222222222"' in answer.text
    assert answer.text.count('aria-invalid="true"') == 1
    assert nonces_of(answer.text) == nonces
    again["again"][1] = ""
    answer = hr.post(address(place, "paper"), data=fields | again | {"step": "send"})
    assert answer.status_code == 422
    assert "sekali lagi" in answer.text
    assert spooled(databases) == 0


@pytest.mark.parametrize(
    ("rows", "facts", "words"),
    [
        ({0: "33333333"}, {}, "Ketik 9 angka"),
        ({1: "333333335"}, {}, "Ketik hanya angka yang tercetak di depan jawaban"),
        ({0: "333333333"}, {"sex": ["7", *[""] * 19]}, "Jenis kelamin"),
        ({}, {}, "Ketik paling sedikit satu formulir"),
        ({}, {"words": ["Kursi", *[""] * 19]}, "Ketik 9 angka"),
    ],
)
def test_what_was_mistyped_is_said_beside_its_row(
    hr: FlaskClient,
    databases: Databases,
    place: Place,
    rows: dict[int, str],
    facts: dict[str, list[str]],
    words: str,
) -> None:
    nonces = nonces_of(hr.get(address(place, "paper")).text)
    for step in ("check", "send"):
        answer = hr.post(address(place, "paper"), data=typed(rows, nonces, **facts) | {"step": step})
        assert answer.status_code == 422
        assert words in answer.text
    assert spooled(databases) == 0


def test_going_back_to_typing_keeps_every_row(hr: FlaskClient, place: Place) -> None:
    nonces = nonces_of(hr.get(address(place, "paper")).text)
    fields = typed({3: "333333333"}, nonces) | {"step": "back"}
    answer = hr.post(address(place, "paper"), data=fields)
    assert answer.status_code == 200
    assert nonces_of(answer.text) == nonces
    assert 'value="333333333"' in answer.text


def test_fields_of_strangers_break_nothing(hr: FlaskClient, databases: Databases, place: Place) -> None:
    for data in ({}, {"step": "send"}, {"nonce": "x", "answers": "3", "step": "send", "sitting": "many"}):
        assert hr.post(address(place, "paper"), data=data).status_code in (200, 422)
    assert spooled(databases) == 0


def test_a_head_enters_for_her_own_counters_alone(app: Flask, databases: Databases, place: Place) -> None:
    with transaction(databases.people) as people:
        other = make_point(people, "Dinas Lain", "LAIN-1")
    head = head_of(app, databases, place[0])
    assert "Loket" in head.get(f"/staff/offices/{place[0]}/entry").text
    assert head.get(f"/staff/offices/{other[0]}/entry").status_code == 404
    for way in ("assisted", "paper"):
        assert head.get(address(other, way)).status_code == 404
        assert head.get(address((place[0], other[1]), way)).status_code == 404
        assert head.post(address((place[0], other[1]), way), data=filled(4)).status_code == 404


def test_a_paused_counter_asks_nobody_but_its_papers_can_be_typed_in(
    hr: FlaskClient, databases: Databases, place: Place
) -> None:
    with transaction(databases.people) as people:
        service_points.set_active(people, place[1], is_active=False)
    assert hr.get(address(place, "assisted")).status_code == 410
    assert hr.post(address(place, "assisted"), data=filled(4)).status_code == 410
    assert hr.get(address(place, "paper")).status_code == 200
