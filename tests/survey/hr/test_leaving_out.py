"""HR reads what the rule about items found, leaves the named items out, takes that back, and releases."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.models.appraisals import Appraisal
from survey.models.audit import AuditEvent
from survey.models.cycles import Cycle
from survey.models.reviews import ItemReview
from survey.services.cycles import cycles
from survey.services.results import own_report
from tests.survey.hr.test_cycles import FORM
from tests.survey.hr.test_results import words_of
from tests.survey.item_rounds import INSTRUMENT, NAMED, Done, counted

TEXT = next(item.text.in_language("en") for item in INSTRUMENT.items if item.code == NAMED)
REASON = "Butir ini dipahami berbeda oleh penilai"
ACCEPTED = {"reason": "Cukup andal untuk pengembangan"}


@pytest.fixture
def done(databases: Databases, settings: Settings) -> Done:
    return counted(databases, settings)


@pytest.fixture
def address(done: Done) -> str:
    return f"/staff/hr/cycles/{done.cycle.public_id}"


def test_the_report_says_what_the_rule_found_and_what_would_change(hr: FlaskClient, address: str) -> None:
    text = words_of(hr.get(f"{address}/quality?lang=en").text)
    assert "whose corrected r is below 0.20, or that more than 30 %" in text.replace("\xa0", " ").replace(
        "30%", "30 %"
    )
    rule = text.split("The rule about items")[1]
    assert TEXT in rule and "may be left out" in rule and " stays " in rule
    assert "What leaving out would change" in rule and "→" in rule
    assert "Usable overall figures:" in rule


def test_leaving_out_needs_a_reason_is_audited_and_can_be_taken_back(
    hr: FlaskClient, databases: Databases, address: str
) -> None:
    refused = hr.post(f"{address}/quality/items?lang=en", data={"why": ""})
    assert refused.status_code == 422 and "Write a reason in a sentence." in refused.text
    assert refused.text.count('id="why"') == 1
    assert hr.post(f"{address}/quality/items", data={"why": REASON}).status_code == 302
    text = words_of(hr.get(f"{address}/quality?lang=en").text)
    assert "Left out of every figure" in text and REASON in text
    assert hr.post(f"{address}/quality/items", data={"why": REASON}).status_code == 409
    assert hr.post(f"{address}/quality/items/keep").status_code == 302
    assert "Left out of every figure" not in words_of(hr.get(f"{address}/quality?lang=en").text)
    hr.post(f"{address}/quality/items", data={"why": REASON})
    hr.post(f"{address}/quality", data=ACCEPTED)
    assert hr.post(f"{address}/quality/items/keep").status_code == 409
    with reading(databases.people) as people:
        told = people.execute(
            select(AuditEvent.action, AuditEvent.detail).where(AuditEvent.action.like("cycle.%"))
        ).all()
    acts = [(action, detail.get("items"), detail.get("reason")) for action, detail in told]
    assert ("cycle.leave-out", NAMED, REASON) in acts and ("cycle.keep-items", None, None) in acts


def test_where_the_rule_names_nothing_no_button_offers_it(
    hr: FlaskClient, databases: Databases, address: str
) -> None:
    with transaction(databases.people) as people:
        people.execute(update(ItemReview).values(named={}))
    text = hr.get(f"{address}/quality?lang=en").text
    assert "The rule names no item" in text and "/quality/items" not in text
    assert hr.post(f"{address}/quality/items", data={"why": REASON}).status_code == 409


def test_everybody_is_told_what_was_left_out(
    hr: FlaskClient, databases: Databases, done: Done, address: str
) -> None:
    hr.post(f"{address}/quality/items", data={"why": REASON})
    hr.post(f"{address}/quality", data=ACCEPTED)
    assert f"everybody is told so: {NAMED}" in words_of(hr.get(f"{address}/release?lang=en").text)
    assert hr.post(f"{address}/release").status_code == 302
    assert f"count in no figure: {NAMED}" in hr.get(f"{address}/appraisals.csv?lang=en").text
    assert f"count in no figure: {NAMED}" in words_of(hr.get(f"{address}/minutes?lang=en").text)
    public = hr.get(f"/cycles/{done.cycle.public_id}?lang=en").text
    assert f"count in no figure: {NAMED}" in public
    with reading(databases.people) as people:
        cycle = cycles.find_cycle(people, done.cycle.public_id)
        assert people.scalars(select(Cycle.state)).one() == "released"
        appraisal = people.scalars(select(Appraisal).where(Appraisal.cycle_id == cycle.id)).first()
        assert appraisal is not None
        assert [item.code for item in own_report.own_report(people, appraisal).left_out] == [NAMED]


@pytest.mark.parametrize(
    ("least_r", "unable", "kept"),
    [("0,25", "40", (0.25, 0.4)), ("", "40", (None, 0.4)), ("0.2", "", (0.2, None)), ("", "", (None, None))],
)
def test_the_plan_takes_both_limits_one_or_none(
    hr: FlaskClient,
    databases: Databases,
    least_r: str,
    unable: str,
    kept: tuple[float | None, float | None],
) -> None:
    limits = {"item_least_r": least_r, "item_most_unable": unable}
    assert hr.post("/staff/hr/cycles/new", data=FORM | limits).status_code == 302
    with reading(databases.people) as people:
        cycle = people.scalars(select(Cycle)).one()
    assert (cycle.item_least_r, cycle.item_most_unable) == kept
    page = hr.get(f"/staff/hr/cycles/{cycle.public_id}/plan?lang=en").text
    assert ('value="0.25"' in page) is (least_r == "0,25")


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("item_least_r", "1", "Choose a number above 0 and below 1"),
        ("item_least_r", "abc", "Write a number, for example 0.50."),
        ("item_most_unable", "100", "Choose a share from 1 to 99 per cent, or leave it empty."),
        ("item_most_unable", "2,5", "Write a whole number."),
    ],
)
def test_a_limit_that_is_none_is_refused_at_its_field(
    hr: FlaskClient, name: str, value: str, words: str
) -> None:
    answer = hr.post("/staff/hr/cycles/new?lang=en", data=FORM | {name: value})
    assert answer.status_code == 422 and words in answer.text
