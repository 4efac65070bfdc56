"""The public log: the whole chain, in which only what everybody may read about one cycle is legible."""

import json
from itertools import count

import pytest

from protocol import log
from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.models.cycles import Cycle
from survey.services.accounts import accounts
from survey.services.auditing import audit, public_log
from survey.services.cycles import cycles, open_cycles
from tests.factories import close, make_team, make_unit, open_cycle, plan


@pytest.fixture
def cycle(databases: Databases, settings: Settings) -> Cycle:
    with transaction(databases.people) as session:
        make_team(session, make_unit(session), 3)
    return open_cycle(databases, settings)


def log_of(databases: Databases, cycle: Cycle) -> list[bytes]:
    with reading(databases.people) as people:
        return list(public_log.lines(people, cycle.public_id))


def told(databases: Databases, cycle: Cycle) -> list[str]:
    lines = map(json.loads, log_of(databases, cycle))
    return [line["entry"]["action"] for line in lines if "entry" in line]


@pytest.mark.db
def test_the_life_of_a_cycle_is_told_in_order_and_once(
    databases: Databases, settings: Settings, cycle: Cycle
) -> None:
    with transaction(databases.people) as people:
        open_cycles.raise_minimum(people, cycles.find_cycle(people, cycle.public_id), 6)
    close(databases, settings, cycle)
    close(databases, settings, cycle)
    with transaction(databases.people) as people:
        for step in ("review", "release"):
            cycles.advance(people, cycles.find_cycle(people, cycle.public_id), step)
    assert told(databases, cycle) == [
        "cycle-opened",
        "minimum-raised",
        "cycle-closed",
        "box-closed",
        "cycle-counted",
        "keys-destroyed",
        "cycle-released",
    ]


@pytest.mark.db
def test_anybody_can_follow_the_chain_and_reads_nothing_of_the_others(
    databases: Databases, settings: Settings, cycle: Cycle
) -> None:
    with transaction(databases.people) as people:
        account = accounts.create_account(people, "hr", "correct horse battery", ("hr_admin",))
        audit.record(people, account.id, "cycle.open", cycle.public_id, mode="server_key")
    open_cycle(databases, settings, plan("Lain"))
    close(databases, settings, cycle)
    previous, legible = log.START, 0
    for number, text in zip(count(1), log_of(databases, cycle), strict=False):
        line = json.loads(text)
        assert text == log.canonical(line) + b"\n"
        assert line.pop("n") == number
        link = bytes.fromhex(line.pop("hash"))
        if "entry" in line:
            entry = log.Entry(**line.pop("entry"))
            assert (entry.account, entry.about) == (None, cycle.public_id)
            digest, legible = log.digest(b"", entry), legible + 1
        else:
            digest = bytes.fromhex(line.pop("digest"))
        assert line == {}
        assert link == log.link(previous, digest)
        previous = link
    with reading(databases.people) as people:
        events = list(audit.chain(people))
    assert previous == events[-1].hash
    assert legible == 5
    assert len(events) == 7


def test_an_act_of_an_account_is_never_legible(databases: Databases, cycle: Cycle) -> None:
    with transaction(databases.people) as people:
        account = accounts.create_account(people, "hr", "correct horse battery", ("hr_admin",))
        audit.record(people, account.id, "cycle-released", cycle.public_id)
        audit.record(people, None, "keys-destroyed", cycle.public_id)
    assert told(databases, cycle) == ["cycle-opened"]


def test_only_the_details_of_an_action_are_told(databases: Databases, cycle: Cycle) -> None:
    with transaction(databases.people) as people:
        found = cycles.find_cycle(people, cycle.public_id)
        with pytest.raises(ValueError, match="to be told with"):
            public_log.tell(people, found, "cycle-closed", last="10:31")


def test_nothing_is_told_of_a_cycle_without_a_manifest(databases: Databases, cycle: Cycle) -> None:
    with transaction(databases.people) as people:
        found = cycles.find_cycle(people, cycle.public_id)
        found.manifest = ""
        assert not public_log.tell(people, found, "cycle-closed")
