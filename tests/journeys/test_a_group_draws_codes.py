"""HR prints codes to be drawn; somebody without a link answers with one; the pages hold at both widths."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from survey.config import Settings
from survey.db import Databases, transaction
from survey.services.accounts import accounts
from tests.browser import assert_sound
from tests.conftest import PASSWORD
from tests.factories import code_for, make_team, make_unit, open_cycle, plan
from tests.journeys.conftest import OpenPage
from tests.journeys.test_hr_runs_a_cycle_and_an_employee_reads import sign_in
from tests.survey.hr.test_drawing import codes_in

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("width", "language"), [(320, "id"), (1280, "en")])
def test_codes_are_printed_drawn_and_answered_with(
    visit: OpenPage, databases: Databases, settings: Settings, width: int, language: str
) -> None:
    with transaction(databases.people) as people:
        team = make_team(people, make_unit(people), 5)
        accounts.create_account(people, "hr", PASSWORD, ("hr_admin",))
    cycle = open_cycle(databases, settings, plan("Semester II 2026"))
    code = code_for(databases, cycle, team[1])
    hr = visit(f"/staff/sign-in?lang={language}", width=width)
    sign_in(hr, "hr")
    hr.goto(f"/staff/hr/cycles/{cycle.public_id}/drawn")
    assert_sound(hr, "hr-drawn")
    hr.locator("main .rows a").first.click()
    assert_sound(hr, "hr-drawn-scopes")
    hr.locator("main .rows li", has_text=team[5].name).locator("a").click()
    assert_sound(hr, "hr-drawn-confirm")
    with hr.expect_download() as download:
        hr.locator("main form button").click()
    codes = codes_in(Path(download.value.path()).read_bytes(), cycle)
    assert len(codes) == 4
    drawn = codes[0]

    for scripts in (False, True):
        rater = visit(f"/i/?lang={language}", width=width, scripts=scripts)
        rater.locator("[name=secret]").fill(drawn)
        rater.locator("#start button").click()
        if scripts:
            rater.locator("[data-act=own]").click()
        expect(rater.locator("main")).to_contain_text(team[5].name)
        expect(rater.locator(".rows > li")).to_have_count(1)
        expect(rater.locator("main")).not_to_contain_text(team[1].name)
        if scripts:  # axe itself is a script
            assert_sound(rater, "js-drawn-code")

    personal = visit(f"/i/?lang={language}", width=width)
    personal.locator("[name=secret]").fill(code)
    personal.locator("#start button").click()
    personal.locator("[data-act=own]").click()
    void = personal.locator(".rows > li", has_text=team[5].name)
    expect(void).to_contain_text(re.compile("kode kertas|drawn from a box"))
    expect(void.locator("button")).to_have_count(0)
    expect(void).not_to_contain_text(re.compile("perangkat lain|another device"))
    expect(personal.locator(".rows > li button")).to_have_count(5)
    expect(personal.locator(".progress .number")).to_have_text(re.compile("^0 (dari|of) 5$"))
    assert_sound(personal, "js-drawn-instead")
