"""Whose superior counts: transfers, acting officials, several posts; and how long two people met."""

from datetime import date

import pytest

from survey.db import reading, transaction
from survey.models.people import Employee
from survey.models.posts import Post
from survey.models.teams import PeerCircle, Team, TeamMember
from survey.services.organisation.circles import circle_members
from survey.services.organisation.contact import contact_days
from survey.services.organisation.superiors import superiors_on
from tests.factories import make_employee, make_unit

DAY = date(2026, 11, 24)
LAST_WEEK, IN_MAY = date(2026, 11, 17), date(2026, 5, 1)


@pytest.fixture
def office(databases):
    """A mayor's secretary over a head over a clerk, and another office with a head of its own."""
    with transaction(databases.people) as session:
        here, there = make_unit(session), make_unit(session, "DINSOS", "Dinas Sosial")
        secretary = make_employee(session, make_unit(session, "SETDA", "Sekretariat"), 1)
        head = make_employee(session, here, 2, secretary)
        clerk = make_employee(session, here, 3, head)
        other_head = make_employee(session, there, 4, secretary)
    return {"secretary": secretary, "head": head, "clerk": clerk, "other": other_head}


def change(databases, employee: Employee, **values: object) -> None:
    with transaction(databases.people) as session:
        stored = session.get_one(Employee, employee.id)
        for name, value in values.items():
            setattr(stored, name, value)


def add(databases, *rows: object) -> None:
    with transaction(databases.people) as session:
        session.add_all(rows)


def acting(office, capacity: str, who: str, since: date, whose: str = "head") -> Post:
    holder = office[whose]
    return Post(
        employee_id=office[who].id,
        capacity=capacity,
        unit_id=holder.unit_id,
        acts_for_id=holder.id,
        begins_on=since,
    )


def told(databases, office, day: date = DAY) -> dict[str, list[tuple]]:
    name_of = {employee.id: name for name, employee in office.items()}
    found: dict[str, list[tuple]] = {}
    with reading(databases.people) as session:
        for each in superiors_on(session, day):
            superior = (name_of[each.superior_id], each.capacity, each.is_short)
            found.setdefault(name_of[each.subject_id], []).append(superior)
    return found


@pytest.mark.db
def test_the_superior_of_the_main_post_counts(databases, office, count_statements):
    with reading(databases.people) as session, count_statements(databases.people) as counted:
        superiors_on(session, DAY)
    assert counted() == 3
    assert told(databases, office) == {
        "head": [("secretary", "main", False)],
        "clerk": [("head", "main", False)],
        "other": [("secretary", "main", False)],
    }


def test_who_was_transferred_last_week_is_rated_by_the_superior_who_knows_her(databases, office):
    head, other = office["head"], office["other"]
    earlier = Post(
        employee_id=office["clerk"].id,
        capacity="main",
        unit_id=head.unit_id,
        supervisor_id=head.id,
        ends_on=date(2026, 11, 16),
    )
    add(databases, earlier)
    change(databases, office["clerk"], unit_id=other.unit_id, supervisor_id=other.id, in_post_since=LAST_WEEK)
    assert told(databases, office)["clerk"] == [("head", "main", False)]
    assert told(databases, office, date(2027, 3, 1))["clerk"] == [("other", "main", False)]
    change(databases, head, is_active=False, left_on=LAST_WEEK)
    assert told(databases, office)["clerk"] == [("other", "main", True)]


def test_an_acting_official_takes_the_seat_of_who_left_at_once(databases, office):
    change(databases, office["head"], is_active=False, left_on=date(2026, 11, 16))
    add(databases, acting(office, "plt", "other", LAST_WEEK))
    assert told(databases, office)["clerk"] == [("other", "plt", True)]


def test_an_acting_official_of_half_a_year_counts_though_the_holder_is_in_service(databases, office):
    add(databases, acting(office, "plt", "other", IN_MAY))
    assert told(databases, office)["clerk"] == [("other", "plt", False)]
    assert told(databases, office)["head"] == [("secretary", "main", False)]


def test_a_plh_of_a_week_does_not_take_the_place_of_the_holder(databases, office):
    add(databases, acting(office, "plh", "other", LAST_WEEK))
    assert told(databases, office)["clerk"] == [("head", "main", False)]
    change(databases, office["clerk"], in_post_since=date(2026, 11, 1))
    assert told(databases, office)["clerk"] == [("head", "main", True)]


def test_who_acts_for_her_own_superior_answers_to_the_one_above(databases, office):
    add(databases, acting(office, "plt", "clerk", IN_MAY))
    assert told(databases, office)["clerk"] == [("secretary", "main", False)]


def test_a_further_post_and_the_lead_of_a_team_bring_no_second_superior(databases, office):
    clerk, other = office["clerk"], office["other"]
    further = Post(
        employee_id=clerk.id,
        capacity="further",
        unit_id=other.unit_id,
        supervisor_id=other.id,
        begins_on=IN_MAY,
    )
    with transaction(databases.people) as session:
        team = Team(name="Tim stunting")
        session.add_all([further, team])
        session.flush()
        session.add_all(
            [
                TeamMember(team_id=team.id, employee_id=office["secretary"].id, leads=True, begins_on=IN_MAY),
                TeamMember(team_id=team.id, employee_id=clerk.id, begins_on=IN_MAY),
            ]
        )
    assert told(databases, office)["clerk"] == [("head", "main", False)]


@pytest.mark.db
def test_contact_counts_each_day_once_whatever_brought_two_people_together(
    databases, office, count_statements
):
    head, clerk, other, secretary = (office[name] for name in ("head", "clerk", "other", "secretary"))
    change(databases, clerk, in_post_since=date(2026, 11, 15))
    with transaction(databases.people) as session:
        team = Team(name="Tim stunting")
        session.add(team)
        session.flush()
        for who in (clerk, head, other):
            session.add(TeamMember(team_id=team.id, employee_id=who.id, begins_on=LAST_WEEK, ends_on=DAY))
    pairs = [(clerk.id, head.id), (head.id, clerk.id), (other.id, clerk.id), (clerk.id, secretary.id)]
    with reading(databases.people) as session, count_statements(databases.people) as counted:
        days = contact_days(session, pairs, DAY)
    assert counted() == 3
    assert list(days.values()) == [10, 10, 8, 0]


def test_days_before_and_after_a_transfer_to_the_same_unit_add_up(databases, office):
    clerk, other = office["clerk"], office["other"]
    earlier = Post(
        employee_id=clerk.id,
        capacity="main",
        unit_id=other.unit_id,
        begins_on=date(2026, 1, 1),
        ends_on=date(2026, 1, 31),
    )
    add(databases, earlier)
    add(databases, Post(employee_id=other.id, capacity="plt", unit_id=clerk.unit_id, begins_on=LAST_WEEK))
    with reading(databases.people) as session:
        pair = (clerk.id, other.id)
        assert contact_days(session, [pair], DAY)[pair] == 31 + 8


def test_a_circle_joins_like_posts_of_all_units(databases, office):
    change(databases, office["head"], job_kind="jpt", job_level="Pratama", job_title="Kepala Dinas Kesehatan")
    change(databases, office["other"], job_kind="jpt", job_level="Pratama", job_title="Kepala Dinas Sosial")
    change(databases, office["secretary"], job_kind="jpt", job_level="Pratama", job_title="Sekretaris Daerah")
    add(
        databases,
        PeerCircle(name="Kepala dinas", job_kind="jpt", title_begins="kepala dinas"),
        PeerCircle(name="Eselon II", job_kind="jpt", job_level="Pratama"),
        PeerCircle(name="Camat", job_kind="administrator"),
    )
    with reading(databases.people) as session:
        members = list(circle_members(session).values())
    assert [len(each) for each in members] == [2, 3, 0]
