"""An office fixes the channels of its index for a later quarter, and takes them back."""

import pytest
from playwright.sync_api import expect

from survey.db import Databases, transaction
from survey.services.accounts import accounts
from tests.browser import assert_sound
from tests.citizens import make_point
from tests.conftest import PASSWORD
from tests.journeys.conftest import OpenPage
from tests.journeys.test_hr_runs_a_cycle_and_an_employee_reads import sign_in


@pytest.mark.browser
@pytest.mark.parametrize(("width", "language"), [(320, "id"), (360, "en"), (1280, "id")])
def test_channels_are_fixed_and_taken_back(
    visit: OpenPage, databases: Databases, width: int, language: str
) -> None:
    with transaction(databases.people) as people:
        unit, _point = make_point(people)
        accounts.create_account(people, "bkpsdm", PASSWORD, ("hr_admin",))
    page = visit(f"/staff/sign-in?lang={language}", width=width)
    sign_in(page, "bkpsdm")
    page.goto(f"/staff/offices/{unit}/channels")
    assert_sound(page, f"channels-{language}")
    page.locator("main form .actions button").click()
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    for channel in ("code", "kiosk"):
        page.locator(f"[name=channels][value={channel}]").check(force=True)
    page.locator("main form .actions button").click()
    expect(page.locator("main tbody tr")).to_have_count(1)
    assert_sound(page, f"channels-fixed-{language}")
    page.locator("main tbody button").click()
    expect(page.locator("main tbody tr")).to_have_count(0)
