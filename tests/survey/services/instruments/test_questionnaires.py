"""The product's questionnaires and the city's own are found through one function, everywhere."""

import hashlib
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from instruments import catalogue, drafting
from instruments.schema import Instrument
from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.services.cycles import cycles
from survey.services.instruments import instrument_drafts, questionnaires
from survey.services.results import reports
from tests.factories import TODAY, answer, close, make_team, make_unit, open_cycle, plan


def publish_own(databases: Databases, code: str = "milik_kota") -> Instrument:
    """A copy of the short questionnaire under a name of the city's own."""
    data = drafting.data_of(catalogue.get("berakhlak_short"))
    own = {name: value for name, value in data.items() if name not in ("default", "version")}
    with transaction(databases.people) as people:
        begun = instrument_drafts.begin(people, {**own, "code": code})
        return instrument_drafts.publish(people, begun, 0, TODAY)


def own_plan(own: Instrument) -> cycles.CyclePlan:
    usual = plan()
    groups = [
        replace(group, instrument_code=own.code, instrument_hash=own.content_hash()) for group in usual.groups
    ]
    return replace(usual, groups=tuple(groups))


@pytest.mark.db
def test_a_cycle_with_a_questionnaire_of_the_citys_own_is_opened_answered_and_counted(
    databases: Databases, settings: Settings
) -> None:
    own = publish_own(databases)
    with transaction(databases.people) as people:
        team = make_team(people, make_unit(people), 7)
    cycle = open_cycle(databases, settings, own_plan(own))
    for rater in team:
        answer(databases, cycle, rater, lambda subject, item: 3 + len(subject + item) % 2)
    close(databases, settings, cycle)
    with reading(databases.people) as people:
        found = cycles.find_cycle(people, cycle.public_id)
        assert found.state == "tallied"
        titles = [
            own.scale(row.scale).title for group in reports.quality(people, found) for row in group.rows
        ]
        assert own.scales[0].title in titles
        assert questionnaires.uses(people) == {own.content_hash(): 1}


def test_a_raters_device_gets_its_own_questionnaire_and_anybody_its_text(
    client: FlaskClient, databases: Databases
) -> None:
    own = publish_own(databases)
    sheet = client.get(f"/i/questionnaire/{own.content_hash()}/peer/1").text
    assert all(f'name="{item.code}"' in sheet for item in own.items)
    for instrument in (own, catalogue.get("berakhlak_360")):
        text = client.get(f"/questionnaires/{instrument.content_hash()}.json").data
        assert hashlib.sha256(text).hexdigest() == instrument.content_hash()
    assert client.get("/questionnaires/none.json").status_code == 404


@pytest.mark.db
def test_codes_lead_to_the_newest_version_of_either_kind(databases: Databases) -> None:
    first = publish_own(databases)
    with transaction(databases.people) as people:
        data = instrument_drafts.copy_of(people, first)
        data["title"] = {"id": "Lain", "en": "Other"}
        begun = instrument_drafts.begin(people, data, first.content_hash())
        second = instrument_drafts.publish(people, begun, 0, TODAY)
    with reading(databases.people) as people:
        assert (first.version, second.version) == (1, 2)
        assert questionnaires.get(people, "milik_kota") == second
        assert questionnaires.get(people, "milik_kota", 1) == first
        assert questionnaires.get(people, "skm_2017") == catalogue.get("skm_2017")
        offered = questionnaires.offered(people, "person")
        assert offered[0].code == "berakhlak_short"
        assert [each.version for each in offered if each.code == "milik_kota"] == [2]
        with pytest.raises(questionnaires.UnknownInstrumentError, match="milik_kota 3"):
            questionnaires.get(people, "milik_kota", 3)
