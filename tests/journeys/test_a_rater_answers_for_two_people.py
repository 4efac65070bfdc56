"""A rater opens her personal link on a phone and answers about two people."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.models.ballots import SpooledBallot
from tests.browser import assert_sound
from tests.factories import code_for, make_team, make_unit, open_cycle
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


@pytest.mark.parametrize(
    ("language", "width", "start", "step", "send", "thanks", "next_person"),
    [
        ("id", 360, "Mulai", "Sering", "Kirim", "jawaban Bapak/Ibu sudah kami terima", "Orang berikutnya"),
        ("en", 1280, "Start", "Often", "Send", "your answers are in", "Next person"),
    ],
)
def test_a_rater_answers_for_two_people(
    databases: Databases,
    settings: Settings,
    visit: OpenPage,
    language: str,
    width: int,
    start: str,
    step: str,
    send: str,
    thanks: str,
    next_person: str,
) -> None:
    with transaction(databases.people) as session:
        team = make_team(session, make_unit(session), 6)
    cycle = open_cycle(databases, settings)
    code = code_for(databases, cycle, team[1])

    page = visit(f"/i/?lang={language}#{code}", width)
    assert code not in page.url
    assert_sound(page, f"rater-start-{language}")
    page.get_by_role("button", name=start).click()
    assert_sound(page, f"rater-papers-{language}")
    for sent in (1, 2):
        page.locator("form[action*='/i/paper'] button").nth(1).click()
        if sent == 1:
            page.get_by_role("button", name=send, exact=True).click()
            expect(page.get_by_role("alert")).to_be_visible()
            assert_sound(page, f"rater-errors-{language}")
        answer_everything(page, step)
        assert_sound(page, f"rater-paper-{language}")
        page.get_by_role("button", name=send, exact=True).click()
        expect(page.locator("h1")).to_contain_text(thanks)
        assert_sound(page, f"rater-receipt-{language}")
        assert spooled(databases) == sent
        page.get_by_role("button", name=next_person).click()
    expect(page.locator("form[action*='/i/paper'] button")).to_have_count(len(team) + 1 - 1 - 2)


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
    page = visit(f"/i/#{code}")
    page.get_by_role("button", name="Mulai").click()
    page.locator("form[action*='/i/paper'] button").nth(1).click()
    answer_everything(page, "Sering")
    page.evaluate("document.querySelector('form[action*=\"/i/send\"]').target = '_blank'")
    for _tap in range(2):
        with page.context.expect_page() as opened:
            page.get_by_role("button", name="Kirim", exact=True).click()
        expect(opened.value.locator(".receipt")).to_be_visible()
    assert spooled(databases) == 1
