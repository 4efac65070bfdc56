"""A rater opens her personal link on a phone and answers about two people."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.models.ballots import SpooledBallot
from survey.models.people import Employee
from survey.models.vault import Receipt
from tests.browser import assert_sound
from tests.factories import close, code_for, make_team, make_unit, open_cycle
from tests.journeys.conftest import OpenPage

pytestmark = pytest.mark.browser


def spooled(databases: Databases) -> int:
    with reading(databases.spool) as spool:
        return spool.scalar(select(func.count()).select_from(SpooledBallot)) or 0


def answer_everything(page: Page, label: str) -> None:
    # What follows lists what is there now: a page half arrived would leave questions out.
    expect(page.locator("form[action*='/i/send']")).to_be_visible()
    page.wait_for_load_state()
    for row in page.get_by_role("group").all():
        row.get_by_label(label, exact=True).check(force=True)


def make_raters(databases: Databases) -> list[Employee]:
    with transaction(databases.people) as session:
        return make_team(session, make_unit(session), 6)


@pytest.mark.parametrize(
    ("language", "width", "start", "own", "step", "send", "thanks", "next_person"),
    [
        (
            "id", 360, "Mulai", "Milik saya sendiri", "Sering", "Kirim",
            "jawaban Bapak/Ibu sudah kami terima", "Orang berikutnya",
        ),
        ("en", 1280, "Start", "It is my own", "Often", "Send", "your answers are in", "Next person"),
    ],
)  # fmt: skip
def test_a_rater_answers_for_two_people_and_the_ballots_count(
    databases: Databases,
    settings: Settings,
    visit: OpenPage,
    language: str,
    width: int,
    start: str,
    own: str,
    step: str,
    send: str,
    thanks: str,
    next_person: str,
) -> None:
    team = make_raters(databases)
    cycle = open_cycle(databases, settings)
    code = code_for(databases, cycle, team[1])
    receipts = set()

    page = visit(f"/i/?lang={language}#{code}", width)
    assert code not in page.url
    assert_sound(page, f"rater-start-{language}")
    page.get_by_role("button", name=start).click()
    page.get_by_role("button", name=own).click()
    expect(page.locator(".rows li")).to_have_count(len(team))
    assert_sound(page, f"rater-papers-{language}")
    for sent in (1, 2):
        page.locator("[data-act=open]:visible").nth(1).click()
        expect(page.get_by_role("button", name=send, exact=True)).to_be_visible()
        if sent == 1:
            page.get_by_role("button", name=send, exact=True).click()
            expect(page.get_by_role("alert")).to_be_visible()
            assert_sound(page, f"rater-errors-{language}")
        for row in page.get_by_role("group").all():
            row.get_by_label(step, exact=True).check(force=True)
        assert_sound(page, f"rater-paper-{language}")
        page.get_by_role("button", name=send, exact=True).click()
        expect(page.locator("h1")).to_contain_text(thanks)
        assert_sound(page, f"rater-receipt-{language}")
        receipts.add(page.locator(".receipt").inner_text())
        assert spooled(databases) == sent
        page.get_by_role("button", name=next_person).click()
    expect(page.locator("[data-act=open]:visible")).to_have_count(len(team) - 2)
    page.reload()
    expect(page.locator("[data-act=open]:visible")).to_have_count(len(team) - 2)

    close(databases, settings, cycle)
    with reading(databases.answers) as answers:
        assert receipts == set(answers.scalars(select(Receipt.code).where(Receipt.cycle == cycle.public_id)))


def test_the_same_without_script(databases: Databases, settings: Settings, visit: OpenPage) -> None:
    team = make_raters(databases)
    code = code_for(databases, open_cycle(databases, settings), team[1])
    page = visit("/i/?lang=id", scripts=False)
    page.locator("[name=secret]").fill(code.lower())
    page.get_by_role("button", name="Mulai").click()
    page.locator("form[action*='/i/paper'] button").nth(1).click()
    answer_everything(page, "Sering")
    page.get_by_role("button", name="Kirim", exact=True).click()
    expect(page.locator("h1")).to_contain_text("jawaban Bapak/Ibu sudah kami terima")
    assert spooled(databases) == 1
    page.get_by_role("button", name="Orang berikutnya").click()
    expect(page.locator("form[action*='/i/paper'] button")).to_have_count(len(team) - 1)


def test_a_wrong_code_leads_to_the_page_that_says_so(
    databases: Databases, settings: Settings, visit: OpenPage
) -> None:
    make_raters(databases)
    open_cycle(databases, settings)
    page = visit("/i/#0000-0000-0000-0000")
    page.get_by_role("button", name="Mulai").click()
    expect(page.locator("h1")).to_contain_text("Kami tidak mengenali kode ini")


def test_a_code_can_be_typed_without_script(
    databases: Databases, settings: Settings, visit: OpenPage
) -> None:
    with transaction(databases.people) as session:
        team = make_team(session, make_unit(session), 6)
    code = code_for(databases, open_cycle(databases, settings), team[2])
    page = visit("/i/", scripts=False)
    page.locator("[name=secret]").fill(code.lower())
    page.get_by_role("button", name="Mulai").click()
    expect(page.get_by_text(team[1].name, exact=True)).to_be_visible()


def test_going_back_and_sending_again_makes_no_second_ballot(
    databases: Databases, settings: Settings, visit: OpenPage
) -> None:
    with transaction(databases.people) as session:
        team = make_team(session, make_unit(session), 6)
    code = code_for(databases, open_cycle(databases, settings), team[1])
    page = visit("/i/", scripts=False)
    page.locator("[name=secret]").fill(code)
    page.get_by_role("button", name="Mulai").click()
    page.locator("form[action*='/i/paper'] button").nth(1).click()
    answer_everything(page, "Sering")
    page.evaluate("document.querySelector('form[action*=\"/i/send\"]').target = '_blank'")
    for _tap in range(2):
        with page.context.expect_page() as opened:
            page.get_by_role("button", name="Kirim", exact=True).click()
        expect(opened.value.locator(".receipt")).to_be_visible()
    assert spooled(databases) == 1
