"""Units are renamed, moved, merged and split by a decree; the days before stay as they were."""

from datetime import date

import pytest
from sqlalchemy import select

from survey.db import reading, transaction
from survey.exceptions import OrganisationRefused
from survey.models.people import Employee, Unit
from survey.models.posts import Post
from survey.models.unit_history import CycleUnit
from survey.services.cycles import cycles
from survey.services.organisation import placing, unit_changes, unit_history
from survey.services.organisation.contact import contact_days
from survey.services.organisation.unit_changes import Decree, NewUnit
from survey.services.raters import assignments
from tests.factories import TODAY, make_employee, make_team, make_unit, plan

DAY = date(2026, 10, 1)
DECREE = Decree(DAY, "Perwako 12/2026", None, TODAY)


@pytest.fixture
def city(databases):
    """Two offices of six and five people; the first has a unit below."""
    with transaction(databases.people) as session:
        social, family = (
            make_unit(session, "DINSOS", "Dinas Sosial"),
            make_unit(session, "DPPKB", "Dinas Keluarga"),
        )
        below = make_unit(session, "UPT", "UPT Panti")
        below.parent_id = social.id
        make_team(session, social, 5)
        make_team(session, family, 4, first=20)
        make_employee(session, below, 40)


def unit(session, code: str) -> Unit:
    return session.scalars(select(Unit).where(Unit.code == code)).one()


def tree(session, day: date) -> dict[str, str]:
    there = {each.id: each for each in unit_history.units_on(session, day)}
    return {
        each.name: there[each.parent_id].name if each.parent_id in there else "" for each in there.values()
    }


@pytest.mark.db
def test_a_merger_moves_everything_and_leaves_the_day_before_as_it_was(databases, city):
    with transaction(databases.people) as session:
        head = session.scalars(select(Employee).where(Employee.name == "Pegawai 020")).one()
        session.add(Post(employee_id=head.id, capacity="further", unit_id=unit(session, "DINSOS").id))
        cycle = cycles.create_cycle(session, plan())
        assignments.assign_raters(session, cycle)
    with transaction(databases.people) as session:
        units = [unit(session, "DINSOS"), unit(session, "DPPKB")]
        new = NewUnit("DSPK", "Dinas Sosial dan Keluarga", None)
        unit_changes.merge(session, units, new, DECREE)
    with reading(databases.people) as session:
        assert tree(session, date(2026, 9, 30)) == {
            "Dinas Keluarga": "",
            "Dinas Sosial": "",
            "UPT Panti": "Dinas Sosial",
        }
        assert tree(session, DAY) == {
            "Dinas Sosial dan Keluarga": "",
            "UPT Panti": "Dinas Sosial dan Keluarga",
        }
        merged = unit(session, "DSPK")
        people = session.scalars(select(Employee).where(Employee.unit_id == merged.id)).all()
        assert len(people) == 11 and {each.in_post_since for each in people} == {DAY}
        (told,) = unit_history.history_of(session, unit(session, "DINSOS").id)
        assert (told.kind, told.decree) == ("merge", "Perwako 12/2026")
        assert (told.before, told.after) == (
            ("Dinas Keluarga", "Dinas Sosial"),
            ("Dinas Sosial dan Keluarga",),
        )
        kept = session.scalars(select(CycleUnit.name).where(CycleUnit.cycle_id == cycle.id)).all()
        assert sorted(kept) == ["Dinas Keluarga", "Dinas Sosial", "UPT Panti"]
        one, other = people[0].id, next(each.id for each in people if each.name == "Pegawai 024")
        assert contact_days(session, [(one, other)], TODAY) == {(one, other): 55}
        posts = session.scalars(select(Post).where(Post.capacity == "further").order_by(Post.id)).all()
        assert [(post.unit_id == merged.id, post.begins_on, post.ends_on) for post in posts] == [
            (False, None, date(2026, 9, 30)),
            (True, DAY, None),
        ]


def test_a_unit_is_renamed_and_moved_and_keeps_each_name(databases, city):
    with transaction(databases.people) as session:
        unit_changes.rename(session, unit(session, "UPT"), "UPT Lansia", DECREE)
        later = Decree(date(2026, 11, 1), "Perwako 13/2026", None, TODAY)
        unit_changes.move(session, unit(session, "UPT"), unit(session, "DPPKB"), later)
    with reading(databases.people) as session:
        assert tree(session, date(2026, 9, 1))["UPT Panti"] == "Dinas Sosial"
        assert tree(session, date(2026, 10, 15))["UPT Lansia"] == "Dinas Sosial"
        assert tree(session, TODAY)["UPT Lansia"] == "Dinas Keluarga"
        history = unit_history.history_of(session, unit(session, "UPT").id)
        assert [each.kind for each in history] == ["move", "rename"]


def test_a_split_takes_the_chosen_with_all_they_lead(databases, city):
    with transaction(databases.people) as session:
        social = unit(session, "DINSOS")
        lead = session.scalars(select(Employee).where(Employee.name == "Pegawai 002")).one()
        make_employee(session, social, 50, lead)
        new = NewUnit("DNEW", "Dinas Baru", None)
        below = unit(session, "UPT")
        split = unit_changes.split(session, social, new, [lead.id], [below.id], DECREE)
        moved = session.scalars(select(Employee.name).where(Employee.unit_id == split.id)).all()
        assert sorted(moved) == ["Pegawai 002", "Pegawai 050"]
        assert below.parent_id == split.id


@pytest.mark.parametrize(
    ("code", "act"),
    [
        (
            "day_ahead",
            lambda s: unit_changes.rename(s, unit(s, "UPT"), "X", Decree(date(2027, 1, 1), "", None, TODAY)),
        ),
        ("below_itself", lambda s: unit_changes.move(s, unit(s, "DINSOS"), unit(s, "UPT"), DECREE)),
        ("two_units_needed", lambda s: unit_changes.merge(s, [unit(s, "UPT")], unit(s, "UPT"), DECREE)),
        (
            "below_itself",
            lambda s: unit_changes.merge(
                s, [unit(s, "DINSOS"), unit(s, "DPPKB")], NewUnit("N", "N", unit(s, "UPT").id), DECREE
            ),
        ),
        (
            "code_taken",
            lambda s: unit_changes.split(s, unit(s, "DINSOS"), NewUnit("UPT", "N", None), [], [], DECREE),
        ),
    ],
)
def test_what_contradicts_the_tree_is_refused(databases, city, code, act):
    with pytest.raises(OrganisationRefused) as refused, transaction(databases.people) as session:
        act(session)
    assert refused.value.code == code


def test_a_unit_that_is_gone_changes_no_more(databases, city):
    with transaction(databases.people) as session:
        units = [unit(session, "DINSOS"), unit(session, "DPPKB")]
        unit_changes.merge(session, units, units[1], DECREE)
    with pytest.raises(OrganisationRefused, match="unit_gone"), transaction(databases.people) as session:
        unit_changes.rename(session, unit(session, "DINSOS"), "X", DECREE)


@pytest.mark.db
def test_two_do_not_act_for_one_seat_in_the_same_days(databases, city):
    with transaction(databases.people) as session:
        people = session.scalars(select(Employee).order_by(Employee.id)).all()
        head, first, second = people[0], people[1], people[2]

        def acting(who: Employee, begins: date, ends: date | None) -> Post:
            return Post(
                employee_id=who.id,
                capacity="plt",
                unit_id=head.unit_id,
                acts_for_id=head.id,
                begins_on=begins,
                ends_on=ends,
            )

        placing.give_post(session, acting(first, date(2026, 1, 1), date(2026, 3, 31)), None)
        placing.give_post(session, acting(second, date(2026, 4, 1), None), None)
        for begins, ends in ((date(2026, 3, 1), None), (date(2026, 5, 1), date(2026, 5, 2))):
            with pytest.raises(OrganisationRefused, match="seat_taken"):
                placing.give_post(session, acting(first, begins, ends), None)


def test_a_transfer_keeps_the_post_before_and_leaving_ends_what_is_open(databases, city):
    with transaction(databases.people) as session:
        people = session.scalars(select(Employee).order_by(Employee.id)).all()
        member, other = people[1], people[6]
        to = placing.Placement(other.unit_id, "Analis", "fungsional", "Ahli Muda", other.id)
        placing.transfer(session, member, to, DAY, None)
        with pytest.raises(OrganisationRefused, match="before_this_post"):
            placing.transfer(session, member, to, DAY, None)
        placing.give_post(
            session, Post(employee_id=member.id, capacity="further", unit_id=people[0].unit_id), None
        )
        placing.leave(session, member, TODAY, None)
        posts = session.scalars(select(Post).order_by(Post.id)).all()
        assert [(post.capacity, post.ends_on) for post in posts] == [
            ("main", date(2026, 9, 30)),
            ("further", TODAY),
        ]
        assert not member.is_active and member.left_on == TODAY
