"""A citizen rates a service on a phone without script, and sees the unit's result when it is merged."""

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from survey.config import Settings
from survey.db import Databases, transaction
from survey.jobs import merge_citizens
from survey.services.citizens import citizen_answers, proof_of_work
from tests.browser import assert_sound
from tests.citizens import FORM_ORDER, cast, filled, make_point
from tests.journeys.conftest import OpenPage

pytestmark = pytest.mark.browser
FIRST_LOAD, NEXT_STEP = 60 * 1024, 15 * 1024  # bytes over the wire
SLOW_LINE = {  # a phone on 2G: 50 kbit/s down, 20 up, half a second to anywhere
    "offline": False,
    "latency": 500,
    "downloadThroughput": 50_000 / 8,
    "uploadThroughput": 20_000 / 8,
}


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
    for _left_open in ("suggestion", "general facts"):
        page.get_by_role("button", name=go_on, exact=True).click()
    page.get_by_role("button", name=send, exact=True).click()
    expect(page.locator("h1")).to_contain_text(thanks)
    assert page.context.cookies() == []

    merge_citizens.run(settings, databases)
    page.goto(f"/units/{unit}?lang={language}")
    # (4 * 3 + 4) / 5 = 3.2 for each of nine elements; 3.2 * 25 = 80.00 (PermenPANRB 14/2017)
    expect(page.locator("main")).to_contain_text("80,00" if language == "id" else "80.00")


@pytest.mark.parametrize(
    ("width", "wish"), [(320, ""), (320, "?type=large&aloud=1"), (360, "?lang=en"), (1280, "")]
)
def test_the_pages_of_citizens_are_sound(
    databases: Databases, settings: Settings, visit: OpenPage, width: int, wish: str
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
    page.goto(f"/s/{point}{wish}")
    assert_sound(page, "citizen-start")
    page.locator("main form button").nth(1).click()
    assert_sound(page, "citizen-all")
    page.locator("main form .actions button").first.click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert_sound(page, "citizen-all-missing")
    page.goto(f"/s/{point}{wish}")
    page.locator("main form button").first.click()
    assert_sound(page, "citizen-question")
    page.locator("main form .actions button").first.click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert_sound(page, "citizen-question-missing")
    for item in FORM_ORDER:
        page.locator(f"[name={item}][value='4']").check(force=True)
        page.locator("main form .actions button").first.click()
    page.locator("textarea").fill("Terima kasih, Ibu Rahmi")
    page.locator("main form .actions button").first.click()
    assert_sound(page, "citizen-words-hint")
    page.locator("main form .actions button").first.click()
    assert_sound(page, "citizen-profile")
    page.locator("main form .actions button").first.click()
    assert_sound(page, "citizen-check")
    expect(page.locator("#work")).not_to_have_value("", timeout=20_000)
    nonce, work = page.locator("[name=nonce]").input_value(), page.locator("#work").input_value()
    assert proof_of_work.is_done(nonce, work)
    page.locator("main form .actions button").first.click()
    expect(page.locator("code")).to_be_visible()
    assert_sound(page, "citizen-thanks")
    page.locator("main a[href*=withdraw]").click()
    assert_sound(page, "citizen-withdraw")


def test_a_citizen_rates_by_keyboard_alone(databases: Databases, visit: OpenPage) -> None:
    with transaction(databases.people) as people:
        _unit, point = make_point(people)
    page = visit(f"/s/{point}", 360, scripts=False)
    tab_to(page, "button[value=next]")
    page.keyboard.press("Enter")
    for item in FORM_ORDER:
        expect(page.locator(f"[name={item}]").first).to_be_attached()
        tab_to(page, f"[name={item}]")
        for _step in range(2):  # the arrow keys choose, as screen readers expect of radio buttons
            page.keyboard.press("ArrowDown")
        expect(page.locator(f"[name={item}]:checked")).to_have_value("3")
        page.keyboard.press("Enter")
    expect(page.locator("textarea")).to_be_attached()
    tab_to(page, "textarea")
    page.keyboard.type("Tambah kursi")
    for heading in ("Sedikit data umum", "Periksa jawaban Anda"):
        tab_to(page, "button[value=next], button[value=send]")
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_have_text(heading)
    tab_to(page, "button[value=send]")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Terima kasih")


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until an element has the focus, as somebody without a mouse does."""
    for _press in range(40):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no Tab leads to {selector}")


def test_the_first_load_and_every_step_are_light_on_the_wire_and_quick_on_a_slow_line(
    databases: Databases, visit: OpenPage
) -> None:
    with transaction(databases.people) as people:
        _unit, point = make_point(people)
    page = visit("/promise", 360)  # a browser that is warm, and a cache that is not
    line = page.context.new_cdp_session(page)
    received: list[float] = []
    line.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    line.send("Network.enable")
    line.send("Network.clearBrowserCache")
    line.send("Network.emulateNetworkConditions", SLOW_LINE)
    seconds, weights = [], []

    def measured(act: Callable[[], object], selector: str) -> None:
        received.clear()
        begun = time.monotonic()
        act()
        expect(page.locator(selector).first).to_be_attached(timeout=30_000)
        page.wait_for_load_state()
        seconds.append(time.monotonic() - begun)
        weights.append(sum(received))

    go_on = page.locator("main form .actions button").first
    measured(lambda: page.goto(f"/s/{point}"), "button[value=next]")
    measured(go_on.click, f"[name={FORM_ORDER[0]}]")
    for item, following in zip(
        FORM_ORDER, [*(f"[name={code}]" for code in FORM_ORDER[1:]), "textarea"], strict=True
    ):
        page.locator(f"[name={item}][value='4']").check(force=True)
        measured(go_on.click, following)
    measured(go_on.click, "[name=age]")
    measured(go_on.click, "button[value=send]")
    measured(go_on.click, "code")
    assert 0 < weights[0] <= FIRST_LOAD
    assert 0 < max(weights[1:]) <= NEXT_STEP
    assert sum(seconds) < 60
