"""A rater's pages, through the Flask client."""

import re
from datetime import date

import msgspec
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from instruments import catalogue
from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.models.ballots import SpooledBallot
from survey.models.cycles import Cycle
from survey.models.invitations import Paper
from survey.models.people import Employee
from survey.services.cycles import cycles
from survey.services.papers import ballot_box, rating
from tests.factories import code_for

ITEMS = [item.code for item in catalogue.get("berakhlak_short").items]


@pytest.fixture
def code(databases: Databases, cycle: Cycle, team: list[Employee]) -> str:
    return code_for(databases, cycle, team[1])


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert found, f"no hidden field {name}"
    return found.group(1)


def paper_form(client: FlaskClient, code: str, place: int = 1) -> dict[str, str]:
    """The form of the rater's n-th paper, filled in with fours."""
    listed = client.post("/i/papers", data={"secret": code}).text
    key = re.findall(r'name="paper" value="([^"]+)"', listed)[place]
    page = client.post("/i/paper", data={"secret": code, "paper": key}).text
    answers = dict.fromkeys(ITEMS, "4")
    return {"secret": code, "paper": key, "nonce": hidden(page, "nonce"), **answers}


def spooled(databases: Databases) -> int:
    with reading(databases.spool) as spool:
        return spool.scalar(select(func.count()).select_from(SpooledBallot)) or 0


def test_a_get_shows_nothing_but_the_start(client: FlaskClient, code: str, team: list[Employee]) -> None:
    page = client.get("/i/").text
    assert "respond" not in page
    assert not any(member.name in page for member in team)
    assert client.get("/i/papers").status_code == 405


def test_a_code_lists_everybody_the_rater_is_asked_about(
    client: FlaskClient, code: str, team: list[Employee]
) -> None:
    page = client.post("/i/papers", data={"secret": code.lower().replace("-", " ")}).text
    assert all(member.name in page for member in team if member is not team[1])


def test_an_unknown_code_gets_a_kind_page(client: FlaskClient, cycle: Cycle) -> None:
    answer = client.post("/i/papers", data={"secret": "0000-0000-0000-0000"})
    assert answer.status_code == 404
    assert "Kami tidak mengenali kode ini" in answer.text


def test_a_code_of_a_closed_cycle_gets_a_kind_page(
    client: FlaskClient, databases: Databases, cycle: Cycle, code: str
) -> None:
    with transaction(databases.people) as session:
        cycles.advance(session, session.get_one(Cycle, cycle.id), "close")
    assert client.post("/i/papers", data={"secret": code}).status_code == 410


def test_sending_twice_with_one_nonce_gives_one_ballot_and_the_same_receipt(
    client: FlaskClient, databases: Databases, code: str
) -> None:
    form = paper_form(client, code)
    receipts = [
        re.search(r'class="receipt">([^<]+)<', client.post("/i/send", data=form).text) for _ in range(2)
    ]
    assert receipts[0] and receipts[1] and receipts[0].group(1) == receipts[1].group(1)
    assert spooled(databases) == 1


def test_a_used_paper_cannot_cast_a_second_ballot(
    client: FlaskClient, databases: Databases, code: str
) -> None:
    form = paper_form(client, code)
    client.post("/i/send", data=form)
    second = client.post("/i/send", data=form | {"nonce": "A" * 32})
    assert second.status_code == 409
    assert spooled(databases) == 1


def test_a_ballot_interrupted_between_the_two_transactions_may_be_sent_again(
    client: FlaskClient, databases: Databases, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = paper_form(client, code)
    client.application.testing = False
    client.application.config["PROPAGATE_EXCEPTIONS"] = False
    with monkeypatch.context() as broken:
        broken.setattr(ballot_box, "put", lambda *_: 1 / 0)
        assert client.post("/i/send", data=form).status_code == 500
    assert spooled(databases) == 0
    assert client.post("/i/send", data=form).status_code == 200
    assert spooled(databases) == 1


def test_missing_answers_are_asked_for_and_nothing_typed_is_lost(
    client: FlaskClient, databases: Databases, code: str
) -> None:
    form = paper_form(client, code)
    del form[ITEMS[2]]
    answer = client.post("/i/send", data=form | {"keep_doing": "Teruskan begitu"})
    assert answer.status_code == 422
    assert f'href="#{ITEMS[2]}"' in answer.text
    assert "Teruskan begitu" in answer.text
    assert answer.text.count("checked") == len(ITEMS) - 1
    assert spooled(databases) == 0


def test_cannot_judge_is_an_answer(client: FlaskClient, databases: Databases, code: str) -> None:
    reason = catalogue.get("berakhlak_short").missing_reasons[0].code
    form = paper_form(client, code) | {ITEMS[0]: f"missing.{reason}"}
    assert client.post("/i/send", data=form).status_code == 200


@pytest.mark.parametrize("value", ["0", "6", "-1", "4.0", "", "x" * 5000, "missing.nonsense"])
def test_an_answer_outside_the_scale_is_no_answer(client: FlaskClient, code: str, value: str) -> None:
    form = paper_form(client, code) | {ITEMS[0]: value}
    assert client.post("/i/send", data=form).status_code == 422


def test_another_raters_paper_is_not_found(
    client: FlaskClient, databases: Databases, cycle: Cycle, code: str, team: list[Employee]
) -> None:
    foreign = code_for(databases, cycle, team[2])
    form = paper_form(client, foreign)
    assert client.post("/i/send", data=form | {"secret": code}).status_code == 404


def test_no_page_of_a_rater_sets_a_cookie_and_one_with_a_session_cookie_is_refused(
    client: FlaskClient, code: str
) -> None:
    for answer in (client.get("/i/"), client.post("/i/papers", data={"secret": code})):
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"
    client.set_cookie("cermin", "x", path="/")
    assert client.get("/i/").status_code == 403


def test_one_submission_takes_few_statements(
    client: FlaskClient, databases: Databases, code: str, count_statements
) -> None:
    form = paper_form(client, code)
    with count_statements(databases.people) as people, count_statements(databases.spool) as spool:
        assert client.post("/i/send", data=form).status_code == 200
    assert people() + spool() <= 10  # three read who holds the layers, their keys, and the key of the scope


def test_the_paper_keeps_a_hash_that_is_not_the_ballots_token(
    client: FlaskClient, databases: Databases, code: str
) -> None:
    client.post("/i/send", data=paper_form(client, code))
    with reading(databases.people) as people, reading(databases.spool) as spool:
        taken = people.scalars(select(Paper.taken).where(Paper.taken.is_not(None))).one()
        assert taken != spool.scalars(select(SpooledBallot.token)).one()


@pytest.mark.parametrize(
    ("opens_on", "closes_on"),
    [(date(2020, 1, 1), date(2020, 1, 31)), (date(2089, 1, 1), date(2090, 1, 1))],
    ids=["expired", "not yet begun"],
)
def test_a_link_outside_its_days_gets_a_kind_page(
    client: FlaskClient, databases: Databases, cycle: Cycle, code: str, opens_on: date, closes_on: date
) -> None:
    with transaction(databases.people) as people:
        found = people.get_one(Cycle, cycle.id)
        found.opens_on, found.closes_on = opens_on, closes_on
    answer = client.post("/i/papers", data={"secret": code})
    assert answer.status_code == 410
    assert "Kuesioner ini ditutup" in answer.text


def test_what_is_sent_again_with_other_answers_is_said_not_to_count(
    client: FlaskClient, databases: Databases, code: str
) -> None:
    form = paper_form(client, code)
    assert "sudah kami terima sebelumnya" not in client.post("/i/send", data=form).text
    changed = client.post("/i/send", data=form | {ITEMS[0]: "1"})
    assert "Yang dikirim pertama dihitung" in changed.text
    assert spooled(databases) == 1


def test_one_nonce_serves_two_papers_as_two_ballots(
    client: FlaskClient, databases: Databases, code: str
) -> None:
    first, second = paper_form(client, code, 1), paper_form(client, code, 2)
    client.post("/i/send", data=first)
    client.post("/i/send", data=second | {"nonce": first["nonce"]})
    assert spooled(databases) == 2


@pytest.mark.usefixtures("limits")
def test_only_unknown_codes_count_toward_the_limit(client: FlaskClient, code: str) -> None:
    known = [client.post("/i/papers", data={"secret": code}).status_code for _time in range(70)]
    unknown = [client.post("/i/papers", data={"secret": "0000"}).status_code for _time in range(61)]
    assert known == [200] * 70
    assert unknown == [404] * 60 + [429]


def test_a_fault_while_sending_is_told_without_time_address_or_value(
    client: FlaskClient, code: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    form = paper_form(client, code)
    client.application.testing = False
    client.application.config["PROPAGATE_EXCEPTIONS"] = False
    monkeypatch.setattr(rating, "cast", lambda *_: 1 / 0)
    assert client.post("/i/send", data=form).status_code == 500
    told = capfd.readouterr().err
    assert re.fullmatch(r"fault on an anonymous page: ZeroDivisionError at test_views\.py:\d+\n", told)


def test_messages_of_the_database_hold_no_values(databases: Databases) -> None:
    for engine in (databases.people, databases.answers, databases.spool):
        with reading(engine) as session, pytest.raises(DBAPIError) as error:
            session.execute(text("SELECT nothing FROM nowhere WHERE secret = :secret"), {"secret": "9nyftk"})
        assert "9nyftk" not in str(error.value)


def test_an_empty_code_is_asked_for_and_a_wrong_one_leads_back_to_the_field(client: FlaskClient) -> None:
    empty = client.post("/i/papers", data={"secret": " "})
    assert empty.status_code == 422
    assert 'href="#secret"' in empty.text
    assert 'href="/i/"' in client.post("/i/papers", data={"secret": "0000"}).text


@pytest.mark.parametrize(
    "headers",
    [{"Via": "1.1 x"}, {"CF-Ray": "1"}, {"X-OperaMini-Features": "x"}, {"X-Forwarded-For": "10.0.0.1"}],
)
def test_a_connection_through_somebody_else_weakens_the_promise(
    client: FlaskClient, code: str, headers: dict[str, str]
) -> None:
    warning = "Sambungan ini lewat pihak lain"
    for page in (client.get("/i/"), client.post("/i/papers", data={"secret": code})):
        assert warning not in page.text
    for page in (
        client.get("/i/", headers=headers),
        client.post("/i/papers", data={"secret": code}, headers=headers),
    ):
        assert warning in page.text


def test_the_citys_own_proxies_are_nobody_else(client: FlaskClient, app: Flask, settings: Settings) -> None:
    app.extensions["cermin"]["settings"] = msgspec.structs.replace(settings, trusted_proxies=1)
    assert "lewat pihak lain" not in client.get("/i/", headers={"X-Forwarded-For": "10.0.0.1"}).text
    assert "lewat pihak lain" in client.get("/i/", headers={"X-Forwarded-For": "10.0.0.1, 10.0.0.2"}).text
