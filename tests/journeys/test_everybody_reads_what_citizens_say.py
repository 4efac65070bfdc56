"""City, office, notice and plan in a real browser: no violation, small on the wire, and the same in print."""

import gzip
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import expect

from survey.db import Databases, transaction
from survey.services.citizens import follow_ups, indicators, respondents
from survey.services.citizens.follow_ups import Entry
from tests.browser import assert_sound
from tests.citizens import filled, make_point, sekadau
from tests.conftest import TODAY
from tests.journeys.conftest import OpenPage
from tests.survey.public.test_results import keep

LARGEST_PAGE = 14_600  # bytes, packed: what arrives in the first round trip of a slow line


@pytest.fixture
def unit(databases: Databases) -> str:
    """An office with three quarters, plans, users and figures of the service."""
    with transaction(databases.people) as people:
        unit, point = make_point(people)
        _other, second = make_point(people, "Dinas Kependudukan dan Pencatatan Sipil", "S-2")
        follow_ups.add(
            people,
            unit,
            Entry("2026-Q2", "persyaratan", "Menempel syarat", "Kepala", TODAY - timedelta(days=3)),
        )
        waiting = indicators.add_indicator(
            people, unit, "Waktu tunggu", "menit", less_is_better=True, element="waktu"
        )
        indicators.add_turn(people, unit, date(2026, 7, 1), "Loket kedua")
        days = {date(2026, 6, day): 50.0 + day % 5 for day in range(1, 31)}
        days |= {date(2026, 7, day): 30.0 + day % 5 for day in range(1, 31)}
        indicators.set_values(people, unit, waiting, days)
        respondents.set_users(people, point, "2026-Q3", 500)
    keep(databases, point, "2026-Q2", [filled(2, sex="male")] * 20 + [filled(3, sex="female")] * 40)
    keep(databases, point, "2026-Q3", list(sekadau()) * 3, first=200)
    keep(databases, second, "2026-Q3", [filled(3)] * 20 + [filled(4)] * 20, first=700)
    return unit


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 360, 1280])
def test_the_pages_are_sound_at_every_width(visit: OpenPage, unit: str, width: int) -> None:
    for name, path in (
        ("city", "/results"),
        ("unit", f"/units/{unit}"),
        ("unit-111", f"/units/{unit}?weights=0.111&period=2026"),
        ("notice", f"/units/{unit}/notice"),
        ("publications", "/publications"),
    ):
        page = visit(path, width, scripts=False)
        expect(page.locator("h1")).to_be_visible()
        assert_sound(visit(path, width), f"{name}-{width}")


def test_the_pages_are_small(client: FlaskClient, unit: str) -> None:
    for path in ("/results", f"/units/{unit}", f"/units/{unit}/notice", f"/units/{unit}/badge.svg"):
        assert len(gzip.compress(client.get(path).data)) < LARGEST_PAGE, path
