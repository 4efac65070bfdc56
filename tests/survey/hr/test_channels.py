"""HR prints rolls of codes and sets up kiosks."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from survey.db import Databases, reading, transaction
from survey.models.audit import AuditEvent
from survey.services.citizens import kiosks
from tests.citizens import filled, make_point, post


@pytest.fixture
def place(databases: Databases) -> str:
    with transaction(databases.people) as people:
        return f"/staff/hr/service-points/{make_point(people)[1]}"


def test_a_roll_is_printed_used_and_voided(
    hr: FlaskClient, client: FlaskClient, databases: Databases, place: str
) -> None:
    page = hr.post(f"{place}/rolls", data={"count": "6", "kind": "page"}).text
    codes = re.findall(r'<p class="receipt">(.+)</p>', page)
    assert len(set(codes)) == page.count("<svg") - page.count("<svg", 0, page.index("<main")) == 6
    point = place.rpartition("/")[2]
    assert "Terima kasih" in post(client, point, "n" * 32, filled(code=codes[0]))
    page = hr.get(f"{place}/channels").text
    assert not [code for code in codes if code in page]
    [void] = re.findall(r'action="([^"]+/void)"', page)
    hr.post(void)
    assert "Kami tidak mengenal kode ini" in post(client, point, "m" * 32, filled(code=codes[1]))
    with reading(databases.people) as people:
        assert list(people.scalars(select(AuditEvent.action))) == ["code_roll.print", "code_roll.void"]


@pytest.mark.parametrize("count", ["", "4", "501", "many"])
def test_a_number_that_cannot_be_printed_is_explained(hr: FlaskClient, place: str, count: str) -> None:
    answer = hr.post(f"{place}/rolls", data={"count": count})
    assert answer.status_code == 422
    assert 'href="#count"' in answer.text


def test_a_kiosk_is_added_with_an_address_shown_once_and_retired(
    hr: FlaskClient, databases: Databases, place: str
) -> None:
    page = hr.post(f"{place}/kiosks", data={"name": "Tablet di pintu"}).text
    [secret] = re.findall(r"/k/#([0-9A-Z-]{19})", page)
    with reading(databases.people) as people:
        assert kiosks.place_of(people, secret) == place.rpartition("/")[2]
    page = hr.get(f"{place}/channels").text
    assert "Tablet di pintu" in page
    assert secret not in page
    hr.post(re.findall(r'action="([^"]+/retire)"', page)[0])
    assert "Tidak dipakai lagi" in hr.get(f"{place}/channels").text
