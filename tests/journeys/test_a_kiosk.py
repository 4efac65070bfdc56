"""A kiosk without a line: fifty answers wait on the device, survive its death, and arrive once each."""

import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, BrowserType, Error, Page, expect
from sqlalchemy import func, select
from waitress import create_server

from survey.app import create_app
from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.jobs import merge_citizens
from survey.models.ballots import SpooledBallot
from survey.models.citizens import CitizenResponse
from survey.services.citizens import kiosks
from survey.services.citizens.citizen_answers import place_of
from tests.browser import assert_sound
from tests.citizens import make_point, withdraw

pytestmark = pytest.mark.browser
ANSWERS = 50
KILLED_AFTER = 20

# All that lies in the queue of the device, read after everything that was written before.
QUEUE = """() => new Promise(done => {
  const asked = indexedDB.open("cermin-kiosk");
  asked.onsuccess = () => {
    const rows = asked.result.transaction("queue").objectStore("queue").getAll();
    rows.onsuccess = () => { asked.result.close(); done(rows.result); };
  };
})"""

# Gives the answers of this quarter another one.
RESTAMP = """period => new Promise(done => {
  const asked = indexedDB.open("cermin-kiosk");
  asked.onsuccess = () => {
    const change = asked.result.transaction("queue", "readwrite");
    const queue = change.objectStore("queue");
    const rows = queue.getAll();
    rows.onsuccess = () =>
      rows.result.filter(row => row.period === "2026-Q4").forEach(row => queue.put({...row, period}));
    change.oncomplete = () => { asked.result.close(); done(); };
  };
})"""

# A citizen at the kiosk, as fast as the page can: every screen by its own controls, until thanks are shown.
ANSWER = """async value => {
  const form = document.getElementById("kiosk");
  const shown = () => form.querySelector("[data-screen]:not([hidden])");
  const press = go => shown().querySelector(`[data-go=${go}]`).click();
  press("next");
  while (shown().dataset.screen !== "profile") {
    shown().querySelector(`[type=radio][value='${value}']`).click();
    press("next");
  }
  press("send");
  while (shown().dataset.screen !== "thanks") await new Promise(done => setTimeout(done, 5));
  const code = document.getElementById("withdrawal").textContent;
  press("restart");
  return code;
}"""


class Line:
    """The server on one port, which can be cut off and put back; counts what it is sent."""

    def __init__(self, settings: Settings, databases: Databases) -> None:
        self._app = create_app(settings, databases)
        self._port = 0
        self.nonces: list[str] = []
        self.on_ballot: Callable[[], None] = lambda: None

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        answer = self._app(environ, start)
        if environ["PATH_INFO"] == "/k/ballots":
            self.nonces.append(environ["PATH_INFO"])
            self.on_ballot()
        return answer

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def connect(self) -> None:
        self._server = create_server(self, host="127.0.0.1", port=self._port, threads=4)
        self._port = self._server.effective_port
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()

    def cut(self) -> None:
        """End the listening and every connection that is kept open, in the server's own thread."""
        parts = list(self._server._map.values())
        self._server.trigger.pull_trigger(lambda: [part.close() for part in parts])
        self._thread.join(timeout=10)
        self._server.task_dispatcher.shutdown()


class Calendar:
    """The moment that the server has."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._patch = monkeypatch

    def is_at(self, moment: datetime) -> None:
        self._patch.setattr(Settings, "now", lambda settings: moment.replace(tzinfo=settings.zone))
        self._patch.setattr(Settings, "today", lambda _settings: moment.date())


@pytest.fixture
def calendar(monkeypatch: pytest.MonkeyPatch) -> Calendar:
    return Calendar(monkeypatch)


@pytest.fixture
def line(settings: Settings, databases: Databases) -> Iterator[Line]:
    line = Line(settings, databases)
    line.connect()
    yield line
    line.cut()


@pytest.fixture
def secret(databases: Databases) -> str:
    with transaction(databases.people) as people:
        return kiosks.add(people, make_point(people)[1], "Tablet")


class Device:
    """A browser with a disk of its own, which can be killed."""

    def __init__(self, browser_type: BrowserType, arguments: dict[str, Any], disk: Path) -> None:
        self._type, self._arguments, self._disk = browser_type, arguments, disk
        self._context: BrowserContext | None = None

    def start(self, url: str, *arguments: str) -> Page:
        given = {**self._arguments, "args": [*self._arguments["args"], *arguments]}
        self._context = self._type.launch_persistent_context(
            str(self._disk), viewport={"width": 820, "height": 1180}, **given
        )
        page = self._context.pages[0]
        page.goto(url)
        return page

    def kill(self) -> None:
        """Kill every process of this browser, known by its disk."""
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if str(self._disk).encode() in (process / "cmdline").read_bytes():
                    os.kill(int(process.name), signal.SIGKILL)

    def stop(self) -> None:
        if self._context:
            with suppress(Error):
                self._context.close()


@pytest.fixture
def device(
    browser_type: BrowserType, browser_type_launch_args: dict[str, Any], tmp_path: Path
) -> Iterator[Device]:
    device = Device(browser_type, browser_type_launch_args, tmp_path / "device")
    yield device
    device.stop()


def spooled(databases: Databases) -> int:
    with reading(databases.spool) as spool:
        return spool.scalar(select(func.count()).select_from(SpooledBallot)) or 0


def set_up(device: Device, line: Line, secret: str) -> Page:
    page = device.start(f"{line.url}/k/#{secret}")
    expect(page.locator("#kiosk[data-kept=yes]")).to_be_attached(timeout=20_000)
    expect(page.locator("#place")).to_have_text("Loket")
    assert secret not in page.url
    return page


def test_fifty_answers_without_a_line_survive_two_deaths_and_arrive_once_each(
    device: Device, line: Line, databases: Databases, settings: Settings, secret: str
) -> None:
    page = set_up(device, line, secret)
    line.cut()
    codes = [page.evaluate(ANSWER, str(1 + number % 4)) for number in range(ANSWERS)]
    expect(page.locator("#unsent-count")).to_have_text(str(ANSWERS))
    device.kill()

    page = device.start(f"{line.url}/k/")  # there is still no line: the page comes from the device
    expect(page.locator("#unsent-count")).to_have_text(str(ANSWERS))
    expect(page.locator("#place")).to_have_text("Loket")
    killed = threading.Event()

    def die_half_way() -> None:
        if len(line.nonces) == KILLED_AFTER:
            device.kill()
            killed.set()

    line.on_ballot = die_half_way
    line.connect()
    with suppress(Error):  # the browser dies under the call
        page.reload()
    assert killed.wait(60)
    assert 0 < spooled(databases) < ANSWERS
    line.on_ballot = lambda: None

    page = device.start(f"{line.url}/k/")
    expect(page.locator("#unsent-count")).to_have_text("0", timeout=60_000)
    assert spooled(databases) == ANSWERS
    assert merge_citizens.run(settings, databases).counted == ANSWERS
    with reading(databases.answers) as answers:
        rows = list(answers.scalars(select(CitizenResponse)))
        point = rows[0].service_point
    assert sorted(row.answers["waktu"] for row in rows) == sorted(1 + n % 4 for n in range(ANSWERS))
    for code in codes[:5]:  # made on the device without a line, as the server makes them
        withdraw(databases, settings, point, code)
    assert merge_citizens.run(settings, databases).withdrawn == 5


def test_several_reasons_to_send_at_once_send_each_answer_once(
    device: Device, line: Line, databases: Databases, secret: str
) -> None:
    page = set_up(device, line, secret)
    line.cut()
    for _answer in range(3):
        page.evaluate(ANSWER, "4")
    expect(page.locator("#unsent-count")).to_have_text("3")
    line.nonces.clear()
    line.connect()
    page.evaluate("for (let times = 0; times < 4; times++) dispatchEvent(new Event('online'))")
    expect(page.locator("#unsent-count")).to_have_text("0")
    page.evaluate("dispatchEvent(new Event('online'))")
    page.evaluate("navigator.locks.request('cermin-send', () => true)")  # whoever still sends is done
    assert (len(line.nonces), spooled(databases)) == (3, 3)


def boxes(databases: Databases) -> list[str]:
    """The quarter of every ballot in the spool."""
    with reading(databases.spool) as spool:
        return sorted(place_of(box)[1] for box in spool.scalars(select(SpooledBallot.box)))


def test_tapping_send_twice_keeps_one_answer(
    device: Device, line: Line, databases: Databases, secret: str
) -> None:
    page = set_up(device, line, secret)
    line.cut()
    page.evaluate(ANSWER.replace('press("send");', 'press("send"); press("send");'), "1")
    page.evaluate(ANSWER, "4")  # whatever the second tap did is done before this one is on the disk
    assert sorted(row["fields"]["waktu"] for row in page.evaluate(QUEUE)) == ["1", "4"]
    expect(page.locator("#unsent-count")).to_have_text("2")
    line.connect()
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#unsent-count")).to_have_text("0")
    assert spooled(databases) == 2


def test_an_answer_given_before_midnight_of_the_quarters_end_counts_in_that_quarter(
    device: Device, line: Line, databases: Databases, secret: str, calendar: Calendar
) -> None:
    calendar.is_at(datetime(2026, 12, 31, 23, 50))
    page = set_up(device, line, secret)
    line.cut()
    page.evaluate(ANSWER, "4")
    page.evaluate("Date.now = (now => () => now() + 3600e3)(Date.now)")  # an hour later, still no line
    page.evaluate(ANSWER, "4")
    assert sorted(row["period"] for row in page.evaluate(QUEUE)) == ["2026-Q4", "2027-Q1"]
    expect(page.locator("#unsent-count")).to_have_text("2")
    calendar.is_at(datetime(2027, 1, 1, 0, 50))
    line.connect()
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#unsent-count")).to_have_text("0")
    assert boxes(databases) == ["2026-Q4", "2027-Q1"]


def test_what_comes_weeks_late_is_told_and_counts_in_no_other_quarter(
    device: Device, line: Line, databases: Databases, secret: str, calendar: Calendar
) -> None:
    calendar.is_at(datetime(2026, 12, 31, 12, 0))
    page = set_up(device, line, secret)
    line.cut()
    page.evaluate(ANSWER, "4")
    expect(page.locator("#unsent-count")).to_have_text("1")
    calendar.is_at(datetime(2027, 1, 15, 12, 0))
    line.connect()
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#late-count")).to_have_text("1")
    expect(page.locator("#unsent-count")).to_have_text("0")
    assert_sound(page, "kiosk-late")
    assert boxes(databases) == []


def test_a_device_that_is_wrong_about_the_year_counts_where_the_server_is(
    device: Device, line: Line, databases: Databases, secret: str, calendar: Calendar
) -> None:
    calendar.is_at(datetime(2026, 11, 24, 9, 0))
    page = set_up(device, line, secret)
    line.cut()
    for period in ("", "2031-Q2"):  # never heard the clock of the city; believes in another year
        page.evaluate(ANSWER, "4")
        page.evaluate(RESTAMP, period)
    expect(page.locator("#unsent-count")).to_have_text("2")
    line.connect()
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#unsent-count")).to_have_text("0")
    assert boxes(databases) == ["2026-Q4"] * 2


def test_a_kiosk_goes_back_to_the_start_by_itself_after_a_warning(
    device: Device, line: Line, secret: str
) -> None:
    page = set_up(device, line, secret)
    page.evaluate("Object.assign(document.getElementById('kiosk').dataset, {idle: 0.2, warning: 3})")
    page.get_by_role("button", name="Mulai", exact=True).click()
    page.locator("[name=persyaratan][value='4']").check(force=True)
    expect(page.get_by_role("alertdialog")).to_be_visible()
    assert_sound(page, "kiosk-idle")
    expect(page.locator("[data-screen=start]")).to_be_visible()
    expect(page.locator("[name=persyaratan]:checked")).to_have_count(0)


@pytest.mark.parametrize("width", [320, 360, 1280])
def test_every_screen_of_a_kiosk_is_sound(device: Device, line: Line, secret: str, width: int) -> None:
    page = set_up(device, line, secret)
    page.set_viewport_size({"width": width, "height": 800})
    assert_sound(page, "kiosk-start")
    page.get_by_role("button", name="Mulai", exact=True).click()
    page.locator("[data-screen=persyaratan]").get_by_role("button", name="Lanjut").click()
    expect(page.locator("[data-screen=persyaratan] [role=alert]")).to_be_visible()
    assert_sound(page, "kiosk-question")
    page.locator("[data-screen=persyaratan]").get_by_role("button", name="Mulai lagi").click()
    page.evaluate(ANSWER.replace('press("restart");', ""), "3")
    assert_sound(page, "kiosk-thanks")


def test_an_address_without_https_in_the_network_of_an_office_says_so(
    device: Device, line: Line, secret: str
) -> None:
    url = f"{line.url.replace('127.0.0.1', 'kiosk.test')}/k/#{secret}"
    page = device.start(url, "--host-resolver-rules=MAP kiosk.test 127.0.0.1")
    expect(page.locator("#insecure")).to_be_visible()
    expect(page.locator("#kiosk")).to_be_hidden()
