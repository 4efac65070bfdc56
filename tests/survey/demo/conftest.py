"""A part of the demo city, built once for all tests that only read it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from survey.config import Settings, load_settings
from survey.db import Databases, connect_all
from survey.demo.build import City, CityPlan, build_city
from survey.migrate import upgrade_all
from tests import few_keys

TODAY = date(2026, 11, 24)
VILLAGES = frozenset({"KEL-ATTS", "KEL-BPA", "KEL-BAP", "KEL-BCKR", "KEL-KK", "KEL-PK", "KEL-TD"})
HAMLET = frozenset({"SETDA", "KEC-GP", "KEL-ATTS", "KEL-TD"})
QUARTER_OF_TOWN = VILLAGES | {
    "SETDA",
    "KEC-GP",
    "DISDIKBUD",
    "SMPN-1",
    "SMPN-2",
    "SMPN-3",
    "DINKES",
    "PKM-RASIMAHAHMAD",
    "PKM-TIGOBALEH",
    "DISDUKCAPIL",
    "DPMPTSP",
    "BKPSDM",
    "BAG-ORG",
    "KEC-ABTB",
    "KEL-PA",
}


@dataclass(frozen=True, eq=False)
class Built:
    """A city with the databases it stands in."""

    city: City
    settings: Settings
    databases: Databases


def build(directory: Path, plan: CityPlan) -> Built:
    """Build a city in a directory of its own."""
    with pytest.MonkeyPatch.context() as patch:
        few_keys.share(patch)
        return _build(directory, plan)


def _build(directory: Path, plan: CityPlan) -> Built:
    settings = load_settings({"CERMIN_DATA_DIRECTORY": str(directory), "CERMIN_ENVIRONMENT": "test"})
    databases = connect_all(settings)
    upgrade_all(databases)
    return Built(build_city(settings, databases, plan, lambda *_progress: None), settings, databases)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    """About five hundred people; large enough for the figures, small enough for every run of the tests."""
    town = build(tmp_path_factory.mktemp("city"), CityPlan(TODAY, offices=QUARTER_OF_TOWN))
    yield town
    town.databases.dispose()
