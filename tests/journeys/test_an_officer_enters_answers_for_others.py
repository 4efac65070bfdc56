"""An officer asks somebody and types in paper forms: by keyboard, with nothing lost on the way."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from survey.db import Databases, reading, transaction
from survey.models.ballots import SpooledBallot
from survey.services.accounts import accounts
from tests.browser import assert_sound
from tests.citizens import make_point
from tests.conftest import PASSWORD
from tests.journeys.conftest import OpenPage
from tests.journeys.test_hr_runs_a_cycle_and_an_employee_reads import sign_in

pytestmark = pytest.mark.browser
ROWS = [("333433334", "1", "3", "", ""), ("222222222", "2", "", "4", "1"), ("444444440", "", "", "", "")]


@pytest.fixture
def place(databases: Databases) -> str:
    with transaction(databases.people) as people:
        unit, point = make_point(people)
        accounts.create_account(people, "bkpsdm", PASSWORD, ("hr_admin",))
    return f"/staff/offices/{unit}/entry/{point}"


def spooled(databases: Databases) -> int:
    with reading(databases.spool) as spool:
        return spool.scalar(select(func.count()).select_from(SpooledBallot)) or 0


def type_rows(page: Page) -> None:
    """Hands stay on the keys: Enter goes to the next field, also over what stays empty."""
    page.locator("#answers-1").focus()
    for answers, *facts in ROWS:
        for text in (answers, *facts, ""):
            page.keyboard.type(text)
            page.keyboard.press("Enter")


@pytest.mark.parametrize(("width", "language"), [(320, "id"), (360, "en"), (1280, "id"), (1280, "en")])
def test_the_pages_are_sound(visit: OpenPage, place: str, width: int, language: str) -> None:
    page = visit(f"/staff/sign-in?lang={language}", width=width)
    sign_in(page, "bkpsdm")
    page.goto(place.rpartition("/")[0])
    assert_sound(page, f"entry-{language}")
    page.goto(f"{place}/assisted")
    assert_sound(page, f"assisted-{language}")
    page.locator("main form .actions button").click()
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    for question in page.locator("fieldset.question").all():
        question.locator("input").nth(2).check(force=True)
    page.locator("main form .actions button").click()
    expect(page.locator("main code")).to_be_visible()
    assert_sound(page, f"assisted-sent-{language}")
    page.goto(f"{place}/paper")
    assert_sound(page, f"paper-{language}")
    type_rows(page)
    page.locator("[value=check]").click()
    expect(page.locator("[name=again]")).to_have_count(2)
    assert_sound(page, f"paper-check-{language}")
    page.locator("[value=send]").click()
    expect(page.locator(".govuk-error-summary")).to_be_visible()


def test_nothing_typed_is_lost_by_a_reload_or_the_end_of_a_session(
    visit: OpenPage, databases: Databases, place: str
) -> None:
    page = visit("/staff/sign-in", width=1280)
    sign_in(page, "bkpsdm")
    page.goto(f"{place}/paper")
    type_rows(page)
    expect(page.locator("#count")).to_have_text("3")
    page.reload()
    expect(page.locator("#kept")).to_be_visible()
    expect(page.locator("#answers-3")).to_have_value("444444440")
    page.context.clear_cookies()
    page.locator("[value=check]").click()
    expect(page.locator("[name=answers]")).to_have_count(0)
    page.goto("/staff/sign-in")
    sign_in(page, "bkpsdm")
    expect(page.locator("[name=username]")).to_have_count(0)
    page.goto(f"{place}/paper")
    expect(page.locator("#count")).to_have_text("3")
    page.locator("[value=check]").click()
    for field in page.locator("[name=again]").all():
        number = int((field.get_attribute("id") or "").rpartition("-")[2])
        field.fill(ROWS[number - 1][0])
    page.locator("[value=send]").click()
    expect(page.locator(".notice--good")).to_be_visible()
    assert spooled(databases) == 3
    page.goto(f"{place}/paper")
    expect(page.locator("#count")).to_have_text("0")
    expect(page.locator("#kept")).to_be_hidden()


def test_what_is_kept_can_be_discarded(visit: OpenPage, place: str) -> None:
    page = visit("/staff/sign-in", width=1280)
    sign_in(page, "bkpsdm")
    page.goto(f"{place}/paper")
    type_rows(page)
    page.reload()
    page.locator("#discard").click()
    expect(page.locator("#count")).to_have_text("0")
    expect(page.locator("#answers-1")).to_have_value("")


def test_without_scripts_forms_are_typed_checked_and_sent(
    visit: OpenPage, databases: Databases, place: str
) -> None:
    page = visit("/staff/sign-in", width=1280, scripts=False)
    sign_in(page, "bkpsdm")
    page.goto(f"{place}/paper")
    page.locator("#answers-1").fill("333333333")
    page.locator("[value=check]").click()
    page.locator("[name=again]").fill("333333333")
    page.locator("[value=send]").click()
    expect(page.locator(".notice--good")).to_be_visible()
    assert spooled(databases) == 1
