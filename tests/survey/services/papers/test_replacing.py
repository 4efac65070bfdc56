"""Papers that replace lost ones: what they cost the groups concerned, and how few they may be."""

import pytest
from sqlalchemy import select

from instruments import catalogue
from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.exceptions import NotAllowed, RequestRefused, StepNotAllowed, TooManyReplaced
from survey.models.accounts import Grant
from survey.models.audit import AuditEvent
from survey.models.cycles import Cycle, Subject
from survey.models.invitations import Paper, ReplacementRequest
from survey.models.people import Employee
from survey.models.vault import VaultBlock
from survey.services.accounts import accounts
from survey.services.accounts.access import WHOLE_CITY
from survey.services.cycles import cycles
from survey.services.papers import drawing, manifests, paper_office, rating, replacing
from survey.services.results.cycle_frame import read_frame
from survey.services.secrets import sealing
from tests.conftest import PASSWORD
from tests.factories import TODAY, answer, close, code_for, make_team, make_unit, open_cycle


@pytest.fixture
def team(databases: Databases) -> list[Employee]:
    """A head and seven members, so that six peers are asked about each member."""
    with transaction(databases.people) as session:
        return make_team(session, make_unit(session), 7)


@pytest.fixture
def cycle(databases: Databases, settings: Settings, team: list[Employee]) -> Cycle:
    """64 papers, of which one may be replaced."""
    return open_cycle(databases, settings)


@pytest.fixture
def offices(databases: Databases) -> tuple[int, int]:
    """The accounts of HR and of the auditor."""
    with transaction(databases.people) as session:
        hr = accounts.create_account(session, "hr", PASSWORD, ("hr_admin",))
        auditor = accounts.create_account(session, "inspektorat", PASSWORD, ("approver",))
        return hr.id, auditor.id


def answer_about(databases: Databases, cycle: Cycle, rater: Employee, subject: Employee) -> None:
    """One ballot about one subject, and no other paper taken."""
    code = code_for(databases, cycle, rater)
    with reading(databases.people) as people:
        found = paper_office.papers_of(people, code, TODAY)
        box = rating.box_of(people, cycle)
    entry = next(entry for entry in found.entries if entry.name == subject.name)
    items = catalogue.by_hash(entry.instrument_hash).items_for(entry.rater_group, leader=entry.leads)
    nonce = sealing.new_nonce()
    with transaction(databases.people) as people:
        paper_office.take(people, {entry.key: sealing.paper_hash(nonce)})
    with transaction(databases.spool) as spool:
        said = rating.Said(
            entry.instrument_hash, {item.code: 3 for item in items}, comments={"keep_doing": "Teruskan"}
        )
        rating.cast(spool, box, nonce, entry.scope, said)


def ask(databases: Databases, cycle: Cycle, hr: int, rater: Employee) -> str:
    """HR's request; returns its public id."""
    with transaction(databases.people) as people:
        found = people.get_one(Cycle, cycle.id)
        replacing.ask(people, WHOLE_CITY, found, hr, rater.number, "Ponsel hilang")
        return replacing.of_cycle(people, WHOLE_CITY, found)[0].public_id


def replace(databases: Databases, cycle: Cycle, offices: tuple[int, int], rater: Employee) -> int:
    """Both offices agree."""
    request = ask(databases, cycle, offices[0], rater)
    with transaction(databases.people) as people:
        return replacing.approve(people, request, offices[1])


def shown(databases: Databases, cycle: Cycle, subject: Employee) -> set[int]:
    """How many ballots stand behind the blocks of a subject's peers."""
    with reading(databases.people) as people:
        key = people.scalar(
            select(Subject.key).where(Subject.cycle_id == cycle.id, Subject.employee_id == subject.id)
        )
    with reading(databases.answers) as answers:
        return set(
            answers.scalars(
                select(VaultBlock.n).where(VaultBlock.block == key, VaultBlock.rater_group == "peer")
            )
        )


@pytest.mark.db
@pytest.mark.parametrize(
    ("is_replaced", "others", "expected"),
    [(False, 3, set()), (False, 4, {5}), (True, 3, set()), (True, 4, {6})],
)
def test_a_group_with_a_replaced_paper_needs_one_more_ballot(
    databases: Databases,
    settings: Settings,
    cycle: Cycle,
    team: list[Employee],
    offices: tuple[int, int],
    is_replaced: bool,
    others: int,
    expected: set[int],
) -> None:
    subject, loser = team[7], team[1]
    answer_about(databases, cycle, loser, subject)
    if is_replaced:
        assert replace(databases, cycle, offices, loser) == 1
        answer_about(databases, cycle, loser, subject)  # five ballots of four people, or six of five
    for rater in team[2 : 2 + others]:
        answer(databases, cycle, rater, lambda *_: 3, "Teruskan begitu")
    close(databases, settings, cycle)
    assert shown(databases, cycle, subject) == expected
    with transaction(databases.people) as people, reading(databases.answers):
        assert people.get_one(Cycle, cycle.id).state == "tallied"


def test_nobodys_ballot_is_left_out_because_another_sent_two(
    databases: Databases, settings: Settings, cycle: Cycle, team: list[Employee], offices: tuple[int, int]
) -> None:
    subject, loser = team[7], team[1]
    answer_about(databases, cycle, loser, subject)
    replace(databases, cycle, offices, loser)
    for rater in team[1:7]:
        answer(databases, cycle, rater, lambda *_: 3)
    close(databases, settings, cycle)
    assert shown(databases, cycle, subject) == {7}


def test_the_frame_knows_papers_raters_and_what_was_replaced(
    databases: Databases, cycle: Cycle, team: list[Employee], offices: tuple[int, int]
) -> None:
    with reading(databases.people) as people:
        before = read_frame(people, cycle)
    answer_about(databases, cycle, team[0], team[1])  # the head rates as the only supervisor
    replace(databases, cycle, offices, team[0])
    with reading(databases.people) as people:
        after = read_frame(people, cycle)
    assert before.replaced.sum() == 0
    assert (before.papers == before.group_sizes).all()
    assert (after.group_sizes == before.group_sizes).all()
    assert (after.named == before.named).all()
    assert (after.papers - before.papers == after.replaced).all()
    assert after.replaced.sum() == 1


def test_no_more_papers_are_replaced_than_the_manifest_allows(
    databases: Databases, cycle: Cycle, team: list[Employee], offices: tuple[int, int]
) -> None:
    answer(databases, cycle, team[1], lambda *_: 3)
    request = ask(databases, cycle, offices[0], team[1])
    with pytest.raises(TooManyReplaced), transaction(databases.people) as people:
        replacing.approve(people, request, offices[1])  # eight of sixty-four
    answer_about(databases, cycle, team[2], team[7])
    assert replace(databases, cycle, offices, team[2]) == 1
    answer_about(databases, cycle, team[3], team[7])
    with pytest.raises(TooManyReplaced):
        replace(databases, cycle, offices, team[3])
    with reading(databases.people) as people:
        assert replacing.share(people, cycle) == replacing.Share(replaced=1, allowed=1)
        taken = people.scalars(select(Paper.rater_id).where(Paper.taken.is_not(None))).all()
        assert [request.state for request in people.scalars(select(ReplacementRequest))].count("pending") == 2
    assert sorted(taken) == sorted([team[1].id] * 8 + [team[3].id])


@pytest.mark.db
def test_the_public_log_tells_the_total_and_no_more(
    databases: Databases,
    settings: Settings,
    team: list[Employee],
    offices: tuple[int, int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(manifests, "REPLACEMENTS_PERCENT", 10)
    cycle = open_cycle(databases, settings)
    answer_about(databases, cycle, team[1], team[7])
    answer_about(databases, cycle, team[1], team[6])
    answer_about(databases, cycle, team[2], team[7])
    for rater in (team[1], team[2], team[3]):  # the third took none
        replace(databases, cycle, offices, rater)
    with reading(databases.people) as people:
        told = people.scalars(select(AuditEvent).where(AuditEvent.action == "papers-replaced")).all()
        acts = people.scalars(select(AuditEvent).where(AuditEvent.action.like("replacement.%"))).all()
    assert [event.detail for event in told] == [{"papers": 2}, {"papers": 3}]
    assert [(event.account_id, event.salt) for event in told] == [(None, b"")] * 2
    assert [event.action for event in acts] == ["replacement.ask", "replacement.approved"] * 3
    assert all(set(event.detail) == {"request"} and event.salt for event in acts)


def test_one_office_cannot_do_both(
    databases: Databases, cycle: Cycle, team: list[Employee], offices: tuple[int, int]
) -> None:
    hr, auditor = offices
    request = ask(databases, cycle, hr, team[1])
    with transaction(databases.people) as session:
        other_hr = accounts.create_account(session, "hr2", PASSWORD, ("hr_admin",)).id
        herself = accounts.create_account(session, "rater", PASSWORD, ("approver",), team[1].id).id
        both = accounts.create_account(session, "both", PASSWORD, ("approver",))
        session.add(Grant(account_id=both.id, role="hr_operator"))
        own = both.id
    for account in (hr, other_hr, herself, own):
        for decide in (replacing.approve, replacing.decline):
            with pytest.raises(NotAllowed), transaction(databases.people) as people:
                decide(people, request, account)
    with transaction(databases.people) as people:
        replacing.decline(people, request, auditor)
    with pytest.raises(StepNotAllowed), transaction(databases.people) as people:
        replacing.approve(people, request, auditor)


def test_a_request_names_a_rater_of_an_open_cycle_a_reason_and_waits_once(
    databases: Databases, cycle: Cycle, team: list[Employee], offices: tuple[int, int]
) -> None:
    def refused(number: str, reason: str) -> str:
        with transaction(databases.people) as people, pytest.raises(RequestRefused) as found:
            replacing.ask(people, WHOLE_CITY, people.get_one(Cycle, cycle.id), offices[0], number, reason)
        return found.value.code

    assert refused("1", "Ponsel hilang") == "rater_unknown"
    assert refused(team[1].number, "  ") == "reason_missing"
    request = ask(databases, cycle, offices[0], team[1])
    assert refused(team[1].number, "Ponsel hilang") == "waiting_already"
    with transaction(databases.people) as people:
        cycles.advance(people, people.get_one(Cycle, cycle.id), "close")
    with transaction(databases.people) as people:
        assert replacing.pending(people) == []
        with pytest.raises(StepNotAllowed):
            replacing.approve(people, request, offices[1])
        with pytest.raises(StepNotAllowed):
            replacing.ask(
                people, WHOLE_CITY, people.get_one(Cycle, cycle.id), offices[0], team[2].number, "x"
            )


def test_a_paper_that_became_a_drawn_code_is_not_replaced(
    databases: Databases, cycle: Cycle, team: list[Employee], offices: tuple[int, int]
) -> None:
    with transaction(databases.people) as people:
        found = people.get_one(Cycle, cycle.id)
        scope = drawing.find_scope(people, found, team[7].unit_id, team[7].public_id, "peer", TODAY)
        drawing.print_codes(people, found, scope, TODAY)
    assert replace(databases, cycle, offices, team[1]) == 0
    with reading(databases.people) as people:
        assert sum(people.scalars(select(Paper.is_void))) == 6
