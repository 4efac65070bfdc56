"""The chain of the audit trail: what was tampered with is found, and concurrent writers make one chain."""

import hashlib
import json
import threading
from collections.abc import Callable
from datetime import UTC, timedelta

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from survey.db import Databases, reading, transaction
from survey.migrate import downgrade, upgrade
from survey.models.audit import AuditEvent
from survey.services.auditing import audit

WRITERS, EACH = 20, 5


def fill(databases: Databases, count: int = 4) -> None:
    for number in range(count):
        with transaction(databases.people) as people:
            audit.record(people, None, "act", f"object {number}", number=number)


def broken_at(databases: Databases) -> int | None:
    with reading(databases.people) as people:
        return audit.check_chain(people)


def ids(session: Session) -> list[int]:
    return list(session.scalars(select(AuditEvent.id).order_by(AuditEvent.id)))


def change(values: dict[str, object]) -> Callable[[Session], object]:
    return lambda session: session.execute(
        update(AuditEvent).where(AuditEvent.id == ids(session)[1]).values(**values)
    )


def remove(session: Session) -> None:
    session.execute(delete(AuditEvent).where(AuditEvent.id == ids(session)[1]))


def swap(session: Session) -> None:
    second, third = ids(session)[1:3]
    for now, then in ((second, 999), (third, second), (999, third)):
        session.execute(update(AuditEvent).where(AuditEvent.id == now).values(id=then))


def later(session: Session) -> None:
    event = session.get_one(AuditEvent, ids(session)[1])
    event.at += timedelta(seconds=1)


TAMPERINGS = {
    "action": change({"action": "other"}),
    "about": change({"object": "other"}),
    "detail": change({"detail": {"number": 7}}),
    "salt": change({"salt": bytes(16)}),
    "digest": change({"digest": bytes(32)}),
    "hash": change({"hash": bytes(32)}),
    "time": later,
    "removed": remove,
    "moved": swap,
}


@pytest.mark.db
@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_what_was_tampered_with_is_found_at_its_place(databases: Databases, tampering: str) -> None:
    fill(databases)
    assert broken_at(databases) is None
    with transaction(databases.people) as people:
        TAMPERINGS[tampering](people)
    assert broken_at(databases) == 2


@pytest.mark.db
def test_concurrent_writers_make_one_chain(databases: Databases) -> None:
    start, faults = threading.Barrier(WRITERS), []

    def write(writer: int) -> None:
        start.wait()
        try:
            for number in range(EACH):
                with transaction(databases.people) as people:
                    audit.record(people, None, "act", f"writer {writer}", number=number)
        except Exception as fault:
            faults.append(fault)

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    with reading(databases.people) as people:
        assert len(ids(people)) == WRITERS * EACH
        assert audit.check_chain(people) is None


def test_a_long_chain_is_read_in_parts(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "EVENTS_AT_ONCE", 3)
    for count in range(1, 8):
        fill(databases, 1)
        with reading(databases.people) as people:
            assert len(list(audit.chain(people))) == count
            assert audit.check_chain(people) is None


def test_the_bytes_are_those_of_the_protocol(databases: Databases) -> None:
    with transaction(databases.people) as people:
        audit.record_openly(people, "cycle-opened", "c", manifest="é")
        audit.record(people, None, "act", "c", items=2)
    with reading(databases.people) as people:
        first, second = audit.chain(people)
    at = first.at.replace(tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    text = (
        '{"about":"c","account":null,"action":"cycle-opened","at":"' + at + '","detail":{"manifest":"é"}}'
    ).encode()
    assert first.digest == hashlib.sha256(text).digest()
    assert first.hash == hashlib.sha256(b"cermin log 1\n" + bytes(32) + first.digest).digest()
    entry = {"account": None, "action": "act", "about": "c", "at": at, "detail": {"items": 2}}
    entry["at"] = second.at.replace(tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    text = json.dumps(entry, sort_keys=True, separators=(",", ":")).encode()
    assert len(second.salt) == 16
    assert second.digest == hashlib.sha256(second.salt + text).digest()
    assert second.hash == hashlib.sha256(b"cermin log 1\n" + first.hash + second.digest).digest()


def test_an_act_with_a_fraction_is_not_entered(databases: Databases) -> None:
    with pytest.raises(ValueError, match="fractions"), transaction(databases.people) as people:
        audit.record(people, None, "act", "c", share=0.5)
    assert broken_at(databases) is None


@pytest.mark.db
def test_what_was_entered_before_there_was_a_chain_is_chained(databases: Databases) -> None:
    fill(databases)
    downgrade(databases.people, "people", "0002")
    upgrade(databases.people, "people")
    assert broken_at(databases) is None
    fill(databases, 1)
    assert broken_at(databases) is None
    with reading(databases.people) as people:
        assert len(ids(people)) == 5
        assert all(len(event.salt) == 16 for event in audit.chain(people))
