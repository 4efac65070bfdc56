"""A team of seven and a cycle in which they rate each other."""

import pytest

from survey.config import Settings
from survey.db import Databases, transaction
from survey.models.cycles import Cycle
from survey.models.people import Employee
from tests.factories import make_team, make_unit, open_cycle


@pytest.fixture
def team(databases: Databases) -> list[Employee]:
    with transaction(databases.people) as session:
        return make_team(session, make_unit(session), 6)


@pytest.fixture
def cycle(databases: Databases, settings: Settings, team: list[Employee]) -> Cycle:
    return open_cycle(databases, settings)
