"""What can be expected at the end of an open cycle."""

from datetime import timedelta

import pytest

from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.services.accounts.access import WHOLE_CITY
from survey.services.auditing import public_log
from survey.services.cycles import cycles
from survey.services.papers import distribution
from survey.services.raters import forecast
from tests.factories import TODAY, answer, make_team, make_unit, open_cycle

EIGHT = 8


@pytest.mark.db
def test_a_forecast_comes_from_steps_sizes_and_days(databases: Databases, settings: Settings) -> None:
    with transaction(databases.people) as people:
        team = make_team(people, make_unit(people, "DINKES", "Dinas Kesehatan"), EIGHT)
    opened = open_cycle(databases, settings)
    for rater in team[:4]:
        answer(databases, opened, rater, lambda *_: 4)
    with reading(databases.people) as people:
        cycle = cycles.find_cycle(people, opened.public_id)
        total = (cycle.closes_on - cycle.opens_on).days + 1
        told = distribution.participation(people, WHOLE_CITY, cycle)
        early = forecast.by_unit(people, WHOLE_CITY, cycle, told, cycle.opens_on + timedelta(days=1))
        last = cycle.opens_on + timedelta(days=total)
        late = forecast.by_unit(people, WHOLE_CITY, cycle, told, last)
        middle = forecast.by_unit(people, WHOLE_CITY, cycle, told, cycle.opens_on + timedelta(days=3))
    assert early == {}  # one day is no rate
    [unit] = late.values()
    assert unit.subjects == EIGHT + 1
    assert 0 <= unit.low <= unit.likely <= unit.high <= unit.subjects
    assert unit.is_at_risk
    [sooner] = middle.values()
    assert sooner.likely > unit.likely  # more days are left for the same rate
    assert sooner.low == pytest.approx(unit.low)
    assert forecast.altogether(late.values()) == unit and forecast.altogether([]) is None


def test_the_curve_is_that_of_the_public_log_and_of_large_cycles_only(
    databases: Databases, settings: Settings
) -> None:
    with transaction(databases.people) as people:
        make_team(people, make_unit(people), EIGHT)
    opened = open_cycle(databases, settings)
    with transaction(databases.people) as people:
        cycle = cycles.find_cycle(people, opened.public_id)
        for days in range(3):
            day = (TODAY + timedelta(days=days)).isoformat()
            public_log.tell(people, cycle, "box-told", ballots=40 * days, day=day)
    with reading(databases.people) as people:
        cycle = cycles.find_cycle(people, opened.public_id)
        found = forecast.curve(people, cycle, 500)
        assert [day.ballots for day in found] == [0, 40, 80]
        assert found[0].day == TODAY
        assert forecast.curve(people, cycle, forecast.FEWEST_PAPERS_FOR_CURVE - 1) == []
