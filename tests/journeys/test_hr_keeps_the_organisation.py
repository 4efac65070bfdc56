"""HR searches, sorts, changes posts and units, sets a team up: by keyboard, on a laptop and on a phone."""

import pytest
from playwright.sync_api import Page, expect

from survey.db import Databases, transaction
from survey.services.accounts import accounts
from tests.browser import assert_sound
from tests.conftest import PASSWORD
from tests.factories import make_employee, make_team, make_unit
from tests.journeys.conftest import OpenPage
from tests.journeys.test_hr_runs_a_cycle_and_an_employee_reads import sign_in

pytestmark = pytest.mark.browser


def press(page: Page, selector: str) -> None:
    """Go to a link or button as the keyboard does, and press it."""
    page.locator(selector).focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")


@pytest.mark.parametrize(("width", "language"), [(1366, "id"), (320, "en")])
def test_the_organisation_is_kept_by_keyboard(
    visit: OpenPage, databases: Databases, width: int, language: str
) -> None:
    with transaction(databases.people) as people:
        team = make_team(people, make_unit(people), 60)
        social = make_unit(people, "DINSOS", "Dinas Sosial")
        other = make_employee(people, social, 90)
        accounts.create_account(people, "bkpsdm", PASSWORD, ("hr_admin",))
    page = visit(f"/staff/sign-in?lang={language}", width=width)
    sign_in(page, "bkpsdm")

    page.goto("/staff/hr/people/employees")
    assert_sound(page, "employees")
    page.locator("[name=q]").focus()
    page.keyboard.type("Pegawai")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    press(page, "thead th:first-child a")
    expect(page.locator("thead th:first-child")).to_have_attribute("aria-sort", "descending")
    press(page, "nav.pages a[rel=next]")
    expect(page.locator("[aria-current=page]").last).to_have_text("2")
    assert_sound(page, "employees-sorted")

    page.goto(f"/staff/hr/people/employees/{team[1].public_id}/transfer")
    assert_sound(page, "transfer")
    page.locator("[name=unit]").fill("DINSOS")
    page.locator("[name=superior]").fill(other.number or "")
    page.locator("main form button").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert_sound(page, "employee-transferred")

    page.goto(f"/staff/hr/people/units/{social.public_id}/merge")
    assert_sound(page, "merge")
    page.locator("[name=units]").first.focus()
    page.keyboard.press("Space")
    page.locator("[name=begins_on]").fill("2026-11-24")
    page.locator("[name=decree]").fill("Perwako 1")
    press(page, "main form button")
    assert_sound(page, "unit-merged")

    page.goto("/staff/hr/people/teams")
    page.locator("[name=name]").fill("Tim SPBE")
    press(page, "main form button")
    assert_sound(page, "team")
    page.goto("/staff/hr/people/circles/new")
    assert_sound(page, "circle")
    page.goto("/staff/hr/people/imports")
    assert_sound(page, "imports")
