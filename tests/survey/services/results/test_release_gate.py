"""The ledger and the gate: one release of a cycle, and nothing that tells few people's answers, ever."""

import shutil
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from analysis.disclosure import Told, attack
from protocol.ballots import Ballot, Signed
from protocol.tokens import TOKEN_BYTES, scope_name
from survey.config import Settings, load_settings
from survey.db import Databases, connect_all, reading, transaction
from survey.exceptions import ReleaseDiffers, ReleaseGivesAway, StepNotAllowed
from survey.jobs import close_cycle
from survey.models.appraisals import Appraisal, ScaleComposite, ScaleScore
from survey.models.audit import AuditEvent
from survey.models.cycles import Cycle
from survey.models.people import Employee, Unit
from survey.models.releases import Release
from survey.models.vault import VaultBlock
from survey.services.cycles import cycles
from survey.services.papers import rating
from survey.services.raters import assignments
from survey.services.results import ledger, release_gate, tally, vault_store
from survey.services.results.cycle_frame import CycleFrame, read_frame
from survey.services.results.ledger import Figure, Ledger, Part
from tests.factories import make_employee, plan
from tests.survey.results import Counted, counted, release


@pytest.fixture
def done(databases: Databases, settings: Settings) -> Counted:
    return counted(databases, settings)


def frame_of(databases: Databases, cycle: Cycle) -> CycleFrame:
    with reading(databases.people) as people:
        return read_frame(people, cycles.find_cycle(people, cycle.public_id))


def entries(databases: Databases) -> list[tuple[str, str]]:
    with reading(databases.people) as people:
        return [(entry.told, entry.hash) for entry in people.scalars(select(Release))]


def change(databases: Databases, model: type, **values: object) -> None:
    with transaction(databases.people) as people:
        people.execute(update(model).values(**values))


@pytest.mark.db
def test_counting_enters_what_will_be_told_and_releasing_leaves_it(
    databases: Databases, settings: Settings
) -> None:
    done = counted(databases, settings)
    [(told, name)] = entries(databases)
    release(databases, done.cycle)
    assert entries(databases) == [(told, name)]
    kept = ledger.read_text(told)
    assert kept.text() == told and name == ledger.hash_of(told)
    peers = kept.parts["peer", "loyal"]
    # witness: of nine, six members who answered have five peers' answers and two silent ones six
    assert sorted(peers.ballots.values()) == [5] * 6 + [6] * 2
    assert {figure.source for figure in peers.figures} == {"report", "composite", "quality"}
    assert [figure.cells for figure in kept.parts[ledger.PARTICIPATION].figures] == [(0,)]


def test_no_answer_is_in_the_ledger(databases: Databases, done: Counted) -> None:
    [(told, _name)] = entries(databases)
    assert "." not in told.replace(done.cycle.public_id, "")  # no fraction, so no mean
    assert set(ledger.read_canonical(told.encode())) == {"cycle", "minimum", "parts", "values"}


def test_a_cycle_counted_before_there_was_a_ledger_is_looked_at_when_it_is_released(
    databases: Databases, done: Counted
) -> None:
    before = entries(databases)
    with transaction(databases.people) as people:
        people.execute(delete(Release))
    with pytest.raises(StepNotAllowed), transaction(databases.people) as people:
        cycles.advance(people, cycles.find_cycle(people, done.cycle.public_id), "release")
    release(databases, done.cycle)
    assert entries(databases) == before


def test_an_entry_is_never_changed_and_never_removed(databases: Databases, done: Counted) -> None:
    with pytest.raises(ReleaseDiffers), transaction(databases.people) as people:
        people.get_one(Release, done.cycle.id).told = "{}"
    with pytest.raises(ReleaseDiffers), transaction(databases.people) as people:
        people.delete(people.get_one(Release, done.cycle.id))


@pytest.mark.parametrize(
    ("model", "values"),
    [
        (ScaleScore, {"mean": 3.21}),
        (ScaleScore, {"standard_error": 0.5}),
        (ScaleComposite, {"composite": 3.21}),
        (Appraisal, {"composite": 3.21}),
        (Appraisal, {"usable": True}),
    ],
)
def test_figures_that_changed_after_counting_are_not_released(
    hr: FlaskClient, databases: Databases, done: Counted, model: type, values: dict[str, object]
) -> None:
    change(databases, model, **values)
    page = hr.post(f"/staff/hr/cycles/{done.cycle.public_id}/release?lang=en")
    assert page.status_code == 409
    assert "The results stay closed" in page.text and "Nothing was released" in page.text
    with reading(databases.people) as people:
        assert people.scalars(select(Cycle.state)).one() == "reviewed"
        [event] = people.scalars(select(AuditEvent).where(AuditEvent.action == "release.stopped"))
        assert event.account_id is not None and event.object == done.cycle.public_id
        assert not people.scalars(select(AuditEvent).where(AuditEvent.action == "cycle.release")).all()


def test_a_release_that_gives_away_gets_its_page_in_indonesian_too(
    hr: FlaskClient, databases: Databases, done: Counted
) -> None:
    with transaction(databases.answers) as answers:  # a block that never should have been kept
        answers.execute(update(VaultBlock).where(VaultBlock.rater_group == "peer").values(n=3))
    page = hr.post(f"/staff/hr/cycles/{done.cycle.public_id}/release")
    assert page.status_code == 409 and "Hasil tetap tertutup" in page.text
    with reading(databases.people) as people:
        [event] = people.scalars(select(AuditEvent).where(AuditEvent.action == "release.stopped"))
    assert event.detail["why"] == "ReleaseGivesAway"
    assert "small_group, 3" in event.detail["first"]


def test_a_group_that_only_a_composite_tells_is_found(databases: Databases, done: Counted) -> None:
    """Two subordinates whose mean stands in no report, but in the composite."""
    frame = frame_of(databases, done.cycle)
    place = ("subordinate", "loyal")
    told = Ledger("c", 5, {place: Part({0: 2}, [Figure("composite", (0,), True)])}, "")
    assert [one.kind for _place, one in release_gate.findings_in(frame, told)] == ["small_group"]


def test_a_unit_of_few_raters_whose_participation_was_shown_is_found(
    databases: Databases, done: Counted
) -> None:
    frame = frame_of(databases, done.cycle)
    part = Part({0: 4, 1: 9}, [Figure("participation", (0,), True), Figure("participation", (1,), True)])
    told = Ledger("c", 5, {ledger.PARTICIPATION: part}, "")
    found = [(one.kind, one.cells) for _place, one in release_gate.findings_in(frame, told)]
    assert found == [("small_group", (0,))]


def test_ballots_that_come_or_go_between_two_releases_are_found(databases: Databases, done: Counted) -> None:
    frame = frame_of(databases, done.cycle)
    place = ("peer", "loyal")

    def told(*numbers: int) -> Ledger:
        figures = [Figure("report", (cell,), True) for cell in range(len(numbers))]
        return Ledger("c", 5, {place: Part(dict(enumerate(numbers)), figures)}, "")

    def kinds(now: Ledger, before: Ledger) -> list[tuple[str, int]]:
        return [(one.kind, one.people) for _place, one in release_gate.findings_in(frame, now, before)]

    assert kinds(told(7, 6), told(7, 6)) == []
    assert kinds(told(8, 6), told(7, 6)) == [("single_ballot", 1)]
    assert kinds(told(5, 6), told(7, 6)) == [("small_group", 2)]


def test_participation_that_was_told_stays_told_when_somebody_moves(
    databases: Databases, done: Counted
) -> None:
    with transaction(databases.people) as people:
        people.add(other := Unit(code="LAIN", name="Lain"))
        people.flush()
        people.execute(update(Employee).where(Employee.id == done.member.id).values(unit_id=other.id))
    release(databases, done.cycle)


# Two releases of random organisations, through counting, appraising, ledger and gate.


def chart(people: object, draw: st.DataObject) -> None:
    """A small organisation: a tree of units, and people with supervisors anywhere in it."""
    units: list[Unit] = []
    for number in range(draw.draw(st.integers(1, 4), "units")):
        above = draw.draw(st.sampled_from([None, *units]), "above")
        units.append(Unit(code=f"U{number}", name=f"Unit {number}", parent_id=above.id if above else None))
        people.add(units[-1])
        people.flush()
    staff: list[Employee] = []
    for number in range(draw.draw(st.integers(6, 16), "staff")):
        heads = staff[:3]
        boss = draw.draw(st.sampled_from(heads), "boss") if heads else None
        unit = draw.draw(st.sampled_from(units), "unit")
        staff.append(make_employee(people, unit, number + 1, boss))


def ballots_of(frame: CycleFrame, chance: Random, turnout: float, skips: float) -> list[Ballot]:
    """What raters send, some of them not, some items skipped."""
    found = []
    papers = zip(
        frame.asked.rater.tolist(), frame.asked.subject.tolist(), frame.asked.group.tolist(), strict=True
    )
    for rater, subject, g in sorted(papers):
        if chance.random() > turnout:
            continue
        group = frame.groups[g]
        marks = {item: min(5, max(1, round(chance.gauss(3.8, 1)))) for item in group.items}
        given_marks = {item: mark for item, mark in marks.items() if chance.random() > skips}
        said = rating.Said(
            group.layout.instrument, given_marks, dict.fromkeys(marks.keys() - given_marks.keys(), "not_seen")
        )
        scope = scope_name(frame.subject_keys[subject], group.rater_group)
        token = Random(f"{rater} {subject} {g}").randbytes(TOKEN_BYTES)
        found.append(said.ballot(frame.cycle, scope, Signed(token, b"")))
    chance.shuffle(found)
    return found


def count(databases: Databases, frame: CycleFrame, ballots: list[Ballot]) -> None:
    """Count, appraise, look, enter: what the closing job does with opened ballots."""
    result = tally.count(frame, ballots)
    with transaction(databases.answers) as answers:
        vault_store.replace_vault(answers, frame, result, len(ballots))
    close_cycle.appraise(databases, frame.cycle, frame)


@hypothesis_settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_no_organisation_no_skip_and_no_second_release_gives_few_people_away(
    migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    minimum = data.draw(st.integers(3, 5), "minimum")
    turnout = data.draw(st.sampled_from([0.5, 0.8, 1.0]), "turnout")
    skips = data.draw(st.sampled_from([0.0, 0.1, 0.3]), "skips")
    chance = Random(data.draw(st.integers(0, 2**32), "seed"))
    directory = tmp_path_factory.mktemp("organisation")
    for name in ("people.sqlite", "answers.sqlite"):
        shutil.copy(migrated_sqlite / name, directory / name)
    databases = connect_all(
        load_settings({"CERMIN_DATA_DIRECTORY": str(directory), "CERMIN_ENVIRONMENT": "test"})
    )
    try:
        with transaction(databases.people) as people:
            chart(people, data)
            cycle = cycles.create_cycle(people, replace(plan(minimum=minimum), minimum_reliability=0.0))
            assignments.assign_raters(people, cycle, random=chance)
            for step in ("freeze", "open", "close"):
                cycles.advance(people, cycle, step)
        frame = frame_of(databases, cycle)
        _two_releases(databases, cycle, frame, ballots_of(frame, chance, turnout, skips), data)
    finally:
        databases.dispose()
        shutil.rmtree(directory)


def _two_releases(
    databases: Databases, cycle: Cycle, frame: CycleFrame, ballots: list[Ballot], data: st.DataObject
) -> None:
    late = data.draw(st.integers(1, max(1, min(3, len(ballots)))), "late ballots")
    count(databases, frame, ballots[late:])
    first = entries(databases)
    try:
        count(databases, frame, ballots)  # counted anew with what came late
    except (ReleaseGivesAway, ReleaseDiffers):
        pass
    else:  # what came late is in no figure
        assert entries(databases) == first
    assert entries(databases) == first
    with reading(databases.people) as people:
        assert people.scalars(select(Cycle.state)).one() == "tallied"
    count(databases, frame, ballots[late:])
    release(databases, cycle)
    for place, part in ledger.read_text(first[0][0]).parts.items():
        assert _found(frame, place, part) == [], place


def _found(frame: CycleFrame, place: tuple[str, str], part: Part) -> list[object]:
    """The attacker, on what is told of each group but the named ones."""
    if place[0] in ("self", "supervisor"):
        return []
    told = [Told(one.source, one.cells) for one in part.figures if one.is_exact]
    ballots = [part.ballots.get(cell, 0) for cell in range(max(part.ballots, default=-1) + 1)]
    return list(attack(told, ballots, k=frame.minimum))
