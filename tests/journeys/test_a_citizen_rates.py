"""A citizen rates a service on a phone without script, and sees the unit's result when it is merged."""

import pytest
from playwright.sync_api import expect

from survey.config import Settings
from survey.db import Databases, transaction
from survey.jobs import merge_citizens
from survey.services import citizen_answers
from tests.browser import assert_sound
from tests.citizens import FORM_ORDER, cast, filled, make_point
from tests.journeys.conftest import OpenPage

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("language", "width", "go_on", "send", "thanks"),
    [
        ("id", 360, "Lanjut", "Kirim", "Terima kasih"),
        ("en", 1280, "Continue", "Send", "Thank you"),
    ],
)
def test_a_citizen_rates_without_script_and_the_unit_shows_it(
    databases: Databases,
    settings: Settings,
    visit: OpenPage,
    language: str,
    width: int,
    go_on: str,
    send: str,
    thanks: str,
) -> None:
    with transaction(databases.people) as people:
        unit, point = make_point(people)
    period = citizen_answers.period_of(settings.today())
    for _earlier in range(4):
        cast(databases, settings, point, filled(3), period=period)

    page = visit(f"/s/{point}?lang={language}", width, scripts=False)
    page.locator("main form button").first.click()
    for item in FORM_ORDER:
        page.locator(f"[name={item}][value='4']").check(force=True)
        page.get_by_role("button", name=go_on, exact=True).click()
    page.get_by_role("button", name=go_on, exact=True).click()  # the general facts may be left as they are
    page.get_by_role("button", name=send, exact=True).click()
    expect(page.locator("h1")).to_contain_text(thanks)
    assert page.context.cookies() == []

    merge_citizens.run(settings, databases)
    page.goto(f"/units/{unit}?lang={language}")
    # (4 * 3 + 4) / 5 = 3.2 for each of nine elements; 3.2 * 25 = 80.00 (PermenPANRB 14/2017)
    expect(page.locator("main")).to_contain_text("80,00" if language == "id" else "80.00")


@pytest.mark.parametrize("width", [360, 1280])
def test_the_pages_of_citizens_are_sound(
    databases: Databases, settings: Settings, visit: OpenPage, width: int
) -> None:
    with transaction(databases.people) as people:
        unit, point = make_point(people)
    for value in (2, 3, 3, 4, 4, 4):
        cast(databases, settings, point, filled(value))
    merge_citizens.run(settings, databases)
    page = visit("/", width)
    assert_sound(page, "home")
    page.goto(f"/units/{unit}")
    assert_sound(page, "unit")
    page.goto("/promise")
    assert_sound(page, "promise")
    page.goto(f"/s/{point}")
    assert_sound(page, "citizen-start")
    page.locator("main form button").first.click()
    assert_sound(page, "citizen-question")
    page.get_by_role("button", name="Lanjut", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert_sound(page, "citizen-question-missing")
