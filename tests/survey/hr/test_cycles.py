"""HR's way through a cycle, from plan to release, through the Flask client on both databases."""

import re
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from protocol import manifest
from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.exceptions import CycleNotOpen
from survey.jobs import port, runner
from survey.models.assignments import Assignment
from survey.models.audit import AuditEvent
from survey.models.cycles import Cycle, Subject
from survey.models.people import Employee, Unit
from survey.services.accounts import accounts
from survey.services.auditing.public_log import PUBLIC_ACTIONS
from survey.services.cycles import cycles
from survey.services.papers import distribution, paper_office
from tests.conftest import PASSWORD, sign_in
from tests.factories import TODAY, answer, assign, close, code_for, make_team, make_unit, open_cycle, plan
from tests.printed import read_pdf

BY_STAFF = AuditEvent.action.not_in(PUBLIC_ACTIONS)
FORM = {
    "name": "Semester II 2026",
    "purpose": "development",
    "opens_on": "2020-01-01",
    "closes_on": "2090-12-31",
    "questionnaire_self": "berakhlak_short",
    "questionnaire_supervisor": "berakhlak_short",
    "questionnaire_peer": "berakhlak_short",
    "questionnaire_subordinate": "berakhlak_short",
    "questionnaire_partner": "",
    "weight_supervisor": "60",
    "weight_peer": "20",
    "weight_subordinate": "20",
    "weight_partner": "0",
    "mode": "server_key",
    "minimum_group_size": "5",
    "minimum_reliability": "0.50",
    "weight_cap": "60",
    "chooses_raters": "chart",
    "peers_wanted": "9",
    "subordinates_wanted": "10",
    "load_cap": "12",
    "contact_months": "3",
}


@pytest.fixture
def team(databases: Databases) -> list[Employee]:
    with transaction(databases.people) as session:
        return make_team(session, make_unit(session), 7)


def actions(databases: Databases) -> list[str]:
    with reading(databases.people) as people:
        return list(people.scalars(select(AuditEvent.action).where(BY_STAFF).order_by(AuditEvent.id)))


def state(databases: Databases) -> str:
    with reading(databases.people) as people:
        return people.scalars(select(Cycle.state)).one()


@pytest.mark.db
def test_hr_takes_a_cycle_from_plan_to_release(
    hr: FlaskClient, databases: Databases, settings: Settings, team: list[Employee]
) -> None:
    made = hr.post("/staff/hr/cycles/new", data=FORM)
    assert made.status_code == 302
    page = made.location
    assert "Tentukan penilai dari bagan organisasi" in hr.get(page).text

    assign(hr, settings, databases, page)
    assigned = hr.get(page).text
    assert "8 penilai diminta menilai 8 pegawai" in assigned
    assert hr.get(f"{page}/open").status_code == 200

    hr.post(f"{page}/open")
    assert state(databases) == "opening"
    assert "Periode sedang dibuka" in hr.get(page).text
    assert port.run_next(settings, databases, runner.WORKS)
    assert state(databases) == "open"
    with reading(databases.people) as people:
        cycle = people.scalars(select(Cycle)).one()
    for place, rater in enumerate(team):
        answer(databases, cycle, rater, lambda key, item: 3 + (len(key + item) + place) % 3, f"Teks {place}")  # noqa: B023
    assert "100%" in hr.get(page).text

    closing = hr.post(f"{page}/close").location
    waiting = hr.get(closing).text
    assert '<meta http-equiv="refresh" content="2">' in waiting
    assert port.run_next(settings, databases, runner.WORKS)
    done = hr.get(closing).text
    assert "http-equiv" not in done
    assert state(databases) == "tallied"

    assert hr.get(f"{page}/quality").status_code == 200
    assert hr.get(f"{page}/results").status_code == 409  # nobody judges the measurement by its results
    assert hr.post(f"{page}/quality", data={"reason": " "}).status_code == 422
    hr.post(f"{page}/quality", data={"reason": "Cukup andal untuk pengembangan"})
    assert state(databases) == "reviewed"
    assert hr.post(f"{page}/quality", data={"reason": "Sekali lagi, cukup andal"}).status_code == 409
    assert "Cukup andal untuk pengembangan" in hr.get(page).text
    assert hr.get(f"{page}/results").status_code == 200
    assert hr.get(f"{page}/release").status_code == 200
    hr.post(f"{page}/release")
    assert state(databases) == "released"
    assert actions(databases) == [
        "cycle.create",
        "cycle.assign",
        "cycle.open",
        "cycle.close",
        "cycle.review",
        "cycle.release",
    ]


def test_every_page_of_a_cycle_speaks_english_too(
    hr: FlaskClient, databases: Databases, settings: Settings, team: list[Employee]
) -> None:
    cycle = open_cycle(databases, settings)
    page = f"/staff/hr/cycles/{cycle.public_id}"
    assert "8 raters can answer until" in hr.get(f"{page}?lang=en").text
    assert "Closing cannot be undone" in hr.get(f"{page}/close").text


def test_without_people_hr_is_sent_to_bring_them_in_first(hr: FlaskClient) -> None:
    page = hr.get("/staff/hr/").text
    assert 'class="button" href="/staff/hr/people"' in page
    assert "/staff/hr/cycles/new" not in page


def test_with_people_and_no_cycle_hr_is_led_to_the_first_one(hr: FlaskClient, team: list[Employee]) -> None:
    assert 'class="button" href="/staff/hr/cycles/new"' in hr.get("/staff/hr/").text


def test_a_new_cycle_begins_with_good_values(hr: FlaskClient) -> None:
    page = hr.get("/staff/hr/cycles/new").text
    assert re.search(r'value="development" checked', page)
    assert [re.search(rf'name="{name}"[^>]* value="(\d+)"', page, re.S).group(1) for name in (  # type: ignore[union-attr]
        "weight_supervisor", "weight_peer", "weight_subordinate", "minimum_group_size", "weight_cap")] == [
        "60", "20", "20", "5", "60"]  # fmt: skip
    assert page.count('value="berakhlak_short" selected') == 4
    assert "bukan aturan nasional" in page


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("name", "  ", "Tulis nama"),
        ("closes_on", "2019-10-01", "sudah lewat"),
        ("closes_on", "21 November", "Tulis tanggal"),
        ("weight_peer", "-20", "0 sampai 100"),
        ("weight_subordinate", "30", "berjumlah 110"),
        ("weight_partner", "10", "tidak dimintai"),
        ("minimum_group_size", "2", "3 atau lebih"),
        ("minimum_group_size", "lima", "bilangan bulat"),
        ("minimum_group_size", "9" * 30, "paling besar"),
        ("minimum_reliability", "1", "di bawah 1"),
        ("minimum_reliability", "NaN", "di bawah 1"),
        ("weight_cap", "100", "1 sampai 99"),
        ("questionnaire_subordinate", "pp30_behaviour", "perilaku yang sama"),
    ],
)
def test_a_wrong_value_is_told_at_its_field_and_nothing_typed_is_lost(
    hr: FlaskClient, databases: Databases, field: str, typed: str, words: str
) -> None:
    answer = hr.post("/staff/hr/cycles/new", data=FORM | {"name": "Nama unik", field: typed})
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    error = re.search(rf'id="{field}-error">(.*?)</p>', answer.text, re.S)
    assert error and words in error.group(1)
    assert field == "name" or 'value="Nama unik"' in answer.text
    with reading(databases.people) as people:
        assert people.scalar(select(func.count()).select_from(Cycle)) == 0


def test_a_cycle_without_any_weight_of_peers_or_subordinates_is_refused(hr: FlaskClient) -> None:
    weights = {"weight_supervisor": "100", "weight_peer": "0", "weight_subordinate": "0"}
    answer = hr.post("/staff/hr/cycles/new", data=FORM | weights)
    assert answer.status_code == 422
    assert 'href="#weight_peer"' in answer.text


def test_two_cycles_cannot_have_one_name(hr: FlaskClient) -> None:
    hr.post("/staff/hr/cycles/new", data=FORM)
    assert "sudah dipakai periode penilaian lain" in hr.post("/staff/hr/cycles/new", data=FORM).text


def test_a_reliability_may_be_typed_with_a_comma(hr: FlaskClient, databases: Databases) -> None:
    assert hr.post("/staff/hr/cycles/new", data=FORM | {"minimum_reliability": "0,6"}).status_code == 302
    with reading(databases.people) as people:
        assert people.scalars(select(Cycle.minimum_reliability)).one() == 0.6


def test_a_cycle_over_one_unit_includes_the_units_below_it(
    hr: FlaskClient, databases: Databases, settings: Settings
) -> None:
    with transaction(databases.people) as session:
        office = make_unit(session)
        below = Unit(code="PKM", name="Puskesmas", parent_id=office.id)
        session.add(below)
        other = make_unit(session, "DISHUB", "Dinas Perhubungan")
        session.flush()
        wanted = make_team(session, office, 2) + make_team(session, below, 2, first=10)
        make_team(session, other, 2, first=20)
        cycle = cycles.create_cycle(session, plan())
    page = f"/staff/hr/cycles/{cycle.public_id}"
    assign(hr, settings, databases, page, scope="some", unit=office.public_id)
    with reading(databases.people) as people:
        assert set(people.scalars(select(Subject.employee_id))) == {person.id for person in wanted}


def test_choosing_no_unit_at_all_is_told(hr: FlaskClient, databases: Databases, team: list[Employee]) -> None:
    with transaction(databases.people) as session:
        cycle = cycles.create_cycle(session, plan())
    answer = hr.post(f"/staff/hr/cycles/{cycle.public_id}/assign", data={"scope": "some"})
    assert answer.status_code == 422
    assert state(databases) == "draft"


def test_groups_that_stay_too_small_are_told_before_opening(
    hr: FlaskClient, databases: Databases, settings: Settings
) -> None:
    with transaction(databases.people) as session:
        make_team(session, make_unit(session), 3)
        cycle = cycles.create_cycle(session, plan())
    page = f"/staff/hr/cycles/{cycle.public_id}"
    assign(hr, settings, databases, page)
    text = hr.get(page).text
    assert "4 dari 4 pegawai" in text
    assert "bobotnya beralih ke kelompok lain" in text


def test_a_cycle_with_nobody_to_ask_cannot_be_opened(hr: FlaskClient, databases: Databases) -> None:
    with transaction(databases.people) as session:
        cycle = cycles.create_cycle(session, plan())
        cycles.advance(session, cycle, "assign")
    page = f"/staff/hr/cycles/{cycle.public_id}"
    assert hr.post(f"{page}/open").status_code == 200
    assert state(databases) == "assigned"


def test_a_step_out_of_turn_gets_a_kind_page(hr: FlaskClient, databases: Databases) -> None:
    with transaction(databases.people) as session:
        cycle = cycles.create_cycle(session, plan())
    page = f"/staff/hr/cycles/{cycle.public_id}"
    for step in ("open", "close", "release"):
        assert hr.get(f"{page}/{step}").status_code == 409
        assert hr.post(f"{page}/{step}").status_code == 409
    for place in ("quality", "results", "appraisals.csv"):
        assert hr.get(f"{page}/{place}").status_code == 409
    assert hr.get(f"{page}/slips").status_code == 410
    assert state(databases) == "draft"


def test_opening_twice_keeps_the_box_and_its_key(
    hr: FlaskClient, databases: Databases, settings: Settings, team: list[Employee]
) -> None:
    cycle = open_cycle(databases, settings)
    keys = {path: path.read_bytes() for path in settings.key_directory.iterdir()}
    assert hr.post(f"/staff/hr/cycles/{cycle.public_id}/open").status_code == 409
    assert {path: path.read_bytes() for path in settings.key_directory.iterdir()} == keys


def test_closing_that_failed_can_be_tried_again(
    hr: FlaskClient, databases: Databases, settings: Settings, team: list[Employee]
) -> None:
    cycle = open_cycle(databases, settings)
    page = f"/staff/hr/cycles/{cycle.public_id}"
    hr.post(f"{page}/close")

    def break_down(_settings: Settings, _databases: Databases, _argument: str, report: port.Report) -> None:
        report("count", 3, 6)
        raise OSError("disk full")

    port.run_next(settings, databases, {"close-cycle": break_down})
    failed = hr.get(f"{page}/closing").text
    assert "Coba lagi" in failed and "OSError" in failed and "http-equiv" not in failed
    assert "disk full" not in failed
    hr.post(f"{page}/close")
    assert port.run_next(settings, databases, runner.WORKS)
    assert state(databases) == "tallied"


def test_new_slips_work_and_make_earlier_codes_worthless(
    hr: FlaskClient, databases: Databases, settings: Settings, team: list[Employee]
) -> None:
    cycle = open_cycle(databases, settings)
    earlier = code_for(databases, cycle, team[2])
    with reading(databases.people) as people:
        unit = people.scalars(select(Unit.public_id)).one()
    listed = hr.get(f"/staff/hr/cycles/{cycle.public_id}/slips").text
    assert "8 lembar" in listed
    page = read_pdf(hr.post(f"/staff/hr/cycles/{cycle.public_id}/slips/{unit}").data)
    rules_code = manifest.manifest_code(cycle.manifest.encode())
    codes = [code for code in re.findall(r"\w{4}(?:-\w{4}){3}", page) if code != rules_code]
    assert len(set(codes)) == 8
    assert page.count(rules_code) == 8
    with reading(databases.people) as people:
        assert {paper_office.papers_of(people, code, TODAY).rater for code in codes} == {
            each.name for each in team
        }
    assert hr.application.test_client().post("/i/papers", data={"secret": earlier}).status_code == 404
    assert actions(databases)[-1] == "slips.print"


def test_no_code_of_a_slip_is_kept_in_the_audit_trail(
    hr: FlaskClient, databases: Databases, settings: Settings, team: list[Employee]
) -> None:
    cycle = open_cycle(databases, settings)
    with reading(databases.people) as people:
        unit = people.scalars(select(Unit)).one()
    hr.post(f"/staff/hr/cycles/{cycle.public_id}/slips/{unit.public_id}")
    with reading(databases.people) as people:
        event = people.scalars(select(AuditEvent).where(BY_STAFF)).one()
    assert event.detail == {"unit": "DINKES", "slips": 8}


def step_going_on(page: str) -> str:
    [found] = re.findall(r'<li aria-current="step">(.*?)</li>', page)
    return found


def test_an_open_cycle_is_not_ticked_as_waited_for_and_a_closed_one_tells_its_day(
    client: FlaskClient, hr: FlaskClient, databases: Databases, settings: Settings, team: list[Employee]
) -> None:
    cycle = open_cycle(databases, settings)
    page, public = f"/staff/hr/cycles/{cycle.public_id}", f"/cycles/{cycle.public_id}"
    assert step_going_on(hr.get(page).text) == "Buka dan tunggu"
    assert "Ditutup setelah" in client.get(public).text
    close(databases, settings, cycle)
    assert "Ditutup setelah" not in client.get(public).text
    for shown in (hr.get(page).text, client.get(public).text):
        found = re.search(r"<dt>Ditutup pada</dt><dd>([^<]+)</dd>", shown)
        assert found and re.fullmatch(r"\d+ \w+ \d{4}", found[1])


def test_while_keys_are_counted_no_bar_claims_that_there_is_one(
    hr: FlaskClient, databases: Databases, team: list[Employee]
) -> None:
    with transaction(databases.people) as people:
        cycle = cycles.create_cycle(people, plan())
        cycles.advance(people, cycle, "assign")
        cycles.advance(people, cycle, "freeze")
    page = hr.get(f"/staff/hr/cycles/{cycle.public_id}").text
    assert "dari 1<" not in page
    assert "sedang dihitung" in page


def test_slips_of_a_closed_cycle_are_not_made(
    databases: Databases, settings: Settings, team: list[Employee]
) -> None:
    cycle = open_cycle(databases, settings)
    with transaction(databases.people) as people:
        found = people.get_one(Cycle, cycle.id)
        cycles.advance(people, found, "close")
        with pytest.raises(CycleNotOpen):
            distribution.issue_slips(people, found, team[0].unit_id, TODAY)


def test_an_employee_cannot_open_pages_of_hr(
    app: Flask, databases: Databases, settings: Settings, team: list[Employee]
) -> None:
    cycle = open_cycle(databases, settings)
    with transaction(databases.people) as people:
        accounts.create_account(people, "budi", PASSWORD, ("employee",), team[1].id)
    employee = sign_in(app, "budi")
    page = f"/staff/hr/cycles/{cycle.public_id}"
    places = ("", "/assign", "/open", "/close", "/closing", "/slips", "/quality", "/results", "/release",
              "/appraisals.csv", "/appraisals.xlsx")  # fmt: skip
    for place in ("/staff/hr/", "/staff/hr/cycles/new", *(page + place for place in places)):
        assert employee.get(place).status_code == 403, place
    for place in ("/assign", "/open", "/close", "/release", "/slips/x"):
        assert employee.post(page + place).status_code == 403, place
    assert app.test_client().get(page).status_code == 302


def test_the_page_of_a_cycle_takes_as_many_statements_for_many_subjects_as_for_few(
    hr: FlaskClient, databases: Databases, count_statements, settings: Settings
) -> None:
    counts = []
    for round_, members in enumerate((4, 12)):
        with transaction(databases.people) as session:
            unit = make_unit(session, f"U{round_}", f"Unit {round_}")
            make_team(session, unit, members, first=1 + 20 * round_)
            cycle = cycles.create_cycle(session, plan(f"Periode penilaian {round_}"))
        page = f"/staff/hr/cycles/{cycle.public_id}"
        assign(hr, settings, databases, page)
        with count_statements(databases.people) as counted:
            hr.get(page)
        counts.append(counted())
    assert counts[0] == counts[1] <= 18


def test_dates_of_a_new_cycle_run_three_weeks_from_today(hr: FlaskClient) -> None:
    page = hr.get("/staff/hr/cycles/new").text
    first, last = (
        date.fromisoformat(re.search(rf'name="{name}"[^>]* value="([^"]+)"', page, re.S).group(1))  # type: ignore[union-attr]
        for name in ("opens_on", "closes_on")
    )
    assert (last - first).days == 21


def test_raters_of_a_cycle_are_those_of_the_chart(
    hr: FlaskClient, databases: Databases, team: list[Employee], settings: Settings
) -> None:
    hr.post("/staff/hr/cycles/new", data=FORM)
    with reading(databases.people) as people:
        page = f"/staff/hr/cycles/{people.scalars(select(Cycle.public_id)).one()}"
    assign(hr, settings, databases, page)
    with reading(databases.people) as people:
        groups = dict(
            people.execute(
                select(Assignment.rater_group, func.count()).group_by(Assignment.rater_group)
            ).all()
        )
    assert groups == {"self": 8, "supervisor": 7, "peer": 42, "subordinate": 7}


def test_a_count_that_broke_off_outside_the_pages_can_be_taken_up_again(
    hr: FlaskClient, databases: Databases, settings: Settings, team: list[Employee]
) -> None:
    cycle = open_cycle(databases, settings)
    with transaction(databases.people) as people:
        cycles.advance(people, cycles.find_cycle(people, cycle.public_id), "close")
    page = f"/staff/hr/cycles/{cycle.public_id}"
    assert f'action="{page}/close"' in hr.get(page).text
    hr.post(f"{page}/close")
    assert f'href="{page}/closing"' in hr.get(page).text
    assert port.run_next(settings, databases, runner.WORKS)
    assert state(databases) == "tallied"


def test_the_last_day_can_be_moved_later_and_never_earlier(
    hr: FlaskClient, databases: Databases, settings: Settings
) -> None:
    with transaction(databases.people) as people:
        make_team(people, make_unit(people), 6)
    cycle = open_cycle(databases, settings)
    with transaction(databases.people) as people:
        people.get_one(Cycle, cycle.id).closes_on = date(2026, 11, 20)
    address = f"/staff/hr/cycles/{cycle.public_id}"
    assert "Hari terakhir sudah lewat" in hr.get(address).text
    with transaction(databases.people) as people, pytest.raises(CycleNotOpen):
        late = people.get_one(Cycle, cycle.id)
        distribution.issue_own_code(people, late, 1, TODAY)
    refused = hr.post(f"{address}/extend", data={"closes_on": "2026-11-19"})
    assert refused.status_code == 422
    assert "Pilih hari setelah hari terakhir" in refused.text
    assert hr.post(f"{address}/extend", data={"closes_on": "2026-12-05"}).status_code == 302
    assert "sampai 5 Desember 2026" in hr.get(address).text
    assert actions(databases)[-1] == "cycle.extend"


def test_fewer_than_five_need_a_written_decision_that_raters_see(
    hr: FlaskClient, databases: Databases, settings: Settings
) -> None:
    refused = hr.post("/staff/hr/cycles/new", data=FORM | {"minimum_group_size": "3"})
    assert refused.status_code == 422
    assert "keputusan tertulis" in refused.text
    decision = "Keputusan Sekda 12/2026"
    made = hr.post(
        "/staff/hr/cycles/new", data=FORM | {"minimum_group_size": "3", "minimum_decision": decision}
    )
    assert decision in hr.get(made.location).text


def test_a_cycle_that_nobody_was_asked_in_can_be_discarded_and_no_other(
    hr: FlaskClient, databases: Databases, settings: Settings
) -> None:
    with transaction(databases.people) as people:
        make_team(people, make_unit(people), 6)
    address = hr.post("/staff/hr/cycles/new", data=FORM).location
    assign(hr, settings, databases, address)
    assert "Buang" in hr.get(f"{address}/discard").text
    assert hr.post(f"{address}/discard").status_code == 302
    assert hr.get(address).status_code == 404
    assert hr.post("/staff/hr/cycles/new", data=FORM).status_code == 302
    opened = open_cycle(databases, settings)
    assert hr.post(f"/staff/hr/cycles/{opened.public_id}/discard").status_code == 409
    assert actions(databases).count("cycle.discard") == 1


def test_new_slips_are_confirmed_first(hr: FlaskClient, databases: Databases, settings: Settings) -> None:
    with transaction(databases.people) as people:
        unit = make_unit(people)
        team = make_team(people, unit, 6)
    cycle = open_cycle(databases, settings)
    code = code_for(databases, cycle, team[1])
    page = hr.get(f"/staff/hr/cycles/{cycle.public_id}/slips/{unit.public_id}").text
    assert "Sebelum mencetak" in page
    assert hr.application.test_client().post("/i/papers", data={"secret": code}).status_code == 200
