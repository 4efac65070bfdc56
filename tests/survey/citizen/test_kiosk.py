"""What a kiosk's device calls."""

from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.jobs import merge_citizens
from survey.models.ballots import SpooledBallot
from survey.models.citizens import CitizenResponse
from survey.services.citizens import kiosks, withdrawing
from survey.services.papers import ballot_box
from tests.citizens import PERIOD, filled, make_point


@pytest.fixture
def secret(databases: Databases) -> str:
    with transaction(databases.people) as people:
        return kiosks.add(people, make_point(people)[1], "Tablet")


def spooled(databases: Databases) -> int:
    with reading(databases.spool) as spool:
        return spool.scalar(select(func.count()).select_from(SpooledBallot)) or 0


def drop(client: FlaskClient, secret: str, nonce: str = "", period: str = PERIOD, **fields: str) -> int:
    body = {
        "secret": secret,
        "nonce": nonce or ballot_box.new_nonce(),
        "period": period,
        "fields": {**filled(4), **fields},
    }
    return client.post("/k/ballots", json=body).status_code


@pytest.fixture
def set_day(monkeypatch: pytest.MonkeyPatch) -> Callable[[int, int, int], None]:
    def to(*day: int) -> None:
        monkeypatch.setattr(Settings, "today", lambda _settings: date(*day))

    return to


def kept(databases: Databases) -> list[str]:
    with reading(databases.answers) as answers:
        return sorted(answers.scalars(select(CitizenResponse.period)))


def test_an_answer_sent_again_is_one_and_counts_as_the_kiosks(
    client: FlaskClient, databases: Databases, settings: Settings, secret: str
) -> None:
    nonces = [ballot_box.new_nonce() for _ in range(5)]
    assert [drop(client, secret, nonce) for nonce in [*nonces, *nonces]] == [200] * 10
    assert spooled(databases) == 5
    merge_citizens.run(settings, databases)
    assert drop(client, secret, nonces[0]) == 200
    assert merge_citizens.run(settings, databases).counted == 0
    with reading(databases.answers) as answers:
        assert set(answers.scalars(select(CitizenResponse.stratum))) == {"kiosk"}


def test_what_is_no_answer_or_comes_from_no_kiosk_is_refused(
    client: FlaskClient, databases: Databases, secret: str
) -> None:
    assert drop(client, "0000-0000-0000-0000") == 404
    assert drop(client, secret, "short") == 400
    assert drop(client, secret, waktu="9") == 422
    assert client.post("/k/ballots", data=b"{").status_code == 400
    assert client.post("/k/ballots", json={"secret": secret, "name": "Siti"}).status_code == 400
    assert spooled(databases) == 0


def test_a_retired_kiosk_is_told_so(client: FlaskClient, databases: Databases, secret: str) -> None:
    assert client.post("/k/place", json={"secret": secret}).get_json()["place"] == "Loket"
    with transaction(databases.people) as people:
        point = kiosks.place_of(people, secret)
        kiosks.retire(people, point, kiosks.of_point(people, point)[0].public_id)
    answer = client.post("/k/place", json={"secret": secret})
    assert (answer.status_code, answer.get_json()) == (404, {"outcome": "unknown"})


def test_the_service_worker_lies_under_its_path_and_no_cookie_is_set(
    client: FlaskClient,
) -> None:
    with client.get("/k/worker.js") as worker:
        script = worker.data
    assert worker.mimetype == "text/javascript"
    assert len(script) < 1_500
    page = client.get("/k/")
    assert "Set-Cookie" not in page.headers
    assert page.text.count("data-screen=") == 12


@pytest.mark.db
def test_an_answer_counts_in_the_quarter_in_which_it_was_given_and_once(
    client: FlaskClient,
    databases: Databases,
    settings: Settings,
    secret: str,
    set_day: Callable[[int, int, int], None],
) -> None:
    nonces = [ballot_box.new_nonce() for _ in range(5)]
    set_day(2026, 12, 31)
    assert drop(client, secret, nonces[0]) == 200  # the receipt is lost, and the device tries again
    merge_citizens.run(settings, databases)
    set_day(2027, 1, 5)
    merge_citizens.run(settings, databases)
    assert [drop(client, secret, nonce) for nonce in nonces] == [200] * 5
    assert merge_citizens.run(settings, databases).counted == 5
    assert kept(databases) == ["2026-Q4"] * 5
    set_day(2027, 1, 14)
    assert drop(client, secret, nonces[0]) == 200
    merge_citizens.run(settings, databases)
    set_day(2027, 1, 15)
    assert drop(client, secret, ballot_box.new_nonce()) == 410
    merge_citizens.run(settings, databases)
    assert (spooled(databases), list(settings.key_directory.iterdir())) == (0, [])
    assert kept(databases) == ["2026-Q4"] * 5


@pytest.mark.parametrize("period", ["", "2027-Q1", "2026", "2026-Q5", "<script>"])
def test_a_device_cannot_claim_a_quarter_that_has_not_come_or_is_none(
    client: FlaskClient, databases: Databases, secret: str, period: str
) -> None:
    assert drop(client, secret, period=period) == 422
    assert spooled(databases) == 0


@pytest.mark.db
def test_an_answer_can_be_withdrawn_after_its_quarters_last_day(
    client: FlaskClient,
    databases: Databases,
    settings: Settings,
    secret: str,
    set_day: Callable[[int, int, int], None],
) -> None:
    nonces = [ballot_box.new_nonce() for _ in range(6)]
    set_day(2026, 12, 31)
    for nonce in nonces:
        drop(client, secret, nonce)
    merge_citizens.run(settings, databases)
    set_day(2027, 1, 2)
    with reading(databases.people) as people:
        point = kiosks.place_of(people, secret)
    page = client.post(f"/s/{point}/withdraw", data={"code": withdrawing.code_for(nonces[0])})
    assert page.status_code == 200
    set_day(2027, 1, 15)
    merge_citizens.run(settings, databases)
    assert kept(databases) == ["2026-Q4"] * 5
