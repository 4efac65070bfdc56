"""HR names service partners of a planned cycle: a file, or a rule from unit to unit."""

import re
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.models.assignments import Assignment, PartnerPair
from survey.models.people import Employee
from tests.factories import assign, make_team, make_unit
from tests.survey.hr.test_cycles import FORM

WITH_PARTNERS = {"questionnaire_partner": "berakhlak_short", "weight_peer": "10", "weight_partner": "10"}


@pytest.fixture
def people(databases: Databases) -> tuple[list[Employee], list[Employee]]:
    with transaction(databases.people) as session:
        return (
            make_team(session, make_unit(session, "BKD", "Badan Keuangan"), 2),
            make_team(session, make_unit(session, "KEC", "Kecamatan"), 5, first=10),
        )


@pytest.fixture
def page(hr: FlaskClient, people: tuple[list[Employee], list[Employee]]) -> str:
    return str(hr.post("/staff/hr/cycles/new", data=FORM | WITH_PARTNERS).location)


def upload(hr: FlaskClient, page: str, text: str) -> object:
    file = (BytesIO(text.encode()), "mitra.csv")
    return hr.post(f"{page}/partners/pairs", data={"file": file}, content_type="multipart/form-data")


def units(hr: FlaskClient, page: str) -> dict[str, str]:
    shown = hr.get(f"{page}/partners").text
    return {name: key for key, name in re.findall(r'<option value="([\w-]+)"[^>]*>([^<]+)</option>', shown)}


def test_a_rule_becomes_raters_of_the_list(
    hr: FlaskClient, settings: Settings, databases: Databases, page: str
) -> None:
    known = units(hr, page)
    rule = {"subjects": known["Badan Keuangan"], "raters": known["Kecamatan"], "wanted": "5"}
    assert hr.post(f"{page}/partners/rules", data=rule).status_code == 302
    assert "Badan Keuangan" in hr.get(f"{page}/partners").text
    assign(hr, settings, databases, page)
    with reading(databases.people) as session:
        group = session.scalars(select(Assignment).where(Assignment.rater_group == "partner")).all()
    assert len(group) == 3 * 5
    assert "Mitra layanan" in hr.get(page).text
    assert hr.get(f"{page}/partners").status_code == 409


def test_a_rule_is_taken_out_and_an_impossible_one_told_at_its_field(hr: FlaskClient, page: str) -> None:
    known = units(hr, page)
    rule = {"subjects": known["Badan Keuangan"], "raters": known["Kecamatan"], "wanted": "5"}
    wrong = hr.post(f"{page}/partners/rules", data=rule | {"wanted": "4"})
    assert wrong.status_code == 422
    assert 'href="#wanted"' in wrong.text
    hr.post(f"{page}/partners/rules", data=rule)
    hr.post(f"{page}/partners/rules/{rule['subjects']}/{rule['raters']}/remove")
    assert "/remove" not in re.sub(r"partners/remove", "", hr.get(f"{page}/partners").text)


def test_a_wrong_file_is_refused_by_row_and_a_right_one_can_be_taken_out(
    hr: FlaskClient, databases: Databases, page: str, people: tuple[list[Employee], list[Employee]]
) -> None:
    subject, rater = people[0][1], people[1][1]
    refused = upload(hr, page, f"subject,partner\n{subject.number},{subject.number}\n")
    assert refused.status_code == 422  # type: ignore[attr-defined]
    assert "Baris 2" in refused.text  # type: ignore[attr-defined]
    upload(hr, page, f"subject,partner\n{subject.number},{rater.number}\n")
    shown = hr.get(f"{page}/partners").text
    assert subject.name in shown
    assert rater.name in shown
    hr.post(f"{page}/partners/remove")
    with reading(databases.people) as session:
        assert session.scalars(select(PartnerPair)).all() == []
