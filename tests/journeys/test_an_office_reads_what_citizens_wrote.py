"""An office reads what citizens wrote, blacks a name out, and says what answers it."""

import pytest
from playwright.sync_api import expect

from survey.db import Databases, transaction
from survey.services.accounts import accounts
from tests.browser import assert_sound
from tests.citizens import filled, make_point
from tests.conftest import PASSWORD
from tests.journeys.conftest import OpenPage
from tests.journeys.test_hr_runs_a_cycle_and_an_employee_reads import sign_in
from tests.survey.public.test_results import keep

WORDS = (
    "Pak Budi di loket satu kasar sekali kepada orang tua.",
    "Tambah kursi di ruang tunggu, ya",
    "a",
    "b",
    "c",
)


@pytest.mark.browser
@pytest.mark.parametrize(("width", "language"), [(320, "id"), (360, "en"), (1280, "id")])
def test_a_text_is_read_blacked_out_and_dealt_with(
    visit: OpenPage, databases: Databases, width: int, language: str
) -> None:
    with transaction(databases.people) as people:
        unit, point = make_point(people)
        accounts.create_account(people, "bkpsdm", PASSWORD, ("hr_admin",))
    page = visit(f"/staff/sign-in?lang={language}", width=width)
    sign_in(page, "bkpsdm")
    page.goto(f"/staff/offices/{unit}/suggestions")
    assert_sound(page, f"suggestions-none-{language}")
    keep(databases, point, "2026-Q3", [filled(3, saran=words) for words in WORDS])
    page.reload()
    expect(page.locator("ul.rows > li")).to_have_count(5)
    assert_sound(page, f"suggestions-{language}")
    page.locator("ul.rows > li", has_text="Budi").locator("a").click()
    expect(page.locator("[name=passage]")).to_be_visible()
    assert_sound(page, f"suggestion-{language}")
    page.locator("[name=passage]").fill("Pak Budi")
    page.locator("[value=black-out]").click()
    expect(page.locator(".panel .words")).to_have_text("█████ di loket satu kasar sekali kepada orang tua.")
    page.locator("[value=handle]").click()
    expect(page.locator(".badge--good")).to_have_count(1)
    assert_sound(page, f"suggestions-handled-{language}")
