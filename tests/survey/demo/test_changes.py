"""What happened between the two cycles: a merger, vacant seats, teams, circles, staff without a number."""

import numpy as np
from sqlalchemy import func, select

from survey.db import reading, transaction
from survey.demo.changes import MERGED, MERGER, reorganise
from survey.demo.city import organise
from survey.demo.organisation import import_organisation
from survey.models.people import Employee, Unit
from survey.models.posts import Post
from survey.models.teams import TeamMember
from survey.services.organisation.circles import circle_members
from survey.services.organisation.superiors import superiors_on
from survey.services.organisation.unit_history import history_of
from tests.survey.demo.conftest import TODAY, Built


def test_two_offices_have_become_one(databases) -> None:
    organisation = organise(np.random.default_rng(5), share=0.3, codes={"SETDA", *MERGED})
    with transaction(databases.people) as people:
        ids = import_organisation(people, organisation, TODAY)
        reorganise(people, organisation, ids, TODAY)
    with reading(databases.people) as people:
        merged = people.scalars(select(Unit).where(Unit.code == MERGER.code)).one()
        (told,) = history_of(people, merged.id)
        assert (told.kind, len(told.before), told.after) == ("merge", 2, (MERGER.name,))
        staff = people.scalar(select(func.count()).where(Employee.unit_id == merged.id))
        assert staff == sum(person.office in MERGED for person in organisation.people)


def test_the_city_has_acting_officials_teams_circles_and_staff_without_a_number(built: Built) -> None:
    with reading(built.databases.people) as people:
        acting = people.scalars(select(Post).where(Post.capacity == "plt")).all()
        assert acting
        counted = {each.superior_id for each in superiors_on(people, TODAY) if each.capacity == "plt"}
        assert counted == {post.employee_id for post in acting}
        assert people.scalar(select(func.count()).where(TeamMember.leads)) == 3
        assert max(len(members) for members in circle_members(people).values()) >= 7  # the lurah
        assert people.scalar(select(func.count()).where(Employee.number.is_(None))) >= 5
