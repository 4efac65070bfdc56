"""Bring the invented organisation in, through the same import that HR uses."""

from collections.abc import Iterable, Mapping
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.demo.city import Organisation, Person
from survey.demo.posts import job_of
from survey.models.people import Employee
from survey.services.organisation import people_import
from survey.tables import Table


def import_organisation(people: Session, organisation: Organisation, today: date) -> list[int]:
    """Store offices and people; returns the id of each person, in the order of the organisation."""
    units, employees = _table(unit_rows(organisation)), _table(employee_rows(organisation))
    people_import.apply(people, people_import.prepare(people, units, employees, today), None)
    return ids_of(people, organisation)


def ids_of(people: Session, organisation: Organisation) -> list[int]:
    """The id of each person, in the order of the organisation."""
    ids = {row.name: row.id for row in people.execute(select(Employee.name, Employee.id))}
    return [ids[person.name] for person in organisation.people]  # no name comes twice


def unit_rows(organisation: Organisation) -> list[dict[str, str]]:
    """A file of units, as HR brings it in."""
    return [
        {"kode": office.code, "nama": office.name, "induk": office.parent} for office in organisation.offices
    ]


def employee_rows(organisation: Organisation) -> list[dict[str, str]]:
    """A file of employees, as HR brings it in."""
    return [_employee(person, organisation.people) for person in organisation.people]


def _employee(person: Person, others: tuple[Person, ...]) -> dict[str, str]:
    kind, level = job_of(person.title)
    return {
        "nip": person.number or "",
        "jenis": person.kind,
        "nama": person.name,
        "unit_kerja": person.office,
        "nip_atasan": "" if person.boss is None else others[person.boss].number or "",
        "jabatan": person.title,
        "jenis_jabatan": kind,
        "jenjang_jabatan": level,
    }


def _table(rows: Iterable[Mapping[str, str]]) -> Table:
    numbered = [(number, dict(row)) for number, row in enumerate(rows, start=2)]
    return Table(columns=tuple(numbered[0][1]), rows=numbered)
