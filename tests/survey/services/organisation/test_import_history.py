"""A whole import is undone, or not at all: then it says what stands on it."""

from datetime import date

import pytest
from sqlalchemy import func, select

from survey.db import transaction
from survey.models.imports import PeopleImport
from survey.models.people import Employee, Unit
from survey.models.posts import Post
from survey.models.teams import Team, TeamMember
from survey.services.documents.listing import Wanted
from survey.services.organisation import import_history, people_import
from tests.survey.services.organisation.test_people_import import (
    HEAD,
    PEOPLE,
    TODAY,
    UNITS,
    nip,
    stored,
    table,
)


def bring_in(databases, units: str | None, employees: str | None, begins_on: date | None = TODAY) -> int:
    with transaction(databases.people) as session:
        tables = [table(each) if each else None for each in (units, employees)]
        return people_import.apply(
            session, people_import.prepare(session, *tables, TODAY), None, begins_on
        ).id


def undo(databases, done: int) -> list[tuple[str, int]]:
    with transaction(databases.people) as session:
        found = import_history.undo(session, session.get_one(PeopleImport, done), None)
        return [(each.about, each.count) for each in found]


def count(databases, kind) -> int:
    with transaction(databases.people) as session:
        return session.scalar(select(func.count()).select_from(kind)) or 0


@pytest.mark.db
def test_an_import_is_undone_with_its_units_people_and_earlier_posts(databases):
    first = bring_in(databases, UNITS, PEOPLE)
    before = stored(databases)
    moved = HEAD + f"{nip(2)};PNS;Budi;BARU;{nip(1)};Kepala;\n{nip(4)};PNS;Eka;BARU;{nip(2)};;\n"
    second = bring_in(databases, "kode;nama;induk\nBARU;Baru;SETDA\nPKM;Puskesmas Lama;\n", moved)
    assert count(databases, Post) == 1
    assert set(undo(databases, first)) == {("changed", 2), ("units", 1), ("employees", 1), ("posts", 1)}
    assert undo(databases, second) == []
    assert stored(databases) == before
    assert (count(databases, Unit), count(databases, Post)) == (3, 0)
    assert undo(databases, first) == []
    assert (count(databases, Unit), count(databases, Employee)) == (0, 0)
    with transaction(databases.people) as session:
        assert [each.is_undone for each in import_history.listed(session, Wanted()).rows] == [True, True]


@pytest.mark.db
def test_what_later_names_a_new_person_stands_in_the_way(databases):
    done = bring_in(databases, UNITS, PEOPLE)
    with transaction(databases.people) as session:
        team = Team(name="Tim")
        session.add(team)
        session.flush()
        ani = session.scalars(select(Employee).where(Employee.name == "Ani")).one()
        session.add(TeamMember(team_id=team.id, employee_id=ani.id))
        session.scalars(select(Employee).where(Employee.name == "Budi")).one().job_title = "Lain"
    assert undo(databases, done) == [("changed", 1), ("team_members", 1)]
    assert len(stored(databases)) == 3
