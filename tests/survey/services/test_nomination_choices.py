"""Whom an employee can name: those who know her work, but nobody over or under her."""

from dataclasses import replace

import pytest

from survey.db import Databases, reading, transaction
from survey.models.teams import Team, TeamMember
from survey.services.accounts import accounts
from survey.services.cycles import cycles
from survey.services.raters import nominations
from tests.conftest import PASSWORD
from tests.factories import make_team, make_unit, plan


@pytest.mark.db
def test_a_superior_in_the_same_team_is_offered_to_nobody_under_her_nor_they_to_her(
    databases: Databases,
) -> None:
    with transaction(databases.people) as session:
        head, subject, *others = make_team(session, make_unit(session), 30)
        cycle = cycles.create_cycle(session, replace(plan(), chooses_raters="nomination"))
        who = accounts.create_account(session, "perencana", PASSWORD, ("hr_admin",))
        nominations.begin(session, cycle, who.id)
        session.add(together := Team(name="Tim kerja stunting"))
        session.flush()
        members = [head, subject, *others[:8]]
        session.add_all(TeamMember(team_id=together.id, employee_id=one.id) for one in members)
    with reading(databases.people) as session:
        found = cycles.find_cycle(session, cycle.public_id)
        offered = {one.public_id for one in nominations.sheet(session, found, subject.id).choices}
        to_head = {one.public_id for one in nominations.sheet(session, found, head.id).choices}
    assert head.public_id not in offered and others[0].public_id in offered
    assert to_head.isdisjoint(one.public_id for one in [subject, *others])
