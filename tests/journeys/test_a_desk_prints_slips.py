"""A desk prints a slip, its person sets a password and answers from the public address; HR gives a role."""

import re

import pytest
from playwright.sync_api import expect

from protocol import manifest
from survey.config import Settings
from survey.db import Databases, transaction
from survey.services.accounts import accounts
from tests.browser import assert_sound
from tests.conftest import PASSWORD
from tests.factories import make_team, make_unit, open_cycle, plan
from tests.journeys.conftest import OpenPage
from tests.journeys.test_hr_runs_a_cycle_and_an_employee_reads import sign_in
from tests.printed import read_pdf

pytestmark = pytest.mark.browser
CHOSEN = "kucing hujan meja biru"


@pytest.mark.parametrize(("width", "language"), [(320, "id"), (1366, "en")])
def test_a_slip_leads_from_the_desk_to_the_own_questionnaires(
    visit: OpenPage, databases: Databases, settings: Settings, width: int, language: str
) -> None:
    with transaction(databases.people) as people:
        unit = make_unit(people)
        make_team(people, unit, 6)
        accounts.create_account(people, "bkpsdm", PASSWORD, ("hr_admin",))
    cycle = open_cycle(databases, settings, plan("Semester II 2026"))

    hr = visit(f"/staff/sign-in?lang={language}", width=width)
    sign_in(hr, "bkpsdm")
    hr.goto("/staff/hr/desk")
    assert_sound(hr, "desk")
    hr.locator("main table tbody a").click()
    assert_sound(hr, "desk-unit")
    hr.locator("[name=for][value=chosen]").check(force=True)
    hr.locator("main form .actions button").click()
    assert_sound(hr, "desk-problem")
    hr.locator("[name=person]").nth(1).check(force=True)
    with hr.expect_download() as download:
        hr.locator("main form .actions button").click()
    words = read_pdf(download.value.path().read_bytes())
    code = re.findall(r"\w{4}(?:-\w{4}){3}", words)[0]
    username = re.findall(r"pegawai\.\d+", words)[0]

    person = visit(f"/i/?lang={language}", width=width)
    assert_sound(person, "start")
    person.locator("main a[href*='/staff/me']").click()
    assert_sound(person, "sign-in-with-slip")
    person.locator("main a[href*='activate']").click()
    person.locator("main form button").click()
    assert_sound(person, "activate-problem")
    person.locator("[name=username]").fill(username)
    person.locator("[name=code]").fill(code.lower())
    for field in ("password", "repeated"):
        person.locator(f"[name={field}]").fill(CHOSEN)
    person.locator("main form button").click()
    expect(person.get_by_role("status")).to_be_visible()
    assert_sound(person, "activated")
    sign_in(person, username, CHOSEN)
    person.locator("main form button").click()
    assert_sound(person, "own-code")
    person.locator("main a[href^='/i#']").click()
    person.locator("#start button").click()
    expect(person.locator("main")).to_contain_text("Semester II 2026")
    person.goto("/staff/password")
    assert_sound(person, "password")

    hr.goto(f"/staff/hr/cycles/{cycle.public_id}/invite")
    assert_sound(hr, "invite")
    hr.goto("/staff/hr/accounts?q=pegawai")
    assert_sound(hr, "accounts")
    hr.locator("main table tbody a").click()
    hr.locator("[name=role]").select_option("unit_head")
    hr.locator("form[action$='/grant'] button").click()
    assert_sound(hr, "account-problem")
    hr.locator("[name=unit]").fill(unit.code)
    hr.locator("form[action$='/grant'] button").click()
    expect(hr.locator("main .rows > li")).to_have_count(2)
    assert_sound(hr, "account")
    person.goto("/staff/team/")
    person.locator("main tbody a").first.click()
    assert_sound(person, "team-employee")

    anybody = visit(f"/genuine?lang={language}", width=width)
    anybody.locator("[name=code]").fill(manifest.manifest_code(cycle.manifest.encode()))
    anybody.locator("main form button").click()
    expect(anybody.locator("main")).to_contain_text("Semester II 2026")
    assert_sound(anybody, "genuine")
