"""A unit fixes its channels on its page, and index, city, file and report follow."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from survey.db import Databases, reading, transaction
from survey.models.audit import AuditEvent
from survey.services.citizens import channel_fixing
from survey.services.citizens.citizen_answers import box_name
from survey.services.citizens.citizen_merge import merge
from tests.citizens import ballot, filled, make_point
from tests.conftest import TODAY
from tests.printed import read_pdf
from tests.survey.offices.test_offices import REPORT, head_of
from tests.survey.public.test_results import keep, words_of

LONG_AGO = TODAY.replace(year=2025)


@pytest.fixture
def place(databases: Databases) -> tuple[str, str]:
    """40 answers through the open link (all 2), 30 at a kiosk (all 4)."""
    with transaction(databases.people) as people:
        unit, point = make_point(people)
    keep(databases, point, "2026-Q3", [filled(2)] * 40)
    rows = [((900 + at).to_bytes(32, "big"), ballot(filled(4), "kiosk")) for at in range(30)]
    with transaction(databases.answers) as answers:
        assert merge(answers, box_name(point, "2026-Q3"), rows).counted == 30
    return unit, point


def test_channels_are_fixed_changed_and_taken_back_before_they_begin(
    app: Flask, databases: Databases, place: tuple[str, str]
) -> None:
    head, address = head_of(app, databases, place[0]), f"/staff/offices/{place[0]}/channels"
    page = head.get(address).text
    assert "tautan terbuka (poster, kode QR)" in page and "Tidak ada yang dipilih" in page
    assert 'value="2026-Q4"' not in page
    data = {"from_period": "2027-Q1", "channels": ["code", "kiosk"]}
    assert head.post(address, data=data).status_code == 302
    assert "Batalkan" in head.get(address).text
    refused = head.post(address, data={"from_period": "2027-Q1", "channels": ["open", "kiosk"]})
    assert refused.status_code == 422 and "keduanya tidak pernah dijumlahkan" in refused.text
    assert head.post(address, data={"from_period": "2027-Q1"}).status_code == 422
    assert head.post(address, data=data | {"from_period": "2026-Q4"}).status_code == 422
    assert head.post(f"{address}/2027-Q1/take-back").status_code == 302
    assert head.post(f"{address}/2026-Q4/take-back").status_code == 409
    assert head.post(f"{address}/2027-Q1/take-back").status_code == 404
    with reading(databases.people) as people:
        assert list(people.scalars(select(AuditEvent.action))) == ["channels.fix", "channels.take_back"]


def test_everything_public_follows_what_was_fixed(
    hr: FlaskClient, client: FlaskClient, databases: Databases, place: tuple[str, str]
) -> None:
    unit = place[0]
    page = words_of(client.get(f"/units/{unit}").text)
    assert "Dari 40 jawaban, indeks kepuasan masyarakat adalah 50,00" in page
    assert "Tidak ada yang dipilih sebelum periode ini" in page
    with transaction(databases.people) as people:
        channel_fixing.fix(people, unit, "2026-Q3", ("kiosk", "paper"), LONG_AGO)
    page = words_of(client.get(f"/units/{unit}").text)
    assert "Dari 30 jawaban, indeks kepuasan masyarakat adalah 100,00" in page
    assert "Indeks menghitung: kios di loket; formulir kertas." in page
    assert "Tidak ada yang dipilih" not in page
    assert "100,00" in words_of(client.get("/results?period=2026-Q3").text)
    for address in (f"/units/{unit}/results.csv", "/results.csv"):
        rows = client.get(address).text.splitlines()
        assert [row for row in rows if "2026-Q3" in row and "kiosk+paper" in row and "official" in row], (
            address
        )
    printed = " ".join(read_pdf(hr.post(f"/staff/offices/{unit}/report", data=REPORT).data).split())
    assert "Indeks menghitung: kios di loket; formulir kertas." in printed
    assert "ditetapkan sebelum periode" in printed
