"""Pages of staff that no journey walks through, at every width: no violation, no sideways scroll."""

import pytest
from playwright.sync_api import Page, expect

from survey.config import Settings
from survey.db import Databases
from tests.browser import assert_sound
from tests.conftest import PASSWORD
from tests.journeys.conftest import OpenPage
from tests.journeys.test_hr_runs_a_cycle_and_an_employee_reads import sign_in
from tests.town import Town, assign, build, name_peers, open_

pytestmark = pytest.mark.browser

PLANNING = {
    "hr": (
        "/staff/hr/",
        "/staff/hr/cycles/{cycles}",
        "/staff/hr/cycles/{cycles}/assign",
        "/staff/hr/cycles/{cycles}/feasibility",
        "/staff/hr/conflicts",
        "/staff/hr/accounts",
        "/staff/hr/accounts/{accounts}",
        "/staff/hr/service-points",
        "/staff/hr/service-points/{service-points}/channels",
        "/staff/hr/people/teams",
        "/staff/hr/people/imports",
        "/staff/hr/people/imports/{imports}",
        "/staff/hr/desk",
    ),
    "member": (
        "/staff/me/",
        "/staff/me/nominations/{cycles}",
        "/staff/me/nominations/{cycles}/decline/{subject}",
    ),
    "head": (
        "/staff/team/",
        "/staff/team/nominations",
        "/staff/team/nominations/{cycles}/{subject}",
        "/staff/offices/",
        "/staff/offices/{units}",
        "/staff/offices/{units}/plan/new",
        "/staff/offices/{units}/plan/{plan}",
        "/staff/offices/{units}/indicators/new",
        "/staff/offices/{units}/indicators/{indicators}",
        "/staff/offices/{units}/changes/new",
        "/staff/offices/{units}/users",
        "/staff/offices/{units}/report",
    ),
}
OPEN = {
    "hr": (
        "/staff/hr/cycles/{cycles}",
        "/staff/hr/cycles/{cycles}/drawn",
        "/staff/hr/cycles/{cycles}/slips",
        "/staff/hr/cycles/{cycles}/mail",
        "/staff/hr/cycles/{cycles}/extend",
        "/staff/hr/mail/refused",
    ),
    "head": ("/staff/team/cycles/{cycles}/briefings",),
    "approval": ("/staff/approve/", "/staff/approve/lists/{cycles}", "/staff/approve/requests/{requests}"),
    "auditor": ("/staff/audit/trail", "/staff/audit/trail/check"),
}
# On a laptop: what HR plans and assigns with.
LAPTOP = (
    "/staff/hr/cycles/new",
    "/staff/hr/cycles/{cycles}",
    "/staff/hr/cycles/{cycles}/assign",
    "/staff/hr/cycles/{cycles}/feasibility",
    "/staff/hr/cycles/{cycles}/holders",
    "/staff/hr/conflicts",
)


def enter(visit: OpenPage, who: str, width: int) -> Page:
    page = visit("/staff/sign-in", width)
    sign_in(page, who, PASSWORD)
    expect(page.locator("form[action$='/sign-out']")).to_be_attached()
    return page


def look_at(visit: OpenPage, town: Town, pages: dict[str, tuple[str, ...]], width: int) -> None:
    for who, addresses in pages.items():
        page = enter(visit, who, width)
        for address in addresses:
            answer = page.goto(address.format(**town.names))
            assert answer
            assert answer.status == 200, address
            assert_sound(page, address.format(**dict.fromkeys(town.names, "x")).strip("/").replace("/", "-"))


@pytest.mark.parametrize("width", [320, 360, 1280])
def test_before_a_cycle_opens(databases: Databases, settings: Settings, visit: OpenPage, width: int) -> None:
    town = build(databases, settings, 1)
    name_peers(town)
    look_at(visit, town, PLANNING, width)


@pytest.mark.parametrize("width", [320, 360, 1280])
def test_while_a_cycle_is_open(databases: Databases, settings: Settings, visit: OpenPage, width: int) -> None:
    town = build(databases, settings, 1)
    name_peers(town)
    assign(town)
    open_(town)
    look_at(visit, town, OPEN, width)


def test_planning_and_assigning_fit_a_laptop(
    databases: Databases, settings: Settings, visit: OpenPage
) -> None:
    town = build(databases, settings, 2)
    page = enter(visit, "hr", 1366)
    for stage in (None, assign):
        if stage:
            stage(town)
        for address in (*LAPTOP, *(() if stage else ("/staff/hr/cycles/{cycles}/plan",))):
            answer = page.goto(address.format(**town.names))
            assert answer
            assert answer.status == 200, address
            assert page.evaluate("document.scrollingElement.scrollWidth") <= 1366, address
            wide = (
                "[...document.querySelectorAll('.scroll')].filter(e => e.scrollWidth > e.clientWidth).length"
            )
            assert page.evaluate(wide) == 0, f"a table of {address} scrolls sideways"
