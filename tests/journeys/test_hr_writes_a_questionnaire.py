"""HR writes a questionnaire with the keyboard, publishes it, explains a cycle and writes a meeting down."""

import pytest
from playwright.sync_api import Page, expect

from survey.db import Databases, transaction
from survey.services.accounts import accounts
from survey.services.cycles import cycles
from survey.services.raters import assignments
from tests.browser import assert_sound
from tests.conftest import PASSWORD
from tests.factories import make_team, make_unit, plan
from tests.journeys.conftest import OpenPage

pytestmark = pytest.mark.browser
LAPTOP = 1366


@pytest.fixture
def cycle(databases: Databases) -> str:
    """An assigned cycle, an account of HR, and the cycle's name in addresses."""
    with transaction(databases.people) as people:
        make_team(people, make_unit(people), 7)
        made = cycles.create_cycle(people, plan("Semester uji"))
        assignments.assign_raters(people, made)
        accounts.create_account(people, "hr", PASSWORD, ("hr_admin",))
        return made.public_id


def sign_in(page: Page) -> None:
    page.locator("[name=username]").fill("hr")
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_be_visible()


def type_into(page: Page, **fields: str) -> None:
    """Fill fields by name, then send the form with the Enter key."""
    for name, words in fields.items():
        page.locator(f"[name={name}]").fill(words)
    page.locator(f"[name={next(reversed(fields))}]").press("Enter")


def test_a_questionnaire_is_written_with_the_keyboard_and_published(visit: OpenPage, cycle: str) -> None:
    page = visit("/staff/sign-in", LAPTOP)
    sign_in(page)
    page.goto("/staff/hr/instruments/new")
    assert_sound(page, "instrument-new")
    type_into(page, title="Arahan kerja")
    expect(page.locator("h1")).to_contain_text("Arahan kerja")
    draft = page.url
    assert_sound(page, "draft-empty")
    page.goto(f"{draft}/scales/0")
    type_into(page, title_id="Arahan", title_en="")
    expect(page.locator("#title_en-error")).to_contain_text("belum ada")
    assert_sound(page, "draft-problem")
    page.locator(".govuk-error-summary a").first.press("Enter")
    assert page.evaluate("document.activeElement.id") == "title_en"
    type_into(page, title_id="Arahan", title_en="Direction")
    page.goto(f"{draft}/items/0?scale=arahan")
    page.locator("[name=text_id]").fill("menjelaskan tujuan")
    page.locator("[name=text_en]").fill("explain the aim")
    page.get_by_role("button", name="Simpan", exact=True).press("Enter")
    page.goto(f"{draft}/general")
    page.locator("[name=title_en]").fill("Direction of work")
    page.locator("[name=purpose_id]").fill("Untuk tumbuh.")
    page.locator("[name=purpose_en]").fill("To grow by.")
    assert_sound(page, "draft-general")
    page.get_by_role("button", name="Simpan", exact=True).press("Enter")
    page.goto(f"{draft}/sources/0")
    type_into(page, title="Kota")
    assert_sound(page, "draft-whole")
    page.get_by_role("link", name="Pratinjau").press("Enter")
    assert_sound(page, "draft-preview")
    page.get_by_role("link", name="ponsel").press("Enter")
    wide = page.locator(".sheet--phone").bounding_box()
    assert wide is not None
    assert wide["width"] <= 400
    tops = "[...document.querySelectorAll('.steps .choice')].map(e => e.getBoundingClientRect().top)"
    assert len(set(page.evaluate(tops))) == 5  # the steps stand below each other, as on a phone
    assert_sound(page, "draft-preview-phone")
    page.goto(f"{draft}/publish")
    page.get_by_role("button", name="Terbitkan").press("Enter")
    expect(page.locator("h1")).to_contain_text("Arahan kerja")
    assert_sound(page, "instrument")
    for language in ("en", "id"):
        page.goto(f"/staff/hr/instruments?lang={language}")
        assert_sound(page, f"instruments-{language}")


@pytest.mark.parametrize("width", [360, LAPTOP])
def test_what_staff_are_told_reads_well_on_a_phone_and_on_a_laptop(
    visit: OpenPage, cycle: str, width: int
) -> None:
    for language in ("id", "en"):
        page = visit(f"/cycles/{cycle}/explained?lang={language}", width)
        assert_sound(page, f"explained-{language}")
    page.goto(f"/cycles/{cycle}/explained/slides")
    assert_sound(page, "slides")
    page.goto(f"/cycles/{cycle}/practice/peer")
    assert_sound(page, "practice")


def test_the_practice_sheet_sends_nothing_without_script_either(visit: OpenPage, cycle: str) -> None:
    for scripts in (True, False):
        page = visit(f"/cycles/{cycle}/practice/peer", scripts=scripts)
        sent: list[str] = []
        page.on("request", lambda request, sent=sent: sent.append(request.method + request.url))
        page.locator("[type=radio]").first.check(force=True)
        page.locator("[type=radio]").first.press("Enter")
        page.locator("textarea").first.fill("kata-kata latihan")
        page.get_by_role("link", name="Selesai berlatih").click()
        assert page.url.endswith("#done")
        assert [address for address in sent if "/static/" not in address] == []
        page.reload()
        assert page.locator("[type=radio]:checked").count() == 0


def test_the_slides_print_as_sheets_of_a4_across(visit: OpenPage, cycle: str) -> None:
    page = visit(f"/cycles/{cycle}/explained/slides", LAPTOP)
    document = page.pdf(prefer_css_page_size=True)
    assert document.count(b"/Type /Page\n") == 8
    assert document.count(b"/MediaBox [0 0 842") == 8 or document.count(b"/MediaBox [0 0 841") == 8


def test_a_meeting_is_written_down(visit: OpenPage, cycle: str) -> None:
    page = visit("/staff/sign-in", LAPTOP)
    sign_in(page)
    page.goto(f"/staff/hr/cycles/{cycle}/briefings")
    assert_sound(page, "briefings")
    page.locator("[name=unit]").first.check(force=True)
    type_into(page, led_by="BKPSDM", present="7")
    expect(page.locator("main")).to_contain_text("Semua unit sudah diberi penjelasan.")
    assert_sound(page, "briefings-done")
    page.goto(f"/staff/hr/cycles/{cycle}")
    assert_sound(page, "cycle-briefed")
