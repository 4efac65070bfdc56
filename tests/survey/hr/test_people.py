"""HR's pages of units and employees."""

import io

import pytest

from survey.db import transaction
from survey.models.people import Employee, Unit
from survey.services.organisation import people_import
from survey.tables import read_table
from tests.factories import TODAY


def fill(databases, employees: int) -> None:
    with transaction(databases.people) as session:
        unit = Unit(code="DINKES", name="Dinas <Kesehatan>", parent=Unit(code="SETDA", name="Sekretariat"))
        head = Employee(number="198001012005011900", kind="PNS", name="Kepala", unit=unit)
        session.add(head)
        session.add_all(
            Employee(
                number=f"198001012005011{n:03d}",
                kind="PNS",
                name=f"Pegawai {n:03d}",
                unit=unit,
                supervisor=head,
            )
            for n in range(1, employees + 1)
        )


def text_of(answer, status: int = 200) -> str:
    assert answer.status_code == status
    return answer.get_data(as_text=True)


def address_of(databases, kind, name: str) -> str:
    with transaction(databases.people) as session:
        found = session.query(kind).filter_by(name=name).one()
        return f"/staff/hr/people/{'units' if kind is Unit else 'employees'}/{found.public_id}"


def test_an_empty_city_is_told_to_bring_in_files(hr):
    page = text_of(hr.get("/staff/hr/people"))
    assert "Belum ada unit" in page
    assert 'href="/staff/hr/people/import"' in page


def test_the_list_shows_units_with_their_numbers(hr, databases):
    fill(databases, 3)
    page = text_of(hr.get("/staff/hr/people?lang=en"))
    assert "2 units, 4 employees." in page
    assert "Dinas &lt;Kesehatan&gt;" in page


def test_a_search_pages_through_what_it_finds(hr, databases):
    fill(databases, 120)
    first = text_of(hr.get("/staff/hr/people/employees?q=pegawai"))
    assert "120 pegawai" in first
    assert "Pegawai 050" in first and "Pegawai 051" not in first
    assert "q=pegawai&amp;page=3" in first or "page=3&amp;q=pegawai" in first
    assert "Pegawai 120" in text_of(hr.get("/staff/hr/people/employees?q=pegawai&page=3"))


@pytest.mark.parametrize("query", ["q=xyz", "q=%00xyz", "q=%25"])
def test_a_search_without_result_says_what_to_try(hr, databases, query):
    fill(databases, 1)
    assert "Tidak ditemukan" in text_of(hr.get(f"/staff/hr/people/employees?{query}"))


def test_the_pages_of_unit_and_employee_show_the_chart(hr, databases):
    fill(databases, 2)
    unit = text_of(hr.get(address_of(databases, Unit, "Dinas <Kesehatan>")))
    assert "Sekretariat" in unit and "Kepala" in unit and "3 pegawai" in unit
    head = text_of(hr.get(address_of(databases, Employee, "Kepala")))
    assert "2 pegawai" in head and "Pegawai 001" in head
    assert "Tidak ada pegawai lain dengan atasan yang sama." in head
    assert "Pegawai 002" in text_of(hr.get(address_of(databases, Employee, "Pegawai 001")))


def test_an_unknown_unit_has_a_kind_page(hr):
    assert "<h1" in text_of(hr.get("/staff/hr/people/units/none"), 404)


@pytest.mark.parametrize("page", ["list", "search", "unit", "employee"])
def test_no_page_asks_the_database_more_often_for_more_people(hr, databases, count_statements, page):
    fill(databases, 40)
    address = {
        "list": "/staff/hr/people",
        "search": "/staff/hr/people/employees?q=pegawai",
        "unit": address_of(databases, Unit, "Dinas <Kesehatan>"),
        "employee": address_of(databases, Employee, "Kepala"),
    }[page]
    with count_statements(databases.people) as counted:
        text_of(hr.get(address))
    assert counted() <= 10  # four of them find the account of the session


def test_only_hr_comes_here(client):
    assert client.get("/staff/hr/people").status_code == 302


def test_a_list_sorts_narrows_and_keeps_what_was_asked_from_page_to_page(hr, databases):
    fill(databases, 120)
    page = text_of(hr.get("/staff/hr/people/employees?q=pegawai&sort=-name"))
    assert "Pegawai 120" in page and "Pegawai 070" not in page
    assert 'aria-sort="descending"' in page
    assert "?q=pegawai&amp;sort=name" in page  # pressed again, the head turns the order round
    assert "?q=pegawai&amp;sort=-name&amp;page=2" in page
    assert text_of(hr.get("/staff/hr/people/employees?sort=nonsense")).count("<tr>") == 51
    assert "1 pegawai" in text_of(hr.get("/staff/hr/people/employees?show=no_superior"))
    with transaction(databases.people) as session:
        parent = session.query(Unit).filter_by(code="SETDA").one().public_id
    assert "121 pegawai" in text_of(hr.get(f"/staff/hr/people/employees?unit={parent}&kind=PNS"))
    assert "Tidak ditemukan" in text_of(hr.get(f"/staff/hr/people/employees?unit={parent}&kind=PPPK"))


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_list_as_a_file_can_be_brought_in_again(hr, databases, kind):
    fill(databases, 60)
    answer = hr.get(f"/staff/hr/people/employees.{kind}?q=pegawai")
    assert answer.status_code == 200
    again = read_table(io.BytesIO(answer.data), f"file.{kind}")
    assert len(again.rows) == 60
    with transaction(databases.people) as session:
        plan = people_import.prepare(session, None, again, TODAY)
    assert plan.changes_nothing and plan.differences[0].unchanged == 60
    assert hr.get("/staff/hr/people/employees.pdf").status_code == 404
