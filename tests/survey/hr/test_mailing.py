"""HR plans a letter, looks at it, tests it, sends it, and mends what bounced."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.extensions import EXTENSION
from survey.jobs import port, send_mail
from survey.models.cycles import Cycle
from survey.models.mail import Wave
from survey.models.people import Employee
from tests.factories import make_team, make_unit, open_cycle
from tests.survey.mail import PostOffice, give_addresses, post_office, with_mail


@pytest.fixture
def office(app: Flask, settings: Settings) -> Iterator[PostOffice]:
    with post_office() as found:
        app.extensions[EXTENSION]["settings"] = with_mail(settings, found.port)
        yield found


@pytest.fixture
def cycle(databases: Databases, settings: Settings) -> Cycle:
    with transaction(databases.people) as people:
        make_team(people, make_unit(people), 6)
    give_addresses(databases)
    return open_cycle(databases, settings)


def newest(databases: Databases) -> Wave:
    with reading(databases.people) as people:
        return people.scalars(select(Wave).order_by(Wave.id.desc())).first()  # type: ignore[return-value]


def test_hr_sends_a_letter_after_a_look_and_a_test(
    hr: FlaskClient, databases: Databases, cycle: Cycle, app: Flask, office: PostOffice
) -> None:
    assert "No letters yet" in hr.get(f"/staff/hr/cycles/{cycle.public_id}/mail?lang=en").text
    made = hr.post(
        f"/staff/hr/cycles/{cycle.public_id}/mail/new",
        data={"kind": "invitation", "scope": "all", "note": "Hubungi kami di lantai 2."},
    )
    assert made.status_code == 302
    page = hr.get(made.location).text
    assert "lantai 2" in page
    assert "Undangan menilai" in page
    assert "You are asked to give feedback" in page
    assert office.letters == [], "nothing is sent before it is started"
    hr.post(f"{made.location}/test", data={"address": "uji@example.go.id"})
    assert office.addresses == ["uji@example.go.id"]
    assert office.letters[0][1]["Subject"]
    assert hr.post(f"{made.location}/start").status_code == 302
    found = app.extensions[EXTENSION]["settings"]
    assert port.run_next(found, databases, {send_mail.KIND: send_mail.run})
    assert len(office.letters) == 8
    assert newest(databases).state == "done"
    assert "7 of 7" in hr.get(f"{made.location}?lang=en").text


def test_a_letter_to_few_or_to_no_unit_is_refused_with_the_cure(
    hr: FlaskClient, databases: Databases, cycle: Cycle
) -> None:
    address = f"/staff/hr/cycles/{cycle.public_id}/mail/new?lang=en"
    nobody = hr.post(address, data={"kind": "reminder", "scope": "some"})
    assert nobody.status_code == 422
    assert "Choose at least one unit" in nobody.text
    with transaction(databases.people) as people:
        unit = make_unit(people, "SEPI", "Unit sepi")
    few = hr.post(address, data={"kind": "reminder", "scope": "some", "unit": unit.public_id})
    assert few.status_code == 422
    assert "Choose more units" in few.text


def test_a_letter_is_paused_and_cancelled(
    hr: FlaskClient, databases: Databases, cycle: Cycle, office: PostOffice
) -> None:
    wave = hr.post(
        f"/staff/hr/cycles/{cycle.public_id}/mail/new", data={"kind": "reminder", "scope": "all"}
    ).location
    later = {"start": "2090-01-02T08:30"}
    hr.post(f"{wave}/start", data=later)
    for step, state in (("pause", "paused"), ("cancel", "cancelled")):
        assert hr.post(f"{wave}/{step}").status_code == 302
        assert newest(databases).state == state
    assert hr.post(f"{wave}/start").status_code == 409
    assert hr.post(f"{wave}/burn").status_code == 404
    assert office.letters == []


def test_an_address_that_bounced_is_listed_and_mended(
    hr: FlaskClient, databases: Databases, cycle: Cycle
) -> None:
    with reading(databases.people) as people:
        person = people.scalars(select(Employee).limit(1)).one()
    text = f"Undeliverable: <{str(person.email).upper()}>; nobody@example.com failed"
    told = hr.post("/staff/hr/mail/refused?lang=en", data={"addresses": text}, follow_redirects=True).text
    assert "nobody@example.com" in told
    assert person.name in told
    wrong = hr.post(f"/staff/hr/mail/refused/{person.public_id}?lang=en", data={"address": "no address"})
    assert wrong.status_code == 422
    assert "This is no e-mail address" in wrong.text
    mended = hr.post(
        f"/staff/hr/mail/refused/{person.public_id}?lang=en",
        data={"address": "baru@example.go.id"},
        follow_redirects=True,
    ).text
    assert person.name not in mended
    with reading(databases.people) as people:
        assert people.get_one(Employee, person.id).email == "baru@example.go.id"


def test_without_a_mail_server_the_page_says_whom_to_ask(hr: FlaskClient, cycle: Cycle) -> None:
    assert "CERMIN_SMTP_HOST" in hr.get(f"/staff/hr/cycles/{cycle.public_id}/mail?lang=en").text
