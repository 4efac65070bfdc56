"""The list of raters is asked for on a page and made by a job, with what stands in between."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.jobs import assign_raters, port
from survey.models.assignments import Assignment, ListRequest
from survey.models.audit import AuditEvent
from survey.models.cycles import Cycle, Subject
from survey.models.nominations import Nomination
from survey.models.people import Employee
from survey.services.cycles import cycles
from survey.services.raters import assignments, list_making, nominations
from tests.factories import assign, make_team, make_unit, plan
from tests.survey.hr.test_cycles import FORM

WORKS: dict[str, port.Work] = {assign_raters.KIND: assign_raters.run}


@pytest.fixture
def page(hr: FlaskClient, databases: Databases) -> str:
    with transaction(databases.people) as session:
        make_team(session, make_unit(session), 7)
    return str(hr.post("/staff/hr/cycles/new", data=FORM).location)


def found(databases: Databases, model: type) -> int:
    with reading(databases.people) as people:
        return people.scalar(select(func.count()).select_from(model)) or 0


def state(databases: Databases) -> str:
    with reading(databases.people) as people:
        return people.scalars(select(Cycle.state)).one()


@pytest.mark.db
def test_the_page_shows_how_far_the_list_is_until_it_stands(
    hr: FlaskClient, databases: Databases, settings: Settings, page: str
) -> None:
    assert hr.post(f"{page}/assign", data={"scope": "all"}).status_code == 302
    waiting = hr.get(f"{page}?lang=en").text
    assert '<meta http-equiv="refresh" content="2">' in waiting
    assert "Raters are being assigned" in waiting
    assert "Waiting for its turn" in waiting
    assert (state(databases), found(databases, Assignment)) == ("draft", 0)
    assert port.run_next(settings, databases, WORKS)
    assert (state(databases), found(databases, Subject), found(databases, ListRequest)) == ("assigned", 8, 0)
    done = hr.get(page).text
    assert "http-equiv" not in done
    with reading(databases.people) as people:
        acts = people.execute(
            select(AuditEvent.account_id, AuditEvent.detail).where(AuditEvent.action == "cycle.assign")
        ).all()
    assert [(act.account_id is not None, act.detail["papers"]) for act in acts] == [(True, 64)]


def test_a_list_that_broke_off_is_taken_up_again_and_changes_nothing_until_then(
    hr: FlaskClient, databases: Databases, settings: Settings, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assign(hr, settings, databases, page)
    with reading(databases.people) as people:
        before = set(people.execute(select(Assignment.subject_id, Assignment.rater_id)).all())
    hr.post(f"{page}/assign", data={"scope": "all"})
    real = assignments._store
    with monkeypatch.context() as broken:
        broken.setattr(assignments, "_store", lambda *_: 1 / 0)
        assert port.run_next(settings, databases, WORKS)
    stopped = hr.get(page).text
    assert "ZeroDivisionError" in stopped
    assert "http-equiv" not in stopped
    assert assignments._store is real
    with reading(databases.people) as people:
        assert set(people.execute(select(Assignment.subject_id, Assignment.rater_id)).all()) == before
    assign(hr, settings, databases, page, scope="as_asked")
    assert found(databases, ListRequest) == 0


def test_run_again_after_it_was_done_the_job_changes_nothing(
    hr: FlaskClient, databases: Databases, settings: Settings, page: str
) -> None:
    assign(hr, settings, databases, page)
    with reading(databases.people) as people:
        cycle = people.scalars(select(Cycle)).one()
        keys = set(people.scalars(select(Subject.key)))
    assign_raters.run(settings, databases, cycle.public_id, lambda *_: None)
    with reading(databases.people) as people:
        assert set(people.scalars(select(Subject.key))) == keys


@pytest.mark.parametrize("step", ["replan", "plan"])
def test_the_way_back_takes_the_request_away_while_the_job_works(
    hr: FlaskClient,
    databases: Databases,
    settings: Settings,
    page: str,
    step: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if step == "replan":
        assign(hr, settings, databases, page)
    hr.post(f"{page}/assign", data={"scope": "all"})
    real = list_making.propose

    def meanwhile(*given: object) -> object:
        assert hr.post(f"{page}/{step}", data=FORM).status_code == 302
        return real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(list_making, "propose", meanwhile)
    assert port.run_next(settings, databases, WORKS)
    assert (state(databases), found(databases, Assignment)) == ("draft", 0)


def test_another_choice_made_meanwhile_is_the_one_that_is_stored(
    hr: FlaskClient, databases: Databases, settings: Settings, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction(databases.people) as session:
        other = make_unit(session, "DISHUB", "Dinas Perhubungan")
        make_team(session, other, 3, first=50)
    hr.post(f"{page}/assign", data={"scope": "all"})
    real, looks = list_making.propose, []

    def meanwhile(*given: object) -> object:
        looks.append(1)
        if len(looks) == 1:
            hr.post(f"{page}/assign", data={"scope": "some", "unit": other.public_id})
        return real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(list_making, "propose", meanwhile)
    assert port.run_next(settings, databases, WORKS)
    assert (len(looks), found(databases, Subject)) == (2, 4)


def test_nothing_opens_and_nobody_names_peers_while_a_list_is_made(
    hr: FlaskClient, databases: Databases, settings: Settings, page: str
) -> None:
    hr.post(f"{page}/assign", data={"scope": "all"})
    assert hr.post(f"{page}/nominate", data={"scope": "all"}).status_code == 409
    assert port.run_next(settings, databases, WORKS)
    hr.post(f"{page}/assign", data={"scope": "all"})
    assert hr.post(f"{page}/open").status_code == 409
    assert state(databases) == "assigned"


@pytest.mark.db
def test_a_list_over_those_who_named_peers_is_about_them_alone_however_often_it_is_begun(
    hr: FlaskClient, databases: Databases, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction(databases.people) as session:
        unit, other = make_unit(session), make_unit(session, "DISHUB", "Dinas Perhubungan")
        named = {person.id for person in make_team(session, unit, 7)}
        make_team(session, other, 7, first=50)
        cycle = cycles.create_cycle(session, plan())
        nominations.begin(session, cycle, 1, {unit.id})
    page = f"/staff/hr/cycles/{cycle.public_id}"
    hr.post(f"{page}/assign", data={"scope": "named"})
    with monkeypatch.context() as broken:
        broken.setattr(list_making, "keep", lambda *_: 1 / 0)
        assert port.run_next(settings, databases, WORKS)
    assign(hr, settings, databases, page, scope="as_asked")
    with reading(databases.people) as people:
        assert set(people.scalars(select(Subject.employee_id))) == named
        assert people.scalars(select(Nomination)).all() == []


def test_who_cannot_be_rated_by_enough_is_listed_with_the_reason(
    hr: FlaskClient, databases: Databases, settings: Settings
) -> None:
    with transaction(databases.people) as session:
        make_team(session, make_unit(session), 3)
        cycle = cycles.create_cycle(session, plan())
        names = list(session.scalars(select(Employee.name)))
    page = f"/staff/hr/cycles/{cycle.public_id}"
    assign(hr, settings, databases, page)
    assert f'href="{page}/feasibility?show=never"' in hr.get(page).text
    listed = hr.get(f"{page}/feasibility?show=never&lang=en").text
    assert all(name in listed for name in names)
    assert "too few colleagues" in listed
