"""From an empty database to a released cycle, in a city of some sixty people."""

from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, expect

from survey.config import Settings
from survey.db import Databases, reading
from survey.demo.city import organise
from survey.services.cycles import cycles
from tests.journeys.whole_cycle import Walk, table_of, walk

pytestmark = pytest.mark.browser


def test_from_an_empty_database_to_a_released_cycle(
    served: str,
    settings: Settings,
    databases: Databases,
    browser: Browser,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CERMIN_DATA_DIRECTORY", str(settings.data_directory))
    organisation = organise(np.random.default_rng(5), codes={"BKPSDM", "DISDUKCAPIL"})
    way = Walk(served, settings, databases, browser, organisation, tmp_path)
    try:
        walk(way)
    finally:
        expect.set_options(timeout=5_000)
    with reading(databases.people) as people:
        assert cycles.find_cycle(people, way.cycle).state == "released"
    assert [name for name, _seconds in way.taken][-1] == "an employee reads"
    assert len(table_of(way.taken).splitlines()) == len(way.taken) + 2
