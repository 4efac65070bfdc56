"""The employee's pages: own questionnaires and own results."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.models.accounts import Grant
from survey.models.appraisals import Appraisal, ScaleComposite, ScaleScore
from survey.models.people import Employee
from survey.services.accounts import accounts
from tests.conftest import PASSWORD, sign_in
from tests.factories import code_for, make_team, make_unit, open_cycle
from tests.survey.results import Counted, counted, release


@pytest.fixture
def done(databases: Databases, settings: Settings) -> Counted:
    found = counted(databases, settings)
    release(databases, found.cycle)
    return found


def as_employee(app: Flask, databases: Databases, employee: Employee) -> FlaskClient:
    with transaction(databases.people) as people:
        accounts.create_account(people, employee.name, PASSWORD, ("employee",), employee.id)
    return sign_in(app, employee.name)


def report_address(databases: Databases, employee: Employee) -> str:
    with reading(databases.people) as people:
        name = people.scalars(select(Appraisal.public_id).where(Appraisal.employee_id == employee.id)).one()
    return f"/staff/me/appraisals/{name}"


def words_of(text: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", text[text.index("<main") :]).split())


def test_an_employee_with_nothing_to_do_is_told_what_comes(app: Flask, databases: Databases) -> None:
    with transaction(databases.people) as people:
        [employee] = make_team(people, make_unit(people), 0)
    text = as_employee(app, databases, employee).get("/staff/me/").text
    assert "Belum ada yang perlu dijawab" in text
    assert "Belum ada hasil" in text


@pytest.mark.db
def test_an_employee_fetches_a_code_that_opens_the_own_questionnaires(
    app: Flask, databases: Databases, settings: Settings
) -> None:
    with transaction(databases.people) as people:
        team = make_team(people, make_unit(people), 6)
    cycle = open_cycle(databases, settings)
    earlier = code_for(databases, cycle, team[1])
    employee = as_employee(app, databases, team[1])
    assert "diminta menilai 7 orang" in words_of(employee.get("/staff/me/").text)
    page = employee.post(f"/staff/me/cycles/{cycle.public_id}/code").text
    code = re.search(r'class="receipt">([^<]+)<', page)
    assert code
    assert f'href="/i#{code.group(1)}"' in page
    rater = app.test_client()
    assert team[0].name in rater.post("/i/papers", data={"secret": code.group(1)}).text
    assert rater.post("/i/papers", data={"secret": earlier}).status_code == 404


def test_a_code_is_only_for_those_who_are_asked(app: Flask, databases: Databases, settings: Settings) -> None:
    with transaction(databases.people) as people:
        make_team(people, make_unit(people), 2)
    cycle = open_cycle(databases, settings)
    with transaction(databases.people) as people:
        [stranger] = make_team(people, make_unit(people, "B", "Lain"), 0, first=90)
    employee = as_employee(app, databases, stranger)
    assert employee.post(f"/staff/me/cycles/{cycle.public_id}/code").status_code == 404
    assert employee.post("/staff/me/cycles/unknown/code").status_code == 404


def test_a_get_fetches_no_code(app: Flask, databases: Databases, settings: Settings, done: Counted) -> None:
    employee = as_employee(app, databases, done.member)
    assert employee.get(f"/staff/me/cycles/{done.cycle.public_id}/code").status_code == 405
    assert employee.post(f"/staff/me/cycles/{done.cycle.public_id}/code").status_code == 410  # closed


def test_the_report_begins_with_a_sentence_and_shows_every_behaviour(
    app: Flask, databases: Databases, done: Counted
) -> None:
    employee = as_employee(app, databases, done.member)
    address = report_address(databases, done.member)
    assert f'href="{address}"' in employee.get("/staff/me/").text
    text = words_of(employee.get(address).text)
    assert text.index("Dari semua perilaku") < text.index("Berorientasi Pelayanan")
    assert "Lima rekan kerja memberi nilai rata-rata" in text
    assert "Bobot yang dipakai" in text and "Atasan 60%, Rekan kerja 40%." in text
    assert "tidak mencakup seberapa jauh satu orang bisa meleset: Atasan." in text


def test_the_sentence_gives_mean_and_interval(app: Flask, databases: Databases, done: Counted) -> None:
    with transaction(databases.people) as people:
        people.execute(
            update(ScaleScore)
            .where(ScaleScore.rater_group == "peer")
            .values(n=7, mean=4.1, standard_error=0.15)
        )
    text = words_of(as_employee(app, databases, done.member).get(report_address(databases, done.member)).text)
    # witness: 4.1 ± 1.96 x 0.15 = 3.806 and 4.394
    assert (
        "Tujuh rekan kerja memberi nilai rata-rata 4,1 dari 5; perkiraan wajarnya antara 3,8 dan 4,4." in text
    )


def test_a_hidden_group_leaks_no_number_into_the_page(
    app: Flask, databases: Databases, done: Counted
) -> None:
    with transaction(databases.people) as people:
        people.execute(
            update(ScaleScore)
            .where(ScaleScore.rater_group == "peer")
            .values(n=3, mean=2.7182, standard_error=0.3141)
        )
    page = as_employee(app, databases, done.member).get(report_address(databases, done.member)).text
    assert "belum mencapai 5" in page
    assert not any(number in page for number in ("2,71", "2,72", "2,7", "0,31"))
    assert "3 jawaban" not in page and "Tiga rekan kerja" not in page


def test_a_banded_mean_shows_neither_digits_nor_error(
    app: Flask, databases: Databases, done: Counted
) -> None:
    with transaction(databases.people) as people:
        people.execute(
            update(ScaleScore).where(ScaleScore.rater_group == "peer").values(mean=4.9, standard_error=0.7171)
        )
    text = words_of(as_employee(app, databases, done.member).get(report_address(databases, done.member)).text)
    assert "4,8 atau lebih" in text
    assert "sebesar 4,8 atau lebih hanya ditampilkan sebagai batas itu dan dihitung sebagai 4,9" in text
    assert text.count("4,9") == 1, "in that sentence alone"
    assert "0,72" not in text


def test_weights_are_rounded_half_up_too(app: Flask, databases: Databases, done: Counted) -> None:
    with transaction(databases.people) as people:
        people.execute(update(ScaleComposite).values(weights={"supervisor": 0.375, "peer": 0.625}))
    text = words_of(as_employee(app, databases, done.member).get(report_address(databases, done.member)).text)
    assert "Atasan 38%, Rekan kerja 63%." in text


def test_only_the_own_report_can_be_read(app: Flask, databases: Databases, done: Counted) -> None:
    employee = as_employee(app, databases, done.member)
    assert employee.get(report_address(databases, done.head)).status_code == 404
    assert employee.get("/staff/me/appraisals/unknown").status_code == 404


def test_before_release_the_report_says_not_yet(app: Flask, databases: Databases, settings: Settings) -> None:
    found = counted(databases, settings)
    employee = as_employee(app, databases, found.member)
    address = report_address(databases, found.member)
    assert address not in employee.get("/staff/me/").text
    text = words_of(employee.get(address).text)
    assert "Hasil Bapak/Ibu belum diumumkan" in text
    assert "dari 5" not in text


def test_an_unusable_figure_is_explained_without_blame(
    app: Flask, databases: Databases, done: Counted
) -> None:
    with transaction(databases.people) as people:
        people.execute(update(Appraisal).values(usable=False, reasons=["low_reliability"], reliability=0.3))
    text = words_of(as_employee(app, databases, done.member).get(report_address(databases, done.member)).text)
    assert "Angka ini tidak layak pakai" in text
    assert "Keandalannya di bawah 0,50" in text
    assert "bukan tentang Bapak/Ibu" in text


def test_groups_without_weight_are_told_apart_from_groups_too_small(
    app: Flask, databases: Databases, done: Counted
) -> None:
    with transaction(databases.people) as people:
        people.execute(
            update(Appraisal).values(
                usable=False, reasons=["no_weighted_group"], composite=None, standard_error=None, raters=None
            )
        )
    text = words_of(as_employee(app, databases, done.member).get(report_address(databases, done.member)).text)
    assert "Tidak ada angka gabungan" in text
    assert "tidak diberi bobot dalam periode penilaian ini" in text
    assert "cukup besar untuk ditampilkan" not in text


def test_words_of_others_are_escaped_and_in_alphabetical_order(
    app: Flask, databases: Databases, done: Counted
) -> None:
    page = as_employee(app, databases, done.member).get(report_address(databases, done.member)).text
    others = re.findall(r'<li class="words">([^<]+)</li>', page)[:5]
    assert others == sorted(others) == [f"Kalimat ke-{place}" for place in (2, 3, 4, 5, 6)]


def test_the_report_speaks_english_too(app: Flask, databases: Databases, done: Counted) -> None:
    employee = as_employee(app, databases, done.member)
    text = words_of(employee.get(report_address(databases, done.member) + "?lang=en").text)
    assert "Five peers gave a mean of" in text
    assert "Service-oriented" in text


def test_the_report_takes_the_same_number_of_statements_for_a_small_and_a_large_team(
    app: Flask, databases: Databases, settings: Settings, count_statements
) -> None:
    few = counted(databases, settings, members=2, silent=0, name="Kecil", code="A")
    many = counted(databases, settings, members=9, silent=0, name="Besar", first=50, code="B")
    counts = []
    for each in (few, many):
        release(databases, each.cycle)
        employee = as_employee(app, databases, each.member)
        with reading(databases.people) as people:
            name = people.scalars(
                select(Appraisal.public_id).where(
                    Appraisal.employee_id == each.member.id, Appraisal.cycle_id == each.cycle.id
                )
            ).one()
        with count_statements(databases.people) as statements:
            employee.get(f"/staff/me/appraisals/{name}")
        counts.append(statements())
    assert counts[0] == counts[1] <= 12


def test_hr_without_an_own_record_cannot_open_the_employees_pages(hr: FlaskClient) -> None:
    assert hr.get("/staff/me/").status_code == 403
    assert hr.get("/staff/me/appraisals/x").status_code == 403


def test_an_account_with_the_role_but_no_employee_has_no_pages(app: Flask, databases: Databases) -> None:
    with transaction(databases.people) as people:
        nobody = accounts.create_account(people, "nobody", PASSWORD, ())
        people.add(Grant(account_id=nobody.id, role="employee"))
    assert sign_in(app, "nobody").get("/staff/me/").status_code == 403


def test_without_signing_in_there_is_nothing(client: FlaskClient) -> None:
    assert client.get("/staff/me/").status_code == 302
