"""HR brings people in, opens a cycle, closes and releases it; an employee signs in and reads."""

from pathlib import Path
from random import Random

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.models.cycles import Cycle
from survey.models.people import Employee
from survey.services.accounts import accounts
from tests.browser import assert_sound
from tests.conftest import PASSWORD
from tests.factories import answer
from tests.journeys.conftest import OpenPage

pytestmark = pytest.mark.browser

UNITS = "kode;nama;induk\nDINKES;Dinas Kesehatan;\n"
HEAD = "198001012005011001"
MEMBERS = [f"19850505201001{1 + n % 2}{n:03d}" for n in range(1, 9)]


def employees() -> str:
    rows = [f"{HEAD};PNS;Yusrizal;DINKES;;Kepala Dinas;"]
    rows += [f"{number};PNS;Pegawai {number[-3:]};DINKES;{HEAD};Analis;" for number in MEMBERS]
    return "nip;jenis;nama;unit_kerja;nip_atasan;jabatan;email\n" + "\n".join(rows) + "\n"


def sign_in(page: Page, username: str, password: str = PASSWORD) -> None:
    page.locator("[name=username]").fill(username)
    page.locator("[name=password]").fill(password)
    page.locator("main button").click()


def bring_people_in(page: Page, folder: Path) -> None:
    (folder / "unit.csv").write_text(UNITS, encoding="utf-8")
    (folder / "pegawai.csv").write_text(employees(), encoding="utf-8")
    page.goto("/staff/hr/people/import")
    page.locator("[name=units]").set_input_files(folder / "unit.csv")
    page.locator("[name=employees]").set_input_files(folder / "pegawai.csv")
    page.locator("main form button").click()
    assert_sound(page, "hr-import-difference")
    page.locator("form[action$='/apply'] button").click()
    expect(page.locator("main")).to_contain_text("Perubahan sudah diterapkan")
    assert_sound(page, "hr-imports")
    page.goto("/staff/hr/people")
    expect(page.locator("main")).to_contain_text("Dinas Kesehatan")
    assert_sound(page, "hr-people")


def plan_and_open(page: Page) -> None:
    page.goto("/staff/hr/cycles/new")
    page.locator("[name=name]").fill("Semester II 2026")
    assert_sound(page, "hr-cycle-new")
    page.locator("[name=mode][value=server_key]").check(force=True)
    page.get_by_role("button", name="Buat periode penilaian").click()
    page.get_by_role("link", name="Tentukan penilai dari bagan").click()
    page.get_by_role("button", name="Tentukan penilai").click()
    expect(page.get_by_role("link", name="Buka periode penilaian")).to_be_visible(timeout=30_000)
    assert_sound(page, "hr-cycle-assigned")
    page.get_by_role("link", name="Buka periode penilaian").click()
    page.get_by_role("button", name="Buka periode penilaian").click()
    expect(page.get_by_role("link", name="Tutup periode penilaian")).to_be_visible(timeout=30_000)
    assert_sound(page, "hr-cycle-open")


def everybody_answers(databases: Databases) -> None:
    random = Random(1)
    with reading(databases.people) as people:
        cycle = people.scalars(select(Cycle)).one()
        raters = people.scalars(select(Employee)).all()
    for place, rater in enumerate(raters):
        answer(databases, cycle, rater, lambda *_: random.choice([3, 4, 4, 5]), f"Terus membantu, {place}")


def close_and_release(page: Page) -> None:
    page.reload()
    page.get_by_role("link", name="Tutup periode penilaian").click()
    assert_sound(page, "hr-cycle-close")
    page.get_by_role("button", name="Tutup dan hitung").click()
    expect(page.get_by_role("link", name="Periksa mutu")).to_be_visible(timeout=30_000)
    assert_sound(page, "hr-cycle-counted")
    page.get_by_role("link", name="Periksa mutu").click()
    assert_sound(page, "hr-quality")
    page.get_by_role("button", name="Terima laporan").click()
    assert_sound(page, "hr-quality-without-reason")
    page.get_by_label("Mengapa Bapak/Ibu menerimanya").fill("Cukup andal untuk pengembangan")
    page.get_by_role("button", name="Terima laporan").click()
    assert_sound(page, "hr-cycle-reviewed")
    page.get_by_role("link", name="Lihat hasil").click()
    assert_sound(page, "hr-results")
    page.go_back()
    page.goto("/staff/hr/")
    page.get_by_role("link", name="Semester II 2026").click()
    black_out_a_word(page)
    page.get_by_role("link", name="Umumkan").first.click()
    page.get_by_role("button", name="Umumkan hasil").click()


def black_out_a_word(page: Page) -> None:
    page.get_by_role("link", name="Baca komentar").click()
    assert_sound(page, "hr-comments")
    page.get_by_role("link", name="Hitamkan").first.click()
    page.get_by_role("button", name="Hitamkan kata ini").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert_sound(page, "hr-comment")
    page.locator("[name=passage]").fill("membantu")
    page.get_by_role("button", name="Hitamkan kata ini").click()
    expect(page.locator(".rows")).to_contain_text("Terus █████")
    page.get_by_role("link", name="Semester II 2026").click()


@pytest.mark.parametrize("width", [360, 1280])
def test_hr_runs_a_cycle_and_an_employee_reads_her_result(
    databases: Databases, settings: Settings, visit: OpenPage, tmp_path: Path, width: int
) -> None:
    with transaction(databases.people) as people:
        accounts.create_account(people, "hr", PASSWORD, ("hr_admin",))
    page = visit("/staff/hr/", width)
    assert_sound(page, "sign-in")
    sign_in(page, "hr")
    assert_sound(page, "hr-home-empty")
    bring_people_in(page, tmp_path)
    plan_and_open(page)
    everybody_answers(databases)
    close_and_release(page)
    with page.expect_download() as download:
        page.goto("/staff/hr/")
        page.get_by_role("link", name="Semester II 2026").click()
        page.get_by_role("link", name="Hasil dan unduhan").click()
        page.get_by_role("link", name="Excel (XLSX)", exact=True).click()
    assert download.value.path().stat().st_size > 5_000

    with transaction(databases.people) as people:
        member = people.scalars(select(Employee).where(Employee.number == MEMBERS[0])).one()
        accounts.create_account(people, "pegawai", PASSWORD, ("employee",), member.id)
    mine = visit("/staff/me/", width)
    sign_in(mine, "pegawai")
    assert_sound(mine, "me-home")
    mine.get_by_role("link", name="Semester II 2026").click()
    expect(mine.locator("main")).to_contain_text("Tujuh rekan kerja memberi nilai rata-rata")
    expect(mine.locator("main")).to_contain_text("Terus █████, 0")
    assert_sound(mine, "me-appraisal")
    mine.goto(mine.url + "?lang=en")
    expect(mine.locator("main")).to_contain_text("Seven peers")
    assert_sound(mine, "me-appraisal-en")
