"""HR asks, the second office approves, the auditor looks at the trail; every page holds at both widths."""

import pytest
from playwright.sync_api import expect

from survey.config import Settings
from survey.db import Databases, transaction
from survey.services.accounts import accounts
from tests.browser import assert_sound
from tests.conftest import PASSWORD
from tests.factories import make_team, make_unit, open_cycle, plan
from tests.journeys.conftest import OpenPage
from tests.journeys.test_hr_runs_a_cycle_and_an_employee_reads import sign_in

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("width", "language"), [(320, "id"), (1280, "en")])
def test_lost_sheets_are_asked_for_and_approved(
    visit: OpenPage, databases: Databases, settings: Settings, width: int, language: str
) -> None:
    with transaction(databases.people) as people:
        team = make_team(people, make_unit(people), 5)
        accounts.create_account(people, "bkpsdm", PASSWORD, ("hr_admin",))
        accounts.create_account(people, "setda", PASSWORD, ("approver",))
        accounts.create_account(people, "inspektorat", PASSWORD, ("auditor",))
    cycle = open_cycle(databases, settings, plan("Semester II 2026"))

    hr = visit(f"/staff/sign-in?lang={language}", width=width)
    sign_in(hr, "bkpsdm")
    hr.goto(f"/staff/hr/cycles/{cycle.public_id}/replacements")
    assert_sound(hr, "hr-replacements-empty")
    hr.locator("main form button").click()
    assert_sound(hr, "hr-replacements-problem")
    hr.locator("[name=number]").fill(team[1].number)
    hr.locator("[name=reason]").fill("Ponsel dicuri pada 20 November")
    hr.locator("main form button").click()
    expect(hr.locator(".rows > li")).to_have_count(1)
    assert_sound(hr, "hr-replacements")

    approver = visit(f"/staff/sign-in?lang={language}", width=width)
    sign_in(approver, "setda")
    expect(approver.locator(".menu a")).to_have_count(2)
    assert_sound(approver, "approval-home")
    approver.locator("main .rows a").click()
    assert_sound(approver, "approval-replacement")
    approver.locator("form[action$='/approve'] button").click()
    expect(approver.locator("main form")).to_have_count(0)
    assert_sound(approver, "approval-approved")
    approver.goto("/staff/approve/")
    assert_sound(approver, "approval-nothing")

    auditor = visit(f"/staff/sign-in?lang={language}", width=width)
    sign_in(auditor, "inspektorat")
    expect(auditor.locator(".menu a")).to_have_count(2)
    expect(auditor.locator("main")).to_contain_text("replacement.approved")
    assert_sound(auditor, "auditor-trail")
    auditor.locator("main .actions a").click()
    assert_sound(auditor, "auditor-check")
