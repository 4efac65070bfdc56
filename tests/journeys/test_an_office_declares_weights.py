"""An office declares weights for a later quarter, mends a sum that does not fit, and takes them back."""

import pytest
from playwright.sync_api import expect

from survey.db import Databases, transaction
from survey.services.accounts import accounts
from tests.browser import assert_sound
from tests.citizens import ITEMS, make_point
from tests.conftest import PASSWORD
from tests.journeys.conftest import OpenPage
from tests.journeys.test_hr_runs_a_cycle_and_an_employee_reads import sign_in


@pytest.mark.browser
@pytest.mark.parametrize(("width", "language"), [(320, "id"), (360, "en"), (1280, "id")])
def test_weights_are_declared_and_taken_back(
    visit: OpenPage, databases: Databases, width: int, language: str
) -> None:
    with transaction(databases.people) as people:
        unit, _point = make_point(people)
        accounts.create_account(people, "bkpsdm", PASSWORD, ("hr_admin",))
    page = visit(f"/staff/sign-in?lang={language}", width=width)
    sign_in(page, "bkpsdm")
    page.goto(f"/staff/offices/{unit}")
    page.locator(f"a[href$='/{unit}/weights']").click()
    expect(page.locator("[name=reason]")).to_be_visible()
    assert_sound(page, f"weights-{language}")
    for code in ITEMS:
        page.locator(f"[name=weight_{code}]").fill("10")
    page.locator("[name=reason]").fill("Layanan baru")
    page.locator("main form .actions button").click()
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    assert_sound(page, f"weights-wrong-{language}")
    page.locator(f"[name=weight_{ITEMS[0]}]").fill("20")
    page.locator("main form .actions button").click()
    expect(page.locator("main tbody tr")).to_have_count(1)
    assert_sound(page, f"weights-declared-{language}")
    page.locator("main tbody button").click()
    expect(page.locator("main tbody tr")).to_have_count(0)
