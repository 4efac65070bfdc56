"""HR watches an open cycle, judges how well it measured, and sees results only then."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from survey.config import Settings
from survey.db import Databases, transaction
from survey.services.accounts import accounts
from survey.services.auditing import public_log
from survey.services.cycles import cycles
from tests.browser import assert_sound
from tests.conftest import PASSWORD
from tests.factories import TODAY, answer, close, make_team, make_unit, open_cycle, plan
from tests.journeys.conftest import OpenPage
from tests.survey.item_rounds import counted

pytestmark = pytest.mark.browser

MEMBERS = 8


def sign_in(page: Page, username: str) -> None:
    page.locator("[name=username]").fill(username)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main button").click()


@pytest.mark.parametrize("width", [360, 1366])
def test_hr_watches_judges_and_then_sees(
    databases: Databases, settings: Settings, visit: OpenPage, width: int
) -> None:
    with transaction(databases.people) as people:
        accounts.create_account(people, "hr", PASSWORD, ("hr_admin",))
        team = make_team(people, make_unit(people, "DINKES", "Dinas Kesehatan"), MEMBERS)
    opened = open_cycle(databases, settings, plan("Uji mutu 2026"))
    for place, rater in enumerate(team):
        answer(databases, opened, rater, lambda key, item, place=place: 3 + (len(key + item) + place) % 3)
    with transaction(databases.people) as people:
        cycle = cycles.find_cycle(people, opened.public_id)
        cycle.opens_on = TODAY - timedelta(days=4)
        for days in range(4):
            day = (TODAY - timedelta(days=4 - days)).isoformat()
            public_log.tell(people, cycle, "box-told", ballots=20 * days, day=day)
    page = visit("/staff/hr/?lang=en", width)
    sign_in(page, "hr")
    address = f"/staff/hr/cycles/{opened.public_id}"
    page.goto(f"{address}?lang=en")
    expect(page.get_by_role("heading", name="The stages")).to_be_visible()
    expect(page.get_by_text("If raters go on as until now")).to_be_visible()
    assert_sound(page, "hr-cycle-watched")
    close(databases, settings, opened)
    page.reload()
    expect(page.get_by_text("The quality report waits to be accepted")).to_be_visible()
    assert_sound(page, "hr-cycle-tallied")
    page.get_by_role("link", name="Read the report").click()
    expect(page.get_by_role("heading", name="How many raters would it take?").first).to_be_visible()
    assert_sound(page, "hr-quality-report")
    page.get_by_role("button", name="Accept the report").click()
    assert_sound(page, "hr-quality-without-reason")
    page.get_by_label("Why you accept it").fill("Reliable enough for development")
    page.get_by_role("button", name="Accept the report").click()
    expect(page.get_by_text("Reliable enough for development")).to_be_visible()
    assert_sound(page, "hr-cycle-reviewed")
    page.get_by_role("link", name="See the results").click()
    assert_sound(page, "hr-results-after-review")


@pytest.mark.parametrize("width", [320, 360, 1280])
def test_hr_leaves_an_item_out_by_the_rule_and_takes_it_back(
    databases: Databases, settings: Settings, visit: OpenPage, width: int
) -> None:
    with transaction(databases.people) as people:
        accounts.create_account(people, "hr", PASSWORD, ("hr_admin",))
    done = counted(databases, settings, name="Uji butir 2026")
    page = visit("/staff/hr/?lang=en", width)
    sign_in(page, "hr")
    page.goto(f"/staff/hr/cycles/{done.cycle.public_id}/quality?lang=en")
    expect(page.get_by_role("heading", name="The rule about items")).to_be_visible()
    assert_sound(page, "hr-items-rule")
    page.get_by_role("button", name="Leave the named items out").click()
    expect(page.get_by_role("link", name="Write a reason in a sentence.")).to_be_visible()
    assert_sound(page, "hr-items-without-reason")
    page.get_by_label("Why you leave them out").fill("Raters understood it differently")
    page.get_by_role("button", name="Leave the named items out").click()
    expect(page.get_by_text("Left out of every figure")).to_be_visible()
    assert_sound(page, "hr-items-left-out")
    page.get_by_role("button", name="Count all items again").click()
    expect(page.get_by_role("button", name="Leave the named items out")).to_be_visible()
