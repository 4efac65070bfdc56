"""Read models of the organisation."""

import pytest

from survey.db import reading, transaction
from survey.exceptions import NotFound
from survey.models.people import Employee, Unit
from survey.services.accounts.access import WHOLE_CITY
from survey.services.documents import listing
from survey.services.documents.listing import Wanted
from survey.services.organisation import people, people_lists


@pytest.fixture
def city(databases):
    """Two levels of units; Ani leads Budi and Citra, Budi leads Dedi; Eka has left."""
    with transaction(databases.people) as session:
        top = Unit(code="DINKES", name="Dinas Kesehatan")
        clinic = Unit(code="PKM", name="Puskesmas Birugo", parent=top)
        session.add_all([top, clinic, Unit(code="ARSIP", name="Kearsipan 100%")])
        session.flush()
        ani = person("Ani", 1, top)
        budi, citra = person("Budi", 2, clinic, ani), person("Citra", 3, clinic, ani)
        dedi = person("Dedi", 4, clinic, budi)
        eka = person("Eka", 5, clinic, budi, is_active=False)
        session.add_all([ani, budi, citra, dedi, eka])
    return {each.name: each for each in (ani, budi, citra, dedi, eka)}


def person(name: str, sequence: int, unit: Unit, supervisor: Employee | None = None, is_active: bool = True):
    return Employee(
        number=f"198001012005011{sequence:03d}",
        kind="PNS",
        name=name,
        job_title="Staf",
        unit=unit,
        supervisor=supervisor,
        is_active=is_active,
    )


def names(found) -> list[str]:
    return [each.name for each in found]


@pytest.mark.db
def test_units_are_counted_with_and_without_those_below(databases, city, count_statements):
    with reading(databases.people) as session, count_statements(databases.people) as counted:
        overview = people.unit_overview(session, WHOLE_CITY)
    assert [
        (each.code, each.level, each.parent_name, each.employees, each.employees_with_below)
        for each in overview
    ] == [
        ("ARSIP", 0, "", 0, 0),
        ("DINKES", 0, "", 1, 4),
        ("PKM", 1, "Dinas Kesehatan", 3, 3),
    ]
    assert counted() == 2


@pytest.mark.db
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("bud", ["Budi"]),
        ("19800101 200501 1 003", ["Citra"]),
        ("1980010120050110", ["Ani", "Budi", "Citra", "Dedi"]),
        ("birugo", ["Budi", "Citra", "Dedi"]),
        ("Eka", []),
        ("%", []),
        ("_", []),
    ],
)
def test_employees_are_found_by_name_number_or_unit(databases, city, text, found):
    with reading(databases.people) as session:
        assert names(people_lists.employees(session, WHOLE_CITY, Wanted(text)).rows) == found


@pytest.mark.db
def test_units_are_found_with_signs_taken_literally(databases, city):
    with reading(databases.people) as session:
        assert names(people.find_units(session, WHOLE_CITY, "100%")) == ["Kearsipan 100%"]
        assert names(people.find_units(session, WHOLE_CITY, "pkm")) == ["Puskesmas Birugo"]


def test_a_page_beyond_the_last_is_the_last(databases, city, monkeypatch):
    monkeypatch.setattr(listing, "ROWS_PER_PAGE", 3)
    with reading(databases.people) as session:
        first, beyond = (
            people_lists.employees(session, WHOLE_CITY, Wanted("198", page=page)) for page in (1, 99)
        )
    assert (names(first.rows), first.number, first.pages, first.total) == (
        ["Ani", "Budi", "Citra"],
        1,
        2,
        4,
    )
    assert (names(beyond.rows), beyond.number) == (["Dedi"], 2)


@pytest.mark.db
def test_a_unit_names_those_who_lead_it(databases, city):
    with reading(databases.people) as session:
        clinic = people.unit_details(session, WHOLE_CITY, city["Budi"].unit.public_id)
        top = people.unit_details(session, WHOLE_CITY, city["Ani"].unit.public_id)
        assert names(clinic.heads) == ["Budi"]
        assert names(people_lists.staff_of(session, WHOLE_CITY, clinic.unit.id, Wanted()).rows) == [
            "Budi",
            "Citra",
            "Dedi",
        ]
        assert clinic.unit.parent.code == "DINKES"
        assert names(top.heads) == []
        assert names(top.units_below) == ["Puskesmas Birugo"]


@pytest.mark.db
def test_peers_share_a_supervisor(databases, city):
    with reading(databases.people) as session:
        budi = people.employee_details(session, WHOLE_CITY, city["Budi"].public_id)
        ani = people.employee_details(session, WHOLE_CITY, city["Ani"].public_id)
        assert names(budi.peers) == ["Citra"]
        assert names(budi.subordinates) == ["Dedi"]
        assert names(ani.peers) == []


def test_an_unknown_address_is_not_found(databases):
    with reading(databases.people) as session:
        with pytest.raises(NotFound):
            people.unit_details(session, WHOLE_CITY, "none")
        with pytest.raises(NotFound):
            people.employee_details(session, WHOLE_CITY, "none")
