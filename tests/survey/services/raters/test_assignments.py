"""Raters of a real chart: wanted numbers, loads, conflicts, history, circles across units, joined groups."""

from dataclasses import replace
from datetime import date
from random import Random

import pytest
from sqlalchemy import func, select

from survey.db import Databases, reading, transaction
from survey.models.assignments import Assignment, ConflictPair
from survey.models.cycles import Cycle, Subject
from survey.models.people import Employee, Unit
from survey.models.posts import Post
from survey.models.teams import Team, TeamMember
from survey.services.cycles import cycles, planning
from survey.services.documents.listing import Wanted
from survey.services.papers import distribution
from survey.services.raters import assignments, feasibility
from tests.factories import make_employee, make_team, make_unit, plan

Pairs = set[tuple[int, int]]


def assigned(databases: Databases, chosen: cycles.CyclePlan, seed: int = 1) -> Cycle:
    with transaction(databases.people) as session:
        cycle = cycles.create_cycle(session, chosen)
        assignments.assign_raters(session, cycle, random=Random(seed))
    return cycle


def pairs(databases: Databases, cycle: Cycle, group: str) -> Pairs:
    """Rater and subject."""
    with reading(databases.people) as session:
        rows = session.execute(
            select(Assignment.rater_id, Assignment.subject_id).where(
                Assignment.cycle_id == cycle.id, Assignment.rater_group == group
            )
        )
        return {(rater, subject) for rater, subject in rows}


def most_load(databases: Databases, cycle: Cycle, *groups: str) -> int:
    load = (
        select(func.count().label("n"))
        .where(Assignment.cycle_id == cycle.id, Assignment.rater_group.in_(groups))
        .group_by(Assignment.rater_id)
        .subquery()
    )
    with reading(databases.people) as session:
        return session.scalar(select(func.max(load.c.n))) or 0


@pytest.mark.db
def test_everybody_gets_the_wanted_peers_and_nobody_more_than_the_cap(databases: Databases) -> None:
    with transaction(databases.people) as session:
        make_team(session, make_unit(session), 30)
    cycle = assigned(databases, replace(plan(), peers_wanted=7, load_cap=7))
    assert most_load(databases, cycle, "peer", "subordinate") == 7
    peers = pairs(databases, cycle, "peer")
    got = [sum(subject == person for _rater, subject in peers) for person in {each for _, each in peers}]
    # witness: 30 times 7, less those whose place the head's sample of ten took
    assert len(peers) == 30 * 7 - 10
    assert min(got) >= 5


@pytest.mark.db
def test_a_conflict_pair_never_meets_in_any_group(databases: Databases) -> None:
    with transaction(databases.people) as session:
        head, first, second, *_others = make_team(session, make_unit(session), 12)
        for low, high in ((first.id, second.id), (head.id, first.id)):
            session.add(ConflictPair(first_id=low, second_id=high, reason="menikah"))
    cycle = assigned(databases, plan())
    met = set().union(*(pairs(databases, cycle, group) for group in ("supervisor", "peer", "subordinate")))
    for one, other in ((first.id, second.id), (head.id, first.id)):
        assert (one, other) not in met
        assert (other, one) not in met


@pytest.mark.db
def test_the_next_cycle_takes_other_peers_where_there_is_a_choice(databases: Databases) -> None:
    with transaction(databases.people) as session:
        make_team(session, make_unit(session), 40)
    last = assigned(databases, plan("Lalu"))
    with transaction(databases.people) as session:
        session.get_one(Cycle, last.id).state = "released"
    cycle = assigned(databases, plan("Kini"), seed=2)
    before, now = pairs(databases, last, "peer"), pairs(databases, cycle, "peer")
    assert len(now) == 40 * 9
    # witness: chance alone would repeat 9 of 39 of them, about 83
    assert len(before & now) < 20


def three_small_offices(session: object) -> list[Employee]:
    people: list[Employee] = []
    above = make_unit(session, "KEC", "Kecamatan")  # type: ignore[arg-type]
    for place in range(3):
        unit = Unit(code=f"KEL{place}", name=f"Kelurahan {place}", parent_id=above.id)
        session.add(unit)  # type: ignore[attr-defined]
        session.flush()  # type: ignore[attr-defined]
        people += make_team(session, unit, 5, first=place * 10 + 1)  # type: ignore[arg-type]
    return people


@pytest.mark.db
@pytest.mark.parametrize(("wide", "reached"), [(False, 0), (True, 15)])
def test_a_unit_of_six_with_one_boss_gets_peers_across_units_if_the_plan_says_so(
    databases: Databases, wide: bool, reached: int
) -> None:
    with transaction(databases.people) as session:
        people = three_small_offices(session)
        heads = {person.id for person in people if person.supervisor_id is None}
    cycle = assigned(databases, replace(plan(), has_wide_circles=wide, load_cap=20))
    peers = pairs(databases, cycle, "peer")
    staff = [person.id for person in people if person.id not in heads]
    assert sum(sum(subject == person for _rater, subject in peers) >= 5 for person in staff) == reached
    # Heads and staff are different kinds of post, so they are no peers of each other.
    assert all((rater in heads) == (subject in heads) for rater, subject in peers)


@pytest.mark.db
@pytest.mark.parametrize("joins", [False, True])
def test_peers_and_subordinates_are_one_block_where_each_alone_is_too_small(
    databases: Databases, joins: bool
) -> None:
    with transaction(databases.people) as session:
        unit = make_unit(session)
        _chief, middle, *_equals = make_team(session, unit, 5)
        staff = {make_employee(session, unit, 50 + place, middle).id for place in range(4)}
    cycle = assigned(databases, replace(plan(), joins_groups=joins))
    with reading(databases.people) as session:
        joined = set(session.scalars(select(Subject.employee_id).where(Subject.is_joined)))
    peers = {rater for rater, subject in pairs(databases, cycle, "peer") if subject == middle.id}
    below = {rater for rater, subject in pairs(databases, cycle, "subordinate") if subject == middle.id}
    assert joined == ({middle.id} if joins else set())
    assert (len(peers), below) == ((8, set()) if joins else (4, staff))


@pytest.mark.db
def test_of_a_large_team_the_sample_has_each_kind_of_post(databases: Databases) -> None:
    with transaction(databases.people) as session:
        head, *members = make_team(session, make_unit(session), 40)
        for member in members[:8]:
            member.job_title = "Bidan"
        midwives = {member.id for member in members[:8]}
    cycle = assigned(databases, plan())
    chosen = {rater for rater, subject in pairs(databases, cycle, "subordinate") if subject == head.id}
    assert len(chosen) == 10
    assert len(chosen & midwives) == 2  # witness: 8 of 40 are two of ten


@pytest.mark.db
def test_a_newcomer_is_rated_by_former_colleagues_and_the_former_superior(databases: Databases) -> None:
    with transaction(databases.people) as session:
        old_head, *old = make_team(session, make_unit(session, "LAMA", "Lama"), 12)
        new_head, *_new = make_team(session, make_unit(session, "BARU", "Baru"), 12, first=50)
        moved = old[0]
        session.add(
            Post(
                employee_id=moved.id,
                capacity="main",
                unit_id=moved.unit_id,
                supervisor_id=old_head.id,
                ends_on=date(2019, 12, 20),
            )
        )
        moved.unit_id, moved.supervisor_id, moved.in_post_since = (
            new_head.unit_id,
            new_head.id,
            date(2019, 12, 21),
        )
    cycle = assigned(databases, plan())  # opens on 1 January 2020: ten days in the new post
    peers = pairs(databases, cycle, "peer")
    about = {rater for rater, subject in peers if subject == moved.id}
    by = {subject for rater, subject in peers if rater == moved.id}
    assert len(about) == 9
    assert about | by <= {person.id for person in old}
    assert {rater for rater, subject in pairs(databases, cycle, "supervisor") if subject == moved.id} == {
        old_head.id
    }


@pytest.mark.db
def test_those_in_a_team_are_peers_across_units(databases: Databases) -> None:
    with transaction(databases.people) as session:
        small = make_team(session, make_unit(session, "KECIL", "Kecil"), 3)
        large = make_team(session, make_unit(session, "BESAR", "Besar"), 12, first=50)
        team = Team(name="Tim kerja stunting")
        session.add(team)
        session.flush()
        session.add_all(
            TeamMember(team_id=team.id, employee_id=person.id) for person in [small[1], *large[1:8]]
        )
    peers = pairs(databases, assigned(databases, replace(plan(), load_cap=15)), "peer")
    assert {rater for rater, subject in peers if subject == small[1].id} > {
        person.id for person in large[1:8]
    }


@pytest.mark.db
def test_while_a_plt_holds_the_seat_the_plt_is_the_supervisor(databases: Databases) -> None:
    with transaction(databases.people) as session:
        head, *members = make_team(session, make_unit(session), 8)
        acting = make_employee(session, make_unit(session, "LUAR", "Luar"), 90)
        session.add(
            Post(
                employee_id=acting.id,
                capacity="plt",
                unit_id=head.unit_id,
                acts_for_id=head.id,
                begins_on=date(2019, 6, 1),
            )
        )
    above = pairs(databases, assigned(databases, plan()), "supervisor")
    assert {rater for rater, _subject in above} == {acting.id}
    assert {subject for _rater, subject in above} == {member.id for member in members}


@pytest.mark.db
def test_a_plh_of_a_fortnight_does_not_rate_as_supervisor(databases: Databases) -> None:
    with transaction(databases.people) as session:
        head, *members = make_team(session, make_unit(session), 8)
        acting = make_employee(session, make_unit(session, "LUAR", "Luar"), 90)
        session.add(
            Post(
                employee_id=acting.id,
                capacity="plh",
                unit_id=head.unit_id,
                acts_for_id=head.id,
                begins_on=date(2019, 12, 18),
            )
        )
    above = pairs(databases, assigned(databases, plan()), "supervisor")
    assert above == {(head.id, member.id) for member in members}


@pytest.mark.db
def test_a_second_superior_is_not_asked_as_supervisor_and_the_lead_of_a_team_may_be_a_peer(
    databases: Databases,
) -> None:
    with transaction(databases.people) as session:
        head, member, *_others = make_team(session, make_unit(session), 3)
        second, *_theirs = make_team(session, make_unit(session, "LUAR", "Luar"), 3, first=50)
        lead = make_employee(session, make_unit(session, "TIM", "Tim"), 90)
        session.add(
            Post(employee_id=member.id, capacity="further", unit_id=second.unit_id, supervisor_id=second.id)
        )
        team = Team(name="Tim kerja stunting")
        session.add(team)
        session.flush()
        session.add_all(
            TeamMember(team_id=team.id, employee_id=who.id, leads=who is lead) for who in (lead, member)
        )
    cycle = assigned(databases, plan())
    about = {
        group: {rater for rater, subject in pairs(databases, cycle, group) if subject == member.id}
        for group in ("supervisor", "peer", "subordinate")
    }
    assert about["supervisor"] == {head.id}
    assert lead.id in about["peer"]
    assert second.id not in about["peer"] | about["subordinate"]


@pytest.mark.db
def test_the_list_remembers_whose_supervisor_has_not_been_it_for_long(databases: Databases) -> None:
    with transaction(databases.people) as session:
        _head, *members = make_team(session, make_unit(session), 8)
        members[0].in_post_since = date(2019, 12, 1)  # a month, and nobody was her superior before
        members[1].in_post_since = date(2019, 9, 1)
    cycle = assigned(databases, plan())
    with reading(databases.people) as session:
        newly_led = set(session.scalars(select(Subject.employee_id).where(Subject.is_newly_led)))
        assert newly_led == {members[0].id}
        assert planning.newly_led(session, cycle) == 1
        listed = planning.list_page(session, cycle, Wanted())
    assert [row.name for row in listed.rows if row.is_newly_led] == [members[0].name]


@pytest.mark.db
def test_after_a_poor_cycle_groups_are_joined_that_would_do_at_the_usual_rate(
    databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction(databases.people) as session:
        unit = make_unit(session)
        _chief, middle, *_equals = make_team(session, unit, 10)
        for place in range(9):
            make_employee(session, unit, 50 + place, middle)
    joins = replace(plan(), joins_groups=True)
    usual = assigned(databases, joins)
    monkeypatch.setattr(distribution, "expected_rate", lambda _session: distribution.Rate(0.4, "Lalu"))
    poor = assigned(databases, replace(joins, name="Kini"))
    with reading(databases.people) as session:
        joined = [
            set(
                session.scalars(
                    select(Subject.employee_id).where(Subject.is_joined, Subject.cycle_id == cycle.id)
                )
            )
            for cycle in (usual, poor)
        ]
        preview = feasibility.preview(session, poor)
    assert joined == [set(), {middle.id}]
    assert preview.rate.share == 0.4
    # witness: P(X >= 5), X ~ B(18, .4) is .906: together they do
    assert {one.name: one.outlook for one in preview.subjects}[middle.name] == "safe"


@pytest.mark.db
def test_peers_of_a_large_unit_are_of_each_kind_of_post(databases: Databases) -> None:
    with transaction(databases.people) as session:
        _head, *members = make_team(session, make_unit(session), 40)
        for member in members[:8]:
            member.job_title = "Bidan"
        midwives = {member.id for member in members[:8]}
    peers = pairs(databases, assigned(databases, plan()), "peer")
    for member in members:
        raters = {rater for rater, subject in peers if subject == member.id}
        assert len(raters) == 9
        assert 1 <= len(raters & midwives) <= 3  # witness: 8 of 40 are 1.8 of nine
