"""What a kiosk's device calls."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.jobs import merge_citizens
from survey.models.ballots import SpooledBallot
from survey.models.citizens import CitizenResponse
from survey.services import ballot_box, kiosks
from tests.citizens import filled, make_point


@pytest.fixture
def secret(databases: Databases) -> str:
    with transaction(databases.people) as people:
        return kiosks.add(people, make_point(people)[1], "Tablet")


def spooled(databases: Databases) -> int:
    with reading(databases.spool) as spool:
        return spool.scalar(select(func.count()).select_from(SpooledBallot)) or 0


def drop(client: FlaskClient, secret: str, nonce: str = "", **fields: str) -> int:
    body = {"secret": secret, "nonce": nonce or ballot_box.new_nonce(), "fields": {**filled(4), **fields}}
    return client.post("/k/ballots", json=body).status_code


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
