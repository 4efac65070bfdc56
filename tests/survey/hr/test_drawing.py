"""Drawn codes: printed for untaken papers, one for one, without a rater; answered with like personal ones."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select

from protocol import manifest
from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.exceptions import DrawnCodeUsed, PaperTaken, PaperVoid, TooFewToDraw
from survey.models.assignments import Assignment
from survey.models.audit import AuditEvent
from survey.models.ballots import SpooledBallot
from survey.models.cycles import Cycle
from survey.models.invitations import DrawnCode, Paper
from survey.models.people import Employee, Unit
from survey.models.protocol import Scope
from survey.models.vault import Receipt
from survey.services.accounts.access import WHOLE_CITY
from survey.services.cycles import cycles
from survey.services.papers import distribution, drawing, paper_office
from tests.devices import Device
from tests.factories import TODAY, answer, close, code_for, make_team, make_unit, open_cycle
from tests.printed import catalogue_of, links_of, read_pdf
from tests.survey.respond.test_views import paper_form

CODE = re.compile(r"\b\w{4}(?:-\w{4}){3}\b")


def codes_in(data: bytes, cycle: Cycle) -> list[str]:
    """The codes of a printed file, without that of the cycle's rules, which looks like one."""
    rules_code = manifest.manifest_code(cycle.manifest.encode())
    return [code for code in CODE.findall(read_pdf(data)) if code != rules_code]


@pytest.fixture
def team(databases: Databases) -> list[Employee]:
    """A head and seven members: six peers of the last one are asked about each."""
    with transaction(databases.people) as session:
        return make_team(session, make_unit(session), 7)


@pytest.fixture
def cycle(databases: Databases, settings: Settings, team: list[Employee]) -> Cycle:
    return open_cycle(databases, settings)


def printed(databases: Databases, cycle: Cycle, subject: Employee, group: str = "peer") -> drawing.Sheet:
    """Codes for one scope, as HR prints them."""
    with transaction(databases.people) as people:
        found = people.get_one(Cycle, cycle.id)
        scope = drawing.find_scope(people, found, subject.unit_id, subject.public_id, group, TODAY)
        return drawing.print_codes(people, found, scope, TODAY)


def place_of(databases: Databases, cycle: Cycle, subject: Employee) -> str:
    """The address of the scope of a subject's peers."""
    with reading(databases.people) as people:
        unit = people.scalars(select(Unit.public_id).where(Unit.id == subject.unit_id)).one()
    return f"/staff/hr/cycles/{cycle.public_id}/drawn/{unit}/{subject.public_id}/peer"


def in_scope(databases: Databases, cycle: Cycle, subject: Employee) -> dict[str, int]:
    """Papers of a subject's peers: taken, untaken, void, and drawn codes."""
    of_peers = (
        select(Paper.taken.is_not(None), Paper.is_void)
        .join(
            Assignment,
            (Assignment.cycle_id == Paper.cycle_id)
            & (Assignment.rater_id == Paper.rater_id)
            & (Assignment.subject_id == Paper.subject_id),
        )
        .where(Paper.cycle_id == cycle.id, Paper.subject_id == subject.id, Assignment.rater_group == "peer")
    )
    with reading(databases.people) as people:
        rows = people.execute(of_peers).all()
        codes = people.scalar(
            select(func.count()).select_from(DrawnCode).where(DrawnCode.subject_id == subject.id)
        )
    return {
        "taken": sum(taken for taken, _void in rows),
        "untaken": sum(not taken and not is_void for taken, is_void in rows),
        "void": sum(is_void for _taken, is_void in rows),
        "codes": codes or 0,
    }


@pytest.mark.db
def test_exactly_the_untaken_papers_become_codes_and_their_number_stays(
    databases: Databases, cycle: Cycle, team: list[Employee]
) -> None:
    subject = team[7]
    for rater in team[1:3]:
        answer(databases, cycle, rater, lambda *_: 4)
    assert in_scope(databases, cycle, subject) == {"taken": 2, "untaken": 4, "void": 0, "codes": 0}
    sheet = printed(databases, cycle, subject)
    assert in_scope(databases, cycle, subject) == {"taken": 2, "untaken": 0, "void": 4, "codes": 4}
    assert len(set(sheet.codes)) == 4
    assert sheet.raters == tuple(sorted(member.name for member in team[3:7]))
    with reading(databases.people) as people:
        papers = people.scalar(
            select(Scope.papers).where(Scope.subject_id == subject.id, Scope.rater_group == "peer")
        )
        hashes = set(people.scalars(select(DrawnCode.secret_hash)))
    assert papers == 6
    assert not any(code.replace("-", "").encode() in hashed for code in sheet.codes for hashed in hashes)


def test_a_drawn_code_names_no_rater_and_no_time() -> None:
    columns = set(DrawnCode.__table__.columns.keys())
    assert columns == {"secret_hash", "cycle_id", "subject_id", "rater_group", "key", "taken"}


@pytest.mark.db
def test_rows_of_codes_lie_in_an_order_that_is_not_that_of_the_sheet(
    databases: Databases, cycle: Cycle, team: list[Employee]
) -> None:
    printed(databases, cycle, team[7])
    with reading(databases.people) as people:
        order = "ctid" if databases.people.dialect.name == "postgresql" else "rowid"
        lying = people.connection().exec_driver_sql(f"SELECT secret_hash FROM drawn_codes ORDER BY {order}")
        hashes = [bytes(row[0]) for row in lying]
    assert len(hashes) == 6
    assert hashes == sorted(hashes)


@pytest.mark.db
def test_a_device_takes_the_one_paper_of_a_drawn_code_and_its_ballot_counts(
    client: FlaskClient, databases: Databases, settings: Settings, cycle: Cycle, team: list[Employee]
) -> None:
    sheet = printed(databases, cycle, team[7])
    device = Device(client, sheet.codes[0])
    text = device.listed().text
    assert not any(member.name in text for member in team[:7])
    found = device.listed().get_json()
    (paper,) = found["papers"]
    assert (paper["name"], paper["rater_group"], paper["papers_in_scope"]) == (team[7].name, "peer", 6)
    assert (paper["is_taken"], paper["is_drawn"], paper["is_personal"]) == (False, False, True)
    assert device.take().status_code == 200
    assert device.take().status_code == 200
    other = Device(client, sheet.codes[0]).take()
    assert (other.status_code, other.get_json()) == (409, {"outcome": "taken"})
    assert device.cast(device.seal(found, paper["paper"])).status_code == 201
    close(databases, settings, cycle)
    with reading(databases.people) as people:
        marks = people.scalars(select(DrawnCode.taken)).all()
    assert sorted(marks, key=lambda mark: mark is None) == [b"", None, None, None, None, None]
    with reading(databases.answers) as answers:
        assert answers.scalar(select(func.count()).select_from(Receipt)) == 1


def test_the_pages_without_script_take_a_drawn_code_once(
    client: FlaskClient, databases: Databases, cycle: Cycle, team: list[Employee]
) -> None:
    code = printed(databases, cycle, team[7]).codes[0]
    listed = client.post("/i/papers?lang=en", data={"secret": code}).text
    assert "This code was drawn from a box" in listed
    assert team[7].name in listed
    assert not any(member.name in listed for member in team[:7])
    form = paper_form(client, code, 0)
    assert client.post("/i/send", data=form).status_code == 200
    assert client.post("/i/send", data=form).status_code == 200
    assert client.post("/i/send", data=form | {"nonce": "A" * 32}).status_code == 409
    with reading(databases.spool) as spool:
        assert spool.scalar(select(func.count()).select_from(SpooledBallot)) == 1


def test_a_rater_whose_paper_is_void_is_told_and_cannot_use_it(
    client: FlaskClient, databases: Databases, cycle: Cycle, team: list[Employee]
) -> None:
    code = code_for(databases, cycle, team[1])
    form = paper_form(client, code, [m.id for m in team[2:]].index(team[7].id) + 1)
    early = Device(client, code)
    early.blind(early.listed().get_json())
    printed(databases, cycle, team[7])
    page = client.post("/i/papers?lang=en", data={"secret": code}).text
    assert page.count("with a code that is drawn from a box") == 1
    assert page.count("Give feedback") == 7
    void = [paper for paper in Device(client, code).listed().get_json()["papers"] if paper["is_drawn"]]
    assert [(paper["name"], paper["is_taken"], paper["is_personal"]) for paper in void] == [
        (team[7].name, True, False)
    ]
    assert form["paper"] == void[0]["paper"]
    refused = client.post("/i/paper?lang=en", data={"secret": code, "paper": form["paper"]})
    assert refused.status_code == 409
    assert "A drawn code takes the place of this sheet" in refused.text
    assert client.post("/i/send", data=form).status_code == 409
    answered = early.take()
    assert (answered.status_code, answered.get_json()) == (409, {"outcome": "taken"})
    with transaction(databases.people) as people, pytest.raises(PaperVoid):
        paper_office.take(people, {form["paper"]: b"mark"})


def test_codes_of_a_paper_that_was_used_are_refused_like_any_other(
    databases: Databases, cycle: Cycle, team: list[Employee]
) -> None:
    code = printed(databases, cycle, team[7]).codes[0]
    with reading(databases.people) as people:
        (entry,) = paper_office.papers_of(people, code, TODAY).entries
    with transaction(databases.people) as people:
        paper_office.take(people, {entry.key: b"one"})
    with transaction(databases.people) as people, pytest.raises(PaperTaken):
        paper_office.take(people, {entry.key: b"another"})


@pytest.mark.db
def test_codes_may_be_printed_anew_until_one_is_used(
    databases: Databases, cycle: Cycle, team: list[Employee]
) -> None:
    first = printed(databases, cycle, team[7])
    second = printed(databases, cycle, team[7])
    assert not set(first.codes) & set(second.codes)
    assert second.raters == first.raters
    assert in_scope(databases, cycle, team[7]) == {"taken": 0, "untaken": 0, "void": 6, "codes": 6}
    with reading(databases.people) as people:
        (entry,) = paper_office.papers_of(people, second.codes[3], TODAY).entries
    with transaction(databases.people) as people:
        paper_office.take(people, {entry.key: b"one"})
    with pytest.raises(DrawnCodeUsed):
        printed(databases, cycle, team[7])
    assert in_scope(databases, cycle, team[7])["codes"] == 6


def test_a_single_paper_is_not_drawn_and_named_groups_never_are(
    hr: FlaskClient, databases: Databases, cycle: Cycle, team: list[Employee]
) -> None:
    for rater in team[1:6]:
        answer(databases, cycle, rater, lambda *_: 4)
    address = place_of(databases, cycle, team[7])
    assert team[7].name not in hr.get(address.rsplit("/", 2)[0]).text
    assert [hr.get(address).status_code, hr.post(address).status_code] == [404, 404]
    scope = drawing.DrawnScope(team[7].public_id, team[7].name, "", "peer", 1, is_printed=False)
    with pytest.raises(TooFewToDraw), transaction(databases.people) as people:
        drawing.print_codes(people, people.get_one(Cycle, cycle.id), scope, TODAY)
    assert in_scope(databases, cycle, team[7])["untaken"] == 1
    for group in ("supervisor", "self", "nobody"):
        named = address.replace("/peer", f"/{group}")
        assert [hr.get(named).status_code, hr.post(named).status_code] == [404, 404]


def test_hr_prints_a_file_of_codes_and_a_list_to_sign_and_the_trail_keeps_a_count(
    hr: FlaskClient, databases: Databases, cycle: Cycle, team: list[Employee]
) -> None:
    address = place_of(databases, cycle, team[7])
    unit_page, all_units = address.rsplit("/", 2)[0], address.rsplit("/", 3)[0]
    assert "8 pegawai" in hr.get(all_units).text
    assert hr.get(f"{unit_page}?lang=en").text.count("6 unused sheets") == 7
    assert "6 unused sheets become void" in hr.get(address).text
    file = hr.post(address)
    assert (file.mimetype, file.headers["Content-Disposition"]) == (
        "application/pdf",
        'attachment; filename="drawn-codes.pdf"',
    )
    words = read_pdf(file.data)
    codes = codes_in(file.data, cycle)
    assert len(set(codes)) == len(codes) == 6
    assert links_of(file.data) == [] and "#" not in words
    assert words.count(manifest.manifest_code(cycle.manifest.encode())) == 6
    assert "/MarkInfo" in catalogue_of(file.data)
    strips, signed = words.rsplit(codes[-1], 1)
    assert not any(member.name in strips for member in team[1:7])
    places = [signed.index(member.name) for member in team[1:7]]
    assert places == sorted(places)
    with reading(databases.people) as people:
        told = people.execute(
            select(AuditEvent.action, AuditEvent.detail).where(AuditEvent.action.like("drawn.%"))
        ).all()
    assert told == [
        ("drawn.list", {"unit": "DINKES"}),
        ("drawn.print", {"unit": "DINKES", "codes": 6}),
    ]


def test_codes_are_printed_for_open_cycles_alone(
    hr: FlaskClient, databases: Databases, cycle: Cycle, team: list[Employee]
) -> None:
    address = place_of(databases, cycle, team[7])
    with transaction(databases.people) as people:
        cycles.advance(people, people.get_one(Cycle, cycle.id), "close")
    places = (address, address.rsplit("/", 2)[0], address.rsplit("/", 3)[0])
    assert [hr.get(place).status_code for place in places] == [410, 410, 410]
    assert hr.post(address).status_code == 410


def test_an_employee_opens_none_of_these_pages(
    employee: FlaskClient, databases: Databases, cycle: Cycle, team: list[Employee]
) -> None:
    address = place_of(databases, cycle, team[7])
    assert [employee.get(address).status_code, employee.post(address).status_code] == [403, 403]


def test_participation_leaves_drawn_codes_out(
    databases: Databases, cycle: Cycle, team: list[Employee]
) -> None:
    for rater in team[1:5]:
        answer(databases, cycle, rater, lambda *_: 4)
    with reading(databases.people) as people:
        assert distribution.participation(people, WHOLE_CITY, cycle) == [
            distribution.Participation("Dinas Kesehatan", 8, 50)  # 32 of 64
        ]
    for subject in team[1:]:
        printed(databases, cycle, subject)
    with reading(databases.people) as people:
        assert distribution.participation(people, WHOLE_CITY, cycle) == [
            distribution.Participation("Dinas Kesehatan", 8, 66)  # 32 of 46, in ninths
        ]


def test_the_pages_take_as_many_statements_for_many_papers_as_for_few(
    hr: FlaskClient,
    databases: Databases,
    settings: Settings,
    count_statements: Callable[[Engine], AbstractContextManager[Callable[[], int]]],
) -> None:
    with transaction(databases.people) as session:
        teams = [
            make_team(session, make_unit(session, f"U{place}", f"Unit {place}"), size, first=1 + 20 * place)
            for place, size in enumerate((4, 9))
        ]
    cycle = open_cycle(databases, settings)
    counts = []
    for some in teams:
        address = place_of(databases, cycle, some[-1])
        with count_statements(databases.people) as counted:
            hr.get(address.rsplit("/", 3)[0])
            hr.get(address.rsplit("/", 2)[0])
            assert len(codes_in(hr.post(address).data, cycle)) == len(some) - 2
        counts.append(counted())
    assert counts[0] == counts[1] <= 30


def test_a_device_with_a_drawn_code_asks_the_database_little(
    client: FlaskClient,
    databases: Databases,
    cycle: Cycle,
    team: list[Employee],
    count_statements: Callable[[Engine], AbstractContextManager[Callable[[], int]]],
) -> None:
    device = Device(client, printed(databases, cycle, team[7]).codes[0])
    device.blind(device.listed().get_json())
    with count_statements(databases.people) as people:
        assert device.take().status_code == 200
    assert people() <= 14
