"""Channels of an index are fixed before the quarter begins, and never after."""

from datetime import date

import pytest

from survey.db import Databases, reading, transaction
from survey.exceptions import NotFound
from survey.services.citizens import channel_fixing
from survey.services.citizens.channel_fixing import ChannelsRefused
from survey.services.citizens.official_channels import OFFICIAL, Fixed, channels_of, was_fixed
from tests.citizens import make_point

pytestmark = pytest.mark.db
LAST_DAY, FIRST_DAY = date(2026, 12, 31), date(2027, 1, 1)


@pytest.fixture
def unit(databases: Databases) -> str:
    with transaction(databases.people) as people:
        make_point(people, "Lain", "L-1")
        return make_point(people)[0]


def fix(databases: Databases, unit: str, period: str, channels: tuple[str, ...], today: date) -> None:
    with transaction(databases.people) as people:
        channel_fixing.fix(people, unit, period, channels, today)


def fixed_for(databases: Databases, unit: str) -> tuple[Fixed, ...]:
    with reading(databases.people) as people:
        return channel_fixing.fixed_for(people, unit)


def test_the_last_day_before_a_quarter_is_the_last_on_which_it_can_be_changed(
    databases: Databases, unit: str
) -> None:
    fix(databases, unit, "2027-Q1", ("paper", "code"), LAST_DAY)
    fix(databases, unit, "2027-Q1", ("kiosk", "code"), LAST_DAY)
    assert fixed_for(databases, unit) == (Fixed("2027-Q1", ("code", "kiosk")),)
    with pytest.raises(ChannelsRefused, match="begun"):
        fix(databases, unit, "2027-Q1", ("open",), FIRST_DAY)
    with transaction(databases.people) as people, pytest.raises(ChannelsRefused, match="begun"):
        channel_fixing.take_back(people, unit, "2027-Q1", FIRST_DAY)
    assert fixed_for(databases, unit) == (Fixed("2027-Q1", ("code", "kiosk")),)


@pytest.mark.parametrize(
    ("channels", "code"), [((), "mixed"), (("open", "code"), "mixed"), (("letter",), "mixed")]
)
def test_open_links_and_visits_are_never_mixed(
    databases: Databases, unit: str, channels: tuple[str, ...], code: str
) -> None:
    with pytest.raises(ChannelsRefused, match=code):
        fix(databases, unit, "2027-Q1", channels, LAST_DAY)
    assert fixed_for(databases, unit) == ()


@pytest.mark.parametrize("period", ["2026-Q4", "2027", "2027-H1", "soon"])
def test_only_a_quarter_that_has_not_begun_can_be_fixed(databases: Databases, unit: str, period: str) -> None:
    with pytest.raises(ChannelsRefused, match="begun"):
        fix(databases, unit, period, ("open",), LAST_DAY)


def test_what_is_taken_back_leaves_what_was_fixed_before(databases: Databases, unit: str) -> None:
    fix(databases, unit, "2027-Q1", ("kiosk",), LAST_DAY)
    fix(databases, unit, "2027-Q2", ("open",), LAST_DAY)
    with transaction(databases.people) as people:
        channel_fixing.take_back(people, unit, "2027-Q2", LAST_DAY)
        with pytest.raises(NotFound):
            channel_fixing.take_back(people, unit, "2027-Q2", LAST_DAY)
    fixed = fixed_for(databases, unit)
    assert channels_of(fixed, "2027-Q2", OFFICIAL) == ("kiosk",)
    assert channels_of(fixed, "2026-Q4", OFFICIAL) == ("open",)
    assert [was_fixed(fixed, each) for each in ("2026-Q4", "2027-Q1", "2027", "2026")] == [
        False,
        True,
        True,
        False,
    ]
    with reading(databases.people) as people:
        assert channel_fixing.fixed_by_unit(people) == {unit: [Fixed("2027-Q1", ("kiosk",))]}


def test_four_quarters_lie_ahead() -> None:
    assert channel_fixing.quarters_to_fix(LAST_DAY, 3) == ("2027-Q1", "2027-Q2", "2027-Q3")
    assert channel_fixing.quarters_to_fix(FIRST_DAY, 2) == ("2027-Q2", "2027-Q3")
