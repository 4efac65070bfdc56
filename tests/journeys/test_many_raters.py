"""Many raters on slow phones, with lost lines, impatient thumbs and two tabs: every ballot counts once."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import func, select

from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.models.ballots import SpooledBallot
from survey.models.cycles import Cycle
from survey.models.vault import Receipt
from tests.factories import close, code_for, make_team, make_unit, open_cycle
from tests.journeys.conftest import OpenPage

pytestmark = pytest.mark.browser

SLOWER = 6
OPEN = "[data-act=open]:visible"
ANSWER = """() => document.querySelectorAll(".rating").forEach(
    (row, place) => row.querySelectorAll("input")[place % 5].click())"""
Way = Callable[[Page], None]


def slow_down(page: Page) -> None:
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})


def open_list(page: Page, own: bool = True) -> None:
    page.locator("#start button").click()
    if own:
        page.locator("[data-act=own]").click()
    expect(page.locator(".rows li").first).to_be_visible()


def fill_first(page: Page) -> None:
    page.locator(OPEN).first.click()
    expect(page.locator("form .rating").first).to_be_visible()
    page.evaluate(ANSWER)


def send_plainly(page: Page) -> None:
    page.locator("form button[type=submit]").click()


def send_twice(page: Page) -> None:
    page.locator("form button[type=submit]").dblclick()


def send_on_a_lost_line(page: Page) -> None:
    page.context.set_offline(True)
    send_plainly(page)
    expect(page.locator("#rater-waiting")).to_contain_text("1", timeout=30_000)
    page.context.set_offline(False)


def receipt_of(page: Page) -> str:
    expect(page.locator(".receipt")).to_be_visible(timeout=30_000)
    expect(page.locator("#rater-waiting")).to_be_empty(timeout=30_000)
    return page.locator(".receipt").inner_text()


def answer_everybody(page: Page, send: Way) -> set[str]:
    """Answer about everybody; returns the receipts shown."""
    open_list(page)
    receipts = set()
    for place in range(page.locator(OPEN).count()):
        fill_first(page)
        (send if place < 2 else send_plainly)(page)
        receipts.add(receipt_of(page))
        page.locator("[data-act=next]").click()
        expect(page.locator(".rows li").first).to_be_visible()
    return receipts


def answer_in_two_tabs(context: BrowserContext, page: Page, address: str) -> set[str]:
    """Both tabs open the same person; the second send changes nothing and shows the same receipt."""
    open_list(page)
    other = context.new_page()
    other.goto(address)
    open_list(other, own=False)
    fill_first(page)
    fill_first(other)
    send_plainly(page)
    first = receipt_of(page)
    send_plainly(other)
    assert receipt_of(other) == first
    other.close()
    page.reload()
    return {first} | answer_the_rest(page)


def answer_the_rest(page: Page) -> set[str]:
    expect(page.locator(".rows li").first).to_be_visible()
    receipts = set()
    for _place in range(page.locator(OPEN).count()):
        fill_first(page)
        send_plainly(page)
        receipts.add(receipt_of(page))
        page.locator("[data-act=next]").click()
        expect(page.locator(".rows li").first).to_be_visible()
    return receipts


@pytest.mark.parametrize("raters", [4, pytest.param(40, marks=pytest.mark.attack)])
def test_every_ballot_counts_once_whatever_phones_and_thumbs_do(
    databases: Databases, settings: Settings, visit: OpenPage, raters: int
) -> None:
    with transaction(databases.people) as people:
        team = make_team(people, make_unit(people), max(raters, 6) - 1)
    cycle = open_cycle(databases, settings)
    receipts: list[str] = []
    for place, rater in enumerate(team[:raters]):
        address = f"/i/#{code_for(databases, cycle, rater)}"
        page = visit(address)
        slow_down(page)
        if place % 4 == 3:
            receipts += answer_in_two_tabs(page.context, page, address)
        else:
            receipts += answer_everybody(page, (send_plainly, send_twice, send_on_a_lost_line)[place % 4])
        page.context.close()

    with reading(databases.spool) as spool:
        spooled = spool.scalar(select(func.count()).select_from(SpooledBallot))
    assert spooled == len(receipts) == len(set(receipts))
    assert raters < 40 or spooled >= 300
    close(databases, settings, cycle)
    with reading(databases.answers) as answers:
        counted = set(answers.scalars(select(Receipt.code).where(Receipt.cycle == cycle.public_id)))
    with reading(databases.people) as people:
        assert people.get_one(Cycle, cycle.id).state == "tallied"
    assert counted == set(receipts)
