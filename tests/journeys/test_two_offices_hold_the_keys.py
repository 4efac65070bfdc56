"""Two offices hold the keys of a cycle with the page that they keep on their disks; HR prints the minutes."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from survey.db import Databases, reading, transaction
from survey.models.cycles import Cycle
from survey.models.people import Employee
from survey.services.accounts import accounts
from survey.services.cycles import cycles
from survey.services.raters import assignments
from tests.browser import assert_sound
from tests.conftest import PASSWORD
from tests.factories import answer, make_team, make_unit, plan
from tests.journeys.conftest import OpenPage

pytestmark = pytest.mark.browser
OFFICES = {1: "Inspektorat", 2: "Diskominfo"}
WHY = "Hanya satu unit kerja dalam uji ini."


@dataclass(frozen=True)
class Office:
    """An office outside HR: the page that it was given, and its drives."""

    layer: int
    page: Page
    folder: Path

    def task(self, name: str) -> Locator:
        self.page.locator(f"[data-task={name}]").click()
        return self.page.locator(f"#view-{name}")

    def send_off(self, view: Locator) -> None:
        view.locator("[type=submit]").click()
        expect(view.locator(".notice--good")).to_be_visible()

    def save(self, link: Locator, name: str) -> Path:
        return saved(self.page, link, self.folder / f"{self.layer}-{name}")

    def make_key(self, cycle: str) -> None:
        view = self.task("make")
        view.locator("#make-cycle").fill(cycle)
        view.locator(f"[name=layer][value='{self.layer}']").check()
        view.locator("#make-office").fill(OFFICES[self.layer])
        self.send_off(view)
        for place, name in enumerate(("public", "key", "share1", "share2", "share3")):
            self.save(view.locator(".result a").nth(place), name)

    def answer(self, challenge: Path, source: str) -> Path:
        view = self.task("prove")
        view.locator(f"[name=source][value='{source}']").check()
        parts = {"key": {"key": "key"}, "shares": {"share-a": "share1", "share-b": "share3"}}[source]
        for field, name in parts.items():
            view.locator(f"#prove-{field}").set_input_files(self.folder / f"{self.layer}-{name}")
        view.locator("#prove-challenge").set_input_files(challenge)
        self.send_off(view)
        return self.save(view.locator(".result a"), f"answer-{source}")

    def open(self, sealed: Path, count: str, told: str) -> Path:
        view = self.task("open")
        view.locator("#open-key").set_input_files(self.folder / f"{self.layer}-key")
        view.locator("#open-list").set_input_files(sealed)
        view.locator("#open-count").fill(count)
        view.locator("#open-hash").fill(told)
        view.locator("#open-holder").fill("Dewi Lestari")
        view.locator("#open-reason").fill(WHY)
        self.send_off(view)
        expect(view.locator(".minutes")).to_contain_text(OFFICES[self.layer])
        return self.save(view.locator(".result a"), "opened")


def saved(page: Page, link: Locator, path: Path) -> Path:
    with page.expect_download() as download:
        link.click()
    download.value.save_as(path)
    return path


@pytest.fixture
def team(databases: Databases) -> list[Employee]:
    with transaction(databases.people) as people:
        return make_team(people, make_unit(people), 4)


@pytest.fixture
def planned(databases: Databases, team: list[Employee]) -> Cycle:
    with transaction(databases.people) as people:
        accounts.create_account(people, "hr", PASSWORD, ("hr_admin",))
        cycle = cycles.create_cycle(people, plan("Semester II 2026", mode="two_holders", minimum=3))
        assignments.assign_raters(people, cycle)
        return cycle


@pytest.mark.parametrize("width", [360, 1280])
def test_two_offices_hold_the_keys(
    browser: Browser,
    databases: Databases,
    team: list[Employee],
    planned: Cycle,
    visit: OpenPage,
    tmp_path: Path,
    width: int,
) -> None:
    hr = visit(place(planned, "holders"), width)
    hr.locator("[name=username]").fill("hr")
    hr.locator("[name=password]").fill(PASSWORD)
    hr.locator("main button").click()
    assert_sound(hr, "hr-holders")
    file = saved(hr, hr.get_by_role("link", name="Simpan halaman pemegang kunci"), tmp_path / "holder.html")
    windows = [browser.new_context(offline=True) for _layer in OFFICES]
    offices = [
        Office(layer, window.new_page(), tmp_path) for layer, window in zip(OFFICES, windows, strict=True)
    ]
    for office in offices:
        office.page.goto(file.as_uri())
        bring_key(hr, office, planned)
    assert_sound(hr, "hr-holders-ready")
    hr.goto(place(planned, "list/decision"))
    assert_sound(hr, "hr-list-decision")
    hr.locator("[name=decision]").fill("Keputusan Sekretaris Daerah 12/2026")
    hr.get_by_role("button", name="Simpan keputusan").click()
    hr.goto(place(planned, "open"))
    expect(hr.locator("main")).to_contain_text("dibatalkan dan harus diulang")
    assert_sound(hr, "hr-open-confirm")
    hr.locator("main form button").click()
    expect(hr.get_by_role("link", name="Tutup periode penilaian")).to_be_visible(timeout=60_000)
    answer_all(databases, planned, team)
    hr.goto(place(planned, "close"))
    hr.get_by_role("button", name="Tutup dan hitung").click()
    for office in offices:
        bring_list(hr, office)
    expect(hr.get_by_role("heading", name="Periode penilaian sudah dihitung")).to_be_visible(timeout=60_000)
    hr.get_by_role("link", name="Berita acara pembukaan dan penutupan").click()
    assert_minutes(hr, offices)
    for window in windows:
        window.close()


def place(cycle: Cycle, name: str) -> str:
    return f"/staff/hr/cycles/{cycle.public_id}/{name}"


def bring_key(hr: Page, office: Office, planned: Cycle) -> None:
    office.make_key(planned.public_id)
    bring(hr, office.folder / f"{office.layer}-public")
    row = hr.locator(".rows > li").nth(office.layer - 1)
    expect(row).to_contain_text(office.page.locator("#view-make .receipt").inner_text())
    link = row.get_by_role("link", name="Unduh teks uji")
    challenge = saved(hr, link, office.folder / f"{office.layer}-challenge")
    for source in ("key", "shares"):
        bring(hr, office.answer(challenge, source))
    expect(row.locator(".badge--good")).to_be_visible()


def bring(hr: Page, path: Path) -> None:
    hr.locator("#file").set_input_files(path)
    hr.locator("main form [type=submit]").click()


def answer_all(databases: Databases, planned: Cycle, team: list[Employee]) -> None:
    with reading(databases.people) as people:
        cycle = cycles.find_cycle(people, planned.public_id)
    for number, rater in enumerate(team):
        answer(databases, cycle, rater, lambda *_, step=1 + number % 5: step)


def bring_list(hr: Page, office: Office) -> None:
    heading = hr.get_by_role("heading", name=f"{OFFICES[office.layer]} membuka segel berikutnya")
    expect(heading).to_be_visible(timeout=60_000)
    assert_sound(hr, f"hr-closing-{office.layer}")
    count, told = hr.locator(".pairs dd").all_inner_texts()
    sealed = saved(
        hr, hr.get_by_role("link", name="Unduh daftar tersegel"), office.folder / f"{office.layer}-sealed"
    )
    bring(hr, office.open(sealed, count, told))


def assert_minutes(hr: Page, offices: list[Office]) -> None:
    """What the offices signed stands in the minutes of HR, in both languages."""
    told = [office.page.locator("#view-open .minutes dd").all_inner_texts() for office in offices]
    for language, title in (
        ("id", "Berita acara pembukaan dan penutupan"),
        ("en", "Minutes of opening and closing"),
    ):
        hr.goto(f"{hr.url.partition('?')[0]}?lang={language}")
        expect(hr.get_by_role("heading", name=title)).to_be_visible()
        shown = hr.locator("main").inner_text()
        for values in told:
            assert all(
                value in shown for value in values if len(value) > 15 and value not in (WHY, "Dewi Lestari")
            )
        assert_sound(hr, f"hr-minutes-{language}")
    expect(hr.locator(".signed")).to_have_count(6)  # four who sign, two keys that are destroyed
