"""A city from an empty database to a released cycle, in a real browser: what HR, two offices, raters and an
employee do, step by step, with the time each takes and a picture of where it ends.

The test walks through a small one; `python -m benchmarks.journey` through one as large as it is told.
"""

import csv
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.demo import rounds
from survey.demo.casting import Round, cast_returns
from survey.demo.city import Organisation
from survey.demo.organisation import employee_rows, ids_of, unit_rows
from survey.demo.raters import Turnout, answer_papers
from survey.demo.truth import RaterModel, plant
from survey.models.cycles import Cycle
from survey.services.cycles import cycles
from survey.services.papers import distribution
from survey.services.results.cycle_frame import read_frame
from tests.journeys.test_two_offices_hold_the_keys import OFFICES, Office, bring, bring_key, saved

WIDTH = 1366
PASSWORD = "correct horse battery"
TURNOUT = Turnout(nothing=0.08, some=0.10, some_share=0.60)
REASON = "Rekan dan bawahan membedakan pegawai pada semua perilaku."
RATERS_IN_THE_BROWSER = 2
SEED = 2026


@dataclass
class Walk:
    """Where it is walked, and what is seen on the way."""

    address: str
    settings: Settings
    databases: Databases
    browser: Browser
    organisation: Organisation
    folder: Path
    patience: float = 60_000  # milliseconds for work that grows with the city
    taken: list[tuple[str, float]] = field(default_factory=list)
    cycle: str = ""

    @contextmanager
    def step(self, name: str, page: Page | None = None) -> Iterator[None]:
        """Time what happens inside, and keep a picture of the page at its end."""
        start = time.monotonic()
        yield
        self.taken.append((name, time.monotonic() - start))
        if page:
            place = f"{len(self.taken):02d}-{name.replace(' ', '-')}"
            page.screenshot(path=str(self.folder / f"{place}.png"), full_page=True)

    def window(self, path: str = "/staff/hr/", width: int = WIDTH, **options: Any) -> Page:
        """A browser of its own."""
        context = self.browser.new_context(
            viewport={"width": width, "height": 800}, base_url=self.address, locale="id", **options
        )
        page = context.new_page()
        page.set_default_timeout(self.patience)
        page.goto(path)
        return page

    def of_cycle(self, place: str = "") -> str:
        """The address of a page of the cycle."""
        return f"/staff/hr/cycles/{self.cycle}" + (f"/{place}" if place else "")


def walk(way: Walk) -> None:
    """All of it, in order."""
    expect.set_options(timeout=way.patience)
    with way.step("accounts on the command line"):
        create_account("bkpsdm", "--role", "hr_admin")
        create_account("sekda", "--role", "approver")
    hr = way.window()
    with way.step("sign in", hr):
        sign_in(hr, "bkpsdm")
        expect(hr.locator(".empty")).to_be_visible()
    bring_people_in(way, hr)
    plan(way, hr)
    approve(way, hr)
    offices = hold_keys(way, hr)
    with way.step("open", hr):
        hr.goto(way.of_cycle("open"))
        hr.locator("form[action$='/open'] button").click()
        expect(hr.get_by_role("link", name="Tutup periode penilaian")).to_be_visible()
    answer(way)
    close(way, hr, offices)
    judge_and_release(way, hr)
    read(way)


def create_account(name: str, *options: str) -> None:
    """As whoever runs the server does; the environment says where the data lies."""
    command = [sys.executable, "-m", "survey", "create-account", name, *options]
    subprocess.run(command, input=f"{PASSWORD}\n", text=True, check=True, capture_output=True)


def sign_in(page: Page, name: str) -> None:
    page.locator("[name=username]").fill(name)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main button").click()


def write_csv(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=";")
        writer.writeheader()
        writer.writerows(rows)
    return path


def bring_people_in(way: Walk, hr: Page) -> None:
    """Files of units and people, their differences looked at, then applied."""
    units = write_csv(way.folder / "unit.csv", unit_rows(way.organisation))
    people = write_csv(way.folder / "pegawai.csv", employee_rows(way.organisation))
    with way.step("look at the files", hr):
        hr.goto("/staff/hr/people/import")
        hr.locator("[name=units]").set_input_files(units)
        hr.locator("[name=employees]").set_input_files(people)
        hr.locator("main form button").click()
        expect(hr.locator("form[action$='/apply'] button")).to_be_visible()
    with way.step("bring them in", hr):
        hr.locator("form[action$='/apply'] button").click()
        expect(hr.locator("main")).to_contain_text("Perubahan sudah diterapkan")
    with way.step("employees listed", hr):
        hr.goto("/staff/hr/people/employees")
        expect(hr.locator("table.list tbody tr").first).to_be_visible()


def plan(way: Walk, hr: Page) -> None:
    """A cycle with two key holders, its outlook, its list of raters."""
    with way.step("plan a cycle", hr):
        hr.goto("/staff/hr/cycles/new")
        hr.locator("[name=name]").fill("Semester II 2026")
        hr.locator("main form button[type=submit]").last.click()
        expect(hr.get_by_role("link", name="Tentukan penilai dari bagan")).to_be_visible()
        way.cycle = hr.url.rsplit("/", 1)[-1]
    with way.step("look ahead", hr):
        hr.goto(way.of_cycle("feasibility"))
        expect(hr.locator("table.list tbody tr").first).to_be_visible()
    with way.step("assign raters", hr):
        hr.goto(way.of_cycle("assign"))
        hr.locator("form[action$='/assign'] button").click()
        expect(hr.locator("form[action$='/list'] button")).to_be_visible()


def approve(way: Walk, hr: Page) -> None:
    """The second office reads the list and lets it pass."""
    hr.locator("form[action$='/list'] button").click()
    other = way.window("/staff/approve/")
    sign_in(other, "sekda")
    with way.step("second office approves", other):
        other.locator("a[href*='/staff/approve/lists/']").click()
        other.locator("form[action$='/approve'] button").click()
        expect(other.locator(".notice--good")).to_be_visible()
    other.context.close()


def hold_keys(way: Walk, hr: Page) -> list[Office]:
    """Two offices make and prove their keys with the page that runs from a file."""
    with reading(way.databases.people) as people:
        planned = cycles.find_cycle(people, way.cycle)
    with way.step("key holders", hr):
        hr.goto(way.of_cycle("holders"))
        link = hr.get_by_role("link", name="Simpan halaman pemegang kunci")
        page = saved(hr, link, way.folder / "holder.html")
        offices = [Office(layer, way.window(page.as_uri(), offline=True), way.folder) for layer in OFFICES]
        for office in offices:
            bring_key(hr, office, planned)
    return offices


def answer(way: Walk) -> None:
    """A few raters answer on the real pages, all others over the same services."""
    opened = drawn_answers(way)
    raters = np.unique(opened.returns.rater)
    for number, place in enumerate(
        raters[:: len(raters) // RATERS_IN_THE_BROWSER][:RATERS_IN_THE_BROWSER], 1
    ):
        opened.returns.sent[opened.returns.rater == place] = False
        with transaction(way.databases.people) as people:
            cycle = cycles.find_cycle(people, way.cycle)
            today = way.settings.today()
            code = distribution.issue_own_code(people, cycle, opened.employee_ids[place], today)
        rater = way.window(f"/i/#{code}", width=360)
        with way.step(f"rater {number} answers about one person", rater):
            rate_one(rater)
        rater.context.close()
    with way.step("all others answer"):
        cast_returns(way.databases, opened, np.random.default_rng(SEED), lambda *_: None)


def drawn_answers(way: Walk) -> Round:
    """What everybody will answer."""
    with reading(way.databases.people) as people:
        cycle = people.scalars(select(Cycle).where(Cycle.public_id == way.cycle)).one()
        frame, ids = read_frame(people, cycle), ids_of(people, way.organisation)
    place_of = {employee: place for place, employee in enumerate(ids)}
    random = np.random.default_rng(SEED)
    truth = plant(len(ids), rounds.scales(), RaterModel(), random)
    return Round(cycle, frame, answer_papers(frame, place_of, truth, TURNOUT, random), ids)


def rate_one(page: Page) -> None:
    page.get_by_role("button", name="Mulai").click()
    page.get_by_role("button", name="Milik saya sendiri").click()
    page.locator("[data-act=open]:visible").first.click()
    expect(page.get_by_role("button", name="Kirim", exact=True)).to_be_visible()
    for row in page.get_by_role("group").all():
        row.get_by_label("Sering", exact=True).check(force=True)
    page.get_by_role("button", name="Kirim", exact=True).click()
    expect(page.locator(".receipt")).to_be_visible()


def close(way: Walk, hr: Page, offices: list[Office]) -> None:
    """No more answers; each office opens its seal; then it is counted."""
    with way.step("close", hr):
        hr.goto(way.of_cycle("close"))
        hr.get_by_role("button", name="Tutup dan hitung").click()
        expect(seal_of(hr, offices[0])).to_be_visible()
    for office in offices:
        with way.step(f"office {office.layer} opens its seal", hr):
            expect(seal_of(hr, office)).to_be_visible()
            count, told = hr.locator(".pairs dd").all_inner_texts()
            link = hr.get_by_role("link", name="Unduh daftar tersegel")
            bring(hr, office.open(saved(hr, link, office.folder / f"{office.layer}-sealed"), count, told))
            expect(seal_of(hr, office)).to_be_hidden()
    with way.step("count", hr):
        expect(hr.get_by_role("heading", name="Periode penilaian sudah dihitung")).to_be_visible()
    for office in offices:
        office.page.context.close()


def seal_of(hr: Page, office: Office) -> Any:
    return hr.get_by_role("heading", name=f"{OFFICES[office.layer]} membuka segel berikutnya")


def judge_and_release(way: Walk, hr: Page) -> None:
    """HR judges the measurement, sees the results, lets people read."""
    with way.step("quality report", hr):
        hr.goto(way.of_cycle("quality"))
        expect(hr.locator("[name=reason]")).to_be_visible()
    with way.step("accept the quality", hr):
        hr.locator("[name=reason]").fill(REASON)
        hr.locator("main form button[type=submit]").last.click()
        expect(hr.get_by_role("link", name="Lihat hasil")).to_be_visible()
    with way.step("results", hr):
        hr.goto(way.of_cycle("results"))
        expect(hr.locator("table.list tbody tr").first).to_be_visible()
    with way.step("release", hr):
        hr.goto(way.of_cycle("release"))
        hr.locator("form[action$='/release'] button").click()
        expect(hr.locator("h1 .badge--gold")).to_be_visible()


def read(way: Walk) -> None:
    """An employee signs in and reads."""
    numbers = (
        person.number for person in way.organisation.people if person.number and person.boss is not None
    )
    create_account("pegawai", "--role", "employee", "--number", next(numbers))
    page = way.window("/staff/me/", width=360)
    sign_in(page, "pegawai")
    with way.step("an employee reads", page):
        page.get_by_role("link", name="Semester II 2026").click()
        page.wait_for_url("**/staff/me/appraisals/*")
    page.context.close()


def table_of(taken: list[tuple[str, float]]) -> str:
    """The steps with their seconds, as a table."""
    lines = [f"| {name} | {seconds:.1f} |" for name, seconds in taken]
    return "\n".join(["| step | seconds |", "| --- | ---: |", *lines])
