"""A rater's way through static/rater.js in a real browser, against a city that speaks the protocol."""

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser import assert_sound
from tests.protocol.rater_city import ADDRESS, CODE, INSTRUMENT, MANY, City

pytestmark = pytest.mark.browser
Device = Callable[..., BrowserContext]


@pytest.fixture
def city(app: Flask) -> City:
    return City(app)


@pytest.fixture
def device(browser: Browser, city: City) -> Iterator[Device]:
    """A fresh phone; its pages must not complain in the console."""
    complaints: list[str] = []
    contexts: list[BrowserContext] = []

    def make(width: int = 320, before: str = "", is_broken: bool = False) -> BrowserContext:
        context = browser.new_context(viewport={"width": width, "height": 700})
        context.route("**/*", city.handle)
        context.add_init_script(before)
        contexts.append(context)
        if not is_broken:
            context.on("weberror", lambda error: complaints.append(str(error.error)))
            context.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
        return context

    yield make
    for context in contexts:
        context.close()
    assert [text for text in complaints if "Failed to load resource" not in text] == []


def begin(page: Page, language: str = "id", own: bool = True) -> None:
    """From the personal link to the list of people."""
    page.goto(f"{ADDRESS}/i/?lang={language}#{CODE}")
    page.locator("#start button").click()
    page.locator(f"[data-act={'own' if own else 'shared'}]").click()
    expect(page.locator(".rows")).to_be_visible()


def open_first(page: Page) -> None:
    page.locator("[data-act=open]").first.click()
    expect(page.locator("form .rating").first).to_be_visible()


def answer(page: Page, step: int = 4) -> None:
    page.eval_on_selector_all(f".rating input[value='{step}']", "inputs => inputs.forEach(e => e.click())")


def send(page: Page) -> None:
    page.locator("form button[type=submit]").click()


@pytest.mark.parametrize(("language", "width"), [("id", 320), ("en", 1280)])
def test_the_whole_way(city: City, device: Device, language: str, width: int) -> None:
    page = device(width).new_page()
    page.goto(f"{ADDRESS}/i/?lang={language}#{CODE}")
    assert CODE not in page.url
    assert_sound(page, f"js-start-{language}")
    page.locator("#start button").click()
    expect(page.locator("h1")).to_be_focused()
    assert city.taken == {}
    assert_sound(page, f"js-device-{language}")
    page.locator("[data-act=own]").click()
    expect(page.locator(".rows li")).to_have_count(4)
    assert len(city.taken) == 4
    assert_sound(page, f"js-list-{language}")

    open_first(page)
    assert_sound(page, f"js-paper-{language}")
    send(page)
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    assert_sound(page, f"js-errors-{language}")
    page.locator(".govuk-error-summary a").first.click()
    expect(page.locator(".rating input").first).to_be_focused()
    answer(page)
    page.locator(".rating").first.locator("input[value^='missing.']").first.check(force=True)
    page.locator("textarea").first.fill("Terima kasih kepada Pak Bagus, tanggal 12 Maret 2026. Ada pungli.")
    send(page)
    expect(page.locator("[data-hints]")).to_be_focused()
    assert_sound(page, f"js-hints-{language}")
    page.locator("[data-act=change]").click()
    expect(page.locator("textarea").first).to_be_focused()
    page.locator("textarea").first.fill("Terima kasih. 😀\n")
    send(page)
    expect(page.locator(".receipt")).to_be_visible()
    assert_sound(page, f"js-receipt-{language}")
    (ballot,) = city.opened()
    assert page.locator(".receipt").inner_text() == ballot.receipt
    assert len(ballot.missing) == 1
    assert list(ballot.comments.values()) == ["Terima kasih. 😀"]
    page.locator("[data-act=next]").click()
    expect(page.locator(".badge--good")).to_have_count(1)
    expect(page.locator("[data-act=open]")).to_have_count(3)
    assert_sound(page, f"js-list-sent-{language}")


def test_the_ballot_call_says_nothing_of_the_rater(city: City, device: Device) -> None:
    page = device().new_page()
    begin(page)
    open_first(page)
    answer(page)
    send(page)
    expect(page.locator(".receipt")).to_be_visible()
    (path, body), headers = city.calls[-1], city.headers[-1]
    assert path == "/b/ballots"
    assert CODE not in body
    assert not {"cookie", "referer", "authorization"} & set(headers)


def test_a_lost_line_keeps_the_ballot_until_it_is_back(city: City, device: Device) -> None:
    context = device()
    page = context.new_page()
    begin(page)
    open_first(page)
    answer(page)
    city.faults = ["lost", "portal", "down", "down"]
    page.clock.install()
    send(page)
    for _pause in range(8):  # the device waits between its tries
        page.clock.run_for(1_000)
        page.wait_for_timeout(50)
    expect(page.locator("#rater-waiting .notice")).to_be_visible()
    expect(page.locator(".receipt")).to_be_visible()
    assert_sound(page, "js-unsent")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator("#rater-waiting .notice")).to_have_count(0)
    expect(page.locator("h1")).not_to_contain_text("belum terkirim")
    assert len(city.opened()) == 1
    bodies = {body for path, body in city.calls if path == "/b/ballots"}
    assert len(bodies) == 1


def test_a_closed_tab_loses_nothing(city: City, device: Device) -> None:
    context = device()
    page = context.new_page()
    begin(page)
    open_first(page)
    page.locator(".rating input[value='3']").first.check(force=True)
    page.locator("textarea").first.fill("Setengah jalan")
    expect(page.locator("#rater-says")).to_contain_text("perangkat")
    page.close()
    page = context.new_page()
    page.goto(f"{ADDRESS}/i/#{CODE}")
    page.locator("#start button").click()
    expect(page.locator(".rows li")).to_have_count(4)
    open_first(page)
    expect(page.locator(".rating input:checked")).to_have_count(1)
    expect(page.locator("textarea").first).to_have_value("Setengah jalan")
    page.go_back()
    expect(page.locator(".rows li")).to_have_count(4)


def test_a_reload_needs_no_code(city: City, device: Device) -> None:
    page = device().new_page()
    begin(page)
    page.reload()
    expect(page.locator(".rows li")).to_have_count(4)
    assert len([path for path, _body in city.calls if path == "/i/take"]) == 1


def test_on_a_shared_device_nothing_stays(city: City, device: Device) -> None:
    context = device()
    page = context.new_page()
    begin(page, own=False)
    assert page.evaluate("Object.keys(sessionStorage).length") > 1
    page.locator("[data-act=wipe]").click()
    assert_sound(page, "js-wipe")
    page.locator("[data-act=wipe]").click()
    expect(page.locator("#start")).to_be_visible()
    assert page.evaluate("Object.keys(sessionStorage).length + Object.keys(localStorage).length") == 0
    begin_again = context.new_page()
    begin_again.goto(f"{ADDRESS}/i/#{CODE}")
    begin_again.locator("#start button").click()
    expect(begin_again.locator("[data-act=own]")).to_be_visible()


def test_two_tabs_send_one_ballot(city: City, device: Device) -> None:
    context = device()
    one, other = context.new_page(), context.new_page()
    begin(one)
    other.goto(f"{ADDRESS}/i/#{CODE}")
    other.locator("#start button").click()
    for number, page in enumerate((one, other)):
        page.bring_to_front()
        open_first(page)
        answer(page, 1 + number)
    one.bring_to_front()
    send(one)
    expect(one.locator(".receipt")).to_be_visible()
    other.bring_to_front()
    send(other)
    expect(other.locator(".receipt")).to_be_visible()
    assert one.locator(".receipt").inner_text() == other.locator(".receipt").inner_text()
    (ballot,) = city.opened()
    assert set(ballot.answers.values()) == {1}


def test_moving_to_another_device(city: City, device: Device) -> None:
    page = device().new_page()
    begin(page)
    open_first(page)
    page.locator(".rating input[value='2']").first.check(force=True)
    page.locator("[data-act=back]").click()
    page.locator("[data-act=move]").click()
    expect(page.locator("#moved")).to_be_visible(timeout=15_000)
    assert_sound(page, "js-move")
    with page.expect_download() as download:
        page.locator("[download]").click()
    passphrase = page.locator(".receipt").inner_text()

    phone = device().new_page()
    phone.goto(f"{ADDRESS}/i/")
    phone.locator("[data-act=import]").click()
    assert_sound(phone, "js-import")
    phone.locator("#file").set_input_files(download.value.path())
    phone.locator("#passphrase").fill("wrong")
    send(phone)
    expect(phone.locator(".govuk-error-summary")).to_be_focused(timeout=15_000)
    phone.locator("#text").fill(page.locator("#moved").input_value())
    phone.locator("#passphrase").fill(passphrase.lower())
    send(phone)
    expect(phone.locator(".rows li")).to_have_count(4, timeout=15_000)
    open_first(phone)
    expect(phone.locator(".rating input:checked")).to_have_count(1)
    answer(phone)
    send(phone)
    expect(phone.locator(".receipt")).to_be_visible()
    assert len(city.opened()) == 1


def test_papers_taken_elsewhere_are_shown_as_such(city: City, device: Device) -> None:
    city.taken["p-2"] = ("used", "elsewhere")
    page = device().new_page()
    begin(page)
    expect(page.locator(".rows li")).to_have_count(4)
    expect(page.locator(".rows .badge")).to_have_count(1)
    expect(page.locator("[data-act=open]")).to_have_count(3)
    assert_sound(page, "js-elsewhere")


def test_a_list_that_does_not_fit_the_manifest_stops_everything(city: City, device: Device) -> None:
    city.scopes[1] = type(city.scopes[1])(city.scopes[1].name, b"\xff" * 256, 6)
    page = device().new_page()
    page.goto(f"{ADDRESS}/i/#{CODE}")
    page.locator("#start button").click()
    expect(page.locator("[data-act=again]")).to_be_visible()
    assert_sound(page, "js-unsound")
    assert [path for path, _body in city.calls] == ["/i/papers.json"]


def test_an_unknown_code_is_left_to_the_server(city: City, device: Device) -> None:
    page = device().new_page()
    page.goto(f"{ADDRESS}/i/")
    page.locator("#secret").fill("AAAA-BBBB-CCCC-DDDD")
    page.locator("#start button").click()
    expect(page.locator("h1")).to_have_text("Kode ini tidak kami kenal")
    assert [path for path, _body in city.calls] == ["/i/papers.json", "/i/papers"]


def test_a_closed_box_is_said(city: City, device: Device) -> None:
    page = device().new_page()
    begin(page)
    open_first(page)
    answer(page)
    city.is_open = False
    send(page)
    expect(page.locator(".notice--wrong")).to_be_visible()
    assert_sound(page, "js-closed")


@pytest.mark.parametrize(
    "without",
    ["delete window.BigInt", "delete window.indexedDB", "delete Crypto.prototype.subtle"],
)
def test_on_an_old_phone_the_plain_form_works_with_the_code_in_it(
    city: City, device: Device, without: str
) -> None:
    page = device(before=without).new_page()
    page.goto(f"{ADDRESS}/i/#{CODE}")
    expect(page.locator("#secret")).to_have_value(CODE)
    page.locator("#start button").click()
    expect(page.locator("h1")).to_have_text("Kode ini tidak kami kenal")
    assert [path for path, _body in city.calls] == ["/i/papers"]


def test_a_device_that_cannot_store_says_so_and_sends_nothing(city: City, device: Device) -> None:
    full = "IDBObjectStore.prototype.put = function () { this.transaction.abort(); }"
    page = device(before=full, is_broken=True).new_page()
    page.goto(f"{ADDRESS}/i/#{CODE}")
    page.locator("#start button").click()
    page.locator("[data-act=own]").click()
    expect(page.locator("[data-act=again]")).to_be_visible()
    assert_sound(page, "js-device-full")
    assert [path for path, _body in city.calls] == ["/i/papers.json"]


def test_a_comment_beyond_its_bytes_is_told(city: City, device: Device) -> None:
    page = device().new_page()
    begin(page)
    open_first(page)
    answer(page)
    area = page.locator("textarea").first
    limit = int(area.get_attribute("maxlength") or 0)
    area.fill("é" * (limit // 2 + 1))
    send(page)
    expect(page.locator(".govuk-error-summary li")).to_have_count(1)
    expect(page.locator(".govuk-error-message")).to_contain_text(re.compile(r"\d{3}"))
    expect(area).to_have_attribute("aria-invalid", "true")
    area.fill("é" * (limit // 2))
    send(page)
    expect(page.locator(".receipt")).to_be_visible()
    assert len(next(iter(city.opened()[0].comments.values()))) == limit // 2


@pytest.mark.parametrize("mode", ["one_holder", "server_key"])
def test_the_promise_is_that_of_the_mode(app: Flask, city: City, device: Device, mode: str) -> None:
    city.__dict__.update(City(app, mode=mode).__dict__)
    page = device().new_page()
    page.goto(f"{ADDRESS}/i/?lang=en#{CODE}")
    page.locator("#start button").click()
    expected = {"one_holder": "key holder (Bagian Hukum)", "server_key": "The key lies on the server."}
    expect(page.locator(".panel")).to_contain_text(expected[mode])
    for other in set(expected) - {mode}:
        expect(page.locator(".panel")).not_to_contain_text(expected[other])


@pytest.mark.parametrize("width", [320, 1366])
def test_a_supervisor_of_many_goes_through_them_one_behaviour_at_a_time(
    app: Flask, city: City, device: Device, width: int
) -> None:
    city.__dict__.update(City(app, people=MANY).__dict__)
    page = device(width).new_page()
    begin(page)
    page.locator("[data-act=across]").click()
    expect(page.locator("[data-people] fieldset")).to_have_count(16)
    expect(page.locator("h1")).to_be_focused()
    assert_sound(page, "js-across")
    items = INSTRUMENT.items_for("supervisor", leader=False)
    for number in range(len(items)):
        expect(page.locator("main")).to_contain_text(f"{number + 1} dari {len(items)}")
        page.eval_on_selector_all(
            "[data-people] input[value='4']", "inputs => inputs.forEach(e => e.click())"
        )
        if number == 2:  # nobody can judge everybody
            page.locator("[data-people] fieldset").nth(15).locator("input[value^='missing.']").first.check(
                force=True
            )
        expect(page.locator("#rater-says")).to_contain_text("perangkat")
        if number < len(items) - 1:
            page.locator("[data-act=next]").click()
    page.locator("[data-act=previous]").click()
    expect(page.locator("[data-people] input:checked")).to_have_count(16)
    page.locator("[data-act=back]").click()
    # Words of her own are added on one person's sheet, which then goes from there.
    page.locator("[data-act=open]").nth(1).click()
    expect(page.locator(".rating input:checked")).to_have_count(len(items))
    page.locator("textarea").first.fill("Terima kasih")
    page.locator("[data-act=back]").click()
    page.locator("[data-act=across]").click()
    for _item in items[1:]:
        page.locator("[data-act=next]").click()
    page.locator("[data-act=send]").click()
    expect(page.locator(".rows .badge--good")).to_have_count(15)
    found = city.opened()
    assert len(found) == 15
    assert {len(ballot.answers) + len(ballot.missing) for ballot in found} == {len(items)}
    assert sorted(len(ballot.missing) for ballot in found)[-2:] == [0, 1]
    assert {ballot.scope.rpartition("/")[2] for ballot in found} == {"supervisor"}
    expect(page.locator("[data-act=across]")).to_have_count(0)  # few are left


def test_a_supervisor_of_few_is_not_offered_it(city: City, device: Device) -> None:
    page = device().new_page()
    begin(page)
    expect(page.locator("[data-act=across]")).to_have_count(0)
