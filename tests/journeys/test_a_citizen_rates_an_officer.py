"""A citizen with a code of an officer rates her without script; she and HR read the figure."""

import pytest
from playwright.sync_api import Page, expect

from survey.db import Databases, transaction
from survey.models.people import Employee
from survey.services.accounts import accounts
from survey.services.citizens import visit_codes
from survey.services.cycles import cycles
from tests.browser import assert_sound
from tests.citizens import FORM_ORDER, make_point
from tests.conftest import PASSWORD
from tests.factories import make_employee, make_unit, plan
from tests.journeys.conftest import OpenPage
from tests.officers import make_officer, say, spread

pytestmark = pytest.mark.browser
WIDTHS = (320, 360, 1280)


@pytest.fixture
def officer(databases: Databases) -> Employee:
    with transaction(databases.people) as people:
        found = make_employee(people, make_unit(people), 7)
        accounts.create_account(people, "officer", PASSWORD, ("employee",), found.id)
        accounts.create_account(people, "hr", PASSWORD, ("hr_admin",))
    return found


def sign_in(page: Page, name: str) -> None:
    page.goto("/staff/sign-in")
    page.get_by_label("Nama pengguna").fill(name)
    page.get_by_label("Kata sandi").fill(PASSWORD)
    page.locator("main form button").click()
    expect(page.get_by_role("button", name="Keluar")).to_be_attached()


@pytest.mark.parametrize("width", WIDTHS)
def test_a_citizen_with_a_code_of_the_officer_is_asked_three_questions_more(
    databases: Databases, visit: OpenPage, officer: Employee, width: int
) -> None:
    with transaction(databases.people) as people:
        _unit, point = make_point(people)
        [code] = visit_codes.print_roll(people, point, 1, officer.id)
    page = visit(f"/s/{point}/code", width, scripts=False)
    page.locator("[name=code]").fill(code)
    page.get_by_role("button", name="Mulai", exact=True).click()
    for item in FORM_ORDER:
        page.locator(f"[name={item}][value='4']").check(force=True)
        page.get_by_role("button", name="Lanjut", exact=True).click()
    for _left_open in ("suggestion", "general facts"):
        page.get_by_role("button", name="Lanjut", exact=True).click()
    page.get_by_role("button", name="Kirim", exact=True).click()
    expect(page.locator("#officer")).to_contain_text(officer.name)
    page.locator("[name=kesopanan][value='4']").check(force=True)
    page.get_by_role("button", name="Kirim jawaban tentang petugas").click()
    expect(page.locator("[role=alert], .govuk-error-summary").first).to_contain_text("Kemampuan")
    for item in ("kemampuan", "kejelasan"):
        page.locator(f"[name={item}][value='3']").check(force=True)
    page.get_by_role("button", name="Kirim jawaban tentang petugas").click()
    expect(page.locator("main")).to_contain_text("Jawaban Anda tentang petugas juga sudah kami terima")
    expect(page.locator("main code")).to_have_count(1)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_new_pages_are_sound(
    databases: Databases, visit: OpenPage, officer: Employee, width: int
) -> None:
    with transaction(databases.people) as people:
        key = make_officer(people, officer.id)
        cycle = cycles.create_cycle(people, plan("Semester II 2026"))
    for name, high in ((key, 40), ("b", 20), ("c", 10)):
        say(databases, name, spread(high, 15))
    page = visit("/", width)
    sign_in(page, "officer")
    page.goto("/staff/me/citizens")
    expect(page.locator("main")).to_contain_text("55 warga memberi nilai rata-rata")
    assert_sound(page, "own figure of an officer")
    page.context.clear_cookies()
    sign_in(page, "hr")
    for address in ("officers?period=2026-H1", f"cycles/{cycle.public_id}/partners"):
        page.goto(f"/staff/hr/{address}")
        expect(page.locator("h1")).to_be_visible()
        assert_sound(page, address)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_page_of_thanks_with_the_questions_is_sound(
    databases: Databases, visit: OpenPage, officer: Employee, width: int
) -> None:
    with transaction(databases.people) as people:
        _unit, point = make_point(people)
        [code] = visit_codes.print_roll(people, point, 1, officer.id)
    page = visit(f"/s/{point}/code", width)
    page.locator("[name=code]").fill(code)
    page.get_by_role("button", name="Semua pertanyaan").click()
    for item in FORM_ORDER:
        page.locator(f"[name={item}][value='4']").check(force=True)
    page.get_by_role("button", name="Lanjut", exact=True).click()
    page.get_by_role("button", name="Kirim", exact=True).click()
    expect(page.locator("#officer")).to_be_visible()
    assert_sound(page, "thanks with the questions about the officer")
