"""A cycle whose key is lost is cancelled: all that was sent is destroyed unread, and the log says why."""

import json

from flask.testing import FlaskClient
from sqlalchemy import func, select

from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.jobs import port, runner
from survey.models.ballots import SealedBallot, SpoolBox, SpooledBallot
from survey.models.cycles import Cycle
from survey.models.protocol import SigningKey
from survey.services.cycles import cycles, holders
from survey.services.papers import ballot_box
from tests.factories import answer, make_team, make_unit, open_cycle
from tests.survey.hr.test_holder_handover import closed, key, page_of, planned, team  # noqa: F401
from verifier import public_log

REASON = "Both parts of the key burned"


def cancel(hr: FlaskClient, databases: Databases, settings: Settings, cycle: Cycle) -> None:
    assert hr.post(page_of(cycle, "cancel"), data={"reason": REASON}).status_code == 302
    assert port.run_next(settings, databases, runner.WORKS)


def left(databases: Databases, settings: Settings, cycle: Cycle) -> int:
    """Rows and files of the box that are still there."""
    with reading(databases.spool) as spool, reading(databases.answers) as answers:
        rows = [
            session.scalar(select(func.count()).select_from(model)) or 0
            for session, model in (
                (spool, SpooledBallot), (spool, SpoolBox), (spool, SigningKey), (answers, SealedBallot),
            )
        ]  # fmt: skip
    box = cycles.box_name(cycle)
    keys = [ballot_box.key_path(settings.key_directory, holders.key_name(box, layer)) for layer in (1, 2)]
    return (
        sum(rows) + sum(path.exists() for path in keys) + len(list(settings.private_directory.glob("*.list")))
    )


def test_an_open_cycle_is_cancelled_unread(
    hr: FlaskClient, client: FlaskClient, databases: Databases, settings: Settings
) -> None:
    with transaction(databases.people) as people:
        raters = make_team(people, make_unit(people), 4)
    cycle = open_cycle(databases, settings)
    answer(databases, cycle, raters[1], lambda *_: 4)
    assert left(databases, settings, cycle) > 0
    shown = hr.post(page_of(cycle, "cancel?lang=en"), data={"reason": " "})
    assert shown.status_code == 422
    assert "Write why, in one sentence." in shown.text
    cancel(hr, databases, settings, cycle)
    assert left(databases, settings, cycle) == 0
    assert "This cycle was cancelled" in hr.get(f"/staff/hr/cycles/{cycle.public_id}?lang=en").text
    assert REASON in client.get(f"/cycles/{cycle.public_id}").text
    assert hr.post(page_of(cycle, "close")).status_code == 409


def test_a_closed_cycle_whose_office_lost_its_key_is_cancelled_and_the_log_says_so(
    hr: FlaskClient,
    client: FlaskClient,
    databases: Databases,
    settings: Settings,
    closed: Cycle,  # noqa: F811
) -> None:
    assert "Cancel the cycle" in hr.get(page_of(closed, "closing?lang=en")).text
    cancel(hr, databases, settings, closed)
    assert left(databases, settings, closed) == 0
    assert hr.get(page_of(closed, "closing")).status_code == 302
    assert REASON in hr.get(page_of(closed, "minutes")).text
    entries = public_log.read_log(client.get(f"/cycles/{closed.public_id}/log.jsonl").data)
    text = client.get(f"/cycles/{closed.public_id}/manifest.json").data
    findings = {one.check: one.holds for one in check(entries, closed, text)}
    assert findings["log_order"] is True
    assert [e["action"] for e in entries][-2:] == ["cycle-cancelled", "keys-destroyed"]
    counted = dict(entries[-1], action="cycle-counted", detail={"counted": 0, "not_counted": 0})
    findings = {one.check: one.holds for one in check([*entries, counted], closed, text)}
    assert findings["log_order"] is False


def check(entries: list[public_log.Entry], cycle: Cycle, text: bytes) -> list[public_log.Finding]:
    return list(public_log.check_log(entries, cycle.public_id, json.loads(text), b""))


def test_a_cycle_that_is_being_counted_or_was_released_cannot_be_cancelled(
    hr: FlaskClient, databases: Databases, settings: Settings
) -> None:
    with transaction(databases.people) as people:
        make_team(people, make_unit(people), 4)
    cycle = open_cycle(databases, settings)
    hr.post(page_of(cycle, "close"))
    assert port.run_next(settings, databases, runner.WORKS)
    assert hr.get(page_of(cycle, "cancel")).status_code == 409
    assert hr.post(page_of(cycle, "cancel"), data={"reason": REASON}).status_code == 409
