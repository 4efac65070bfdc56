"""HR blacks out words before release: no subject, no author, nothing brought back, no word noted."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.models.audit import AuditEvent
from survey.models.cycles import Cycle, Subject
from survey.models.people import Employee
from survey.models.vault import Comment
from survey.services.cycles import cycles
from survey.services.documents.listing import Wanted
from survey.services.gate import comments
from tests.survey.results import Counted, counted

SECRET = "Pak Budi, 12 Maret"


@pytest.fixture
def done(databases: Databases, settings: Settings) -> Counted:
    return counted(databases, settings)


@pytest.fixture
def marked(databases: Databases, done: Counted) -> Counted:
    """One of the texts about the member names somebody."""
    with reading(databases.people) as people:
        key = people.scalar(select(Subject.key).where(Subject.employee_id == done.member.id))
    with transaction(databases.answers) as answers:
        mine = (Comment.block == key, Comment.voice == "anonymous", Comment.rank == 0)
        answers.execute(update(Comment).where(*mine).values(text=f"Terima kasih {SECRET}, {SECRET}."))
    return done


def address(done: Counted) -> str:
    return f"/staff/hr/cycles/{done.cycle.public_id}/comments"


def place_of(page: str, words: str) -> str:
    row = next(row for row in re.findall(r"<li>.*?</li>", page, re.DOTALL) if words in row)
    found = re.search(r"/comments/([0-9a-f]{32})", row)
    assert found
    return found.group(1)


def texts(databases: Databases) -> list[str]:
    with reading(databases.answers) as answers:
        return list(answers.scalars(select(Comment.text)))


def test_texts_stand_together_without_subject_group_or_author(
    hr: FlaskClient, databases: Databases, done: Counted
) -> None:
    page = hr.get(address(done)).text
    assert "Kalimat ke-0" in page
    with reading(databases.people) as people:
        names = [*people.scalars(select(Employee.name)), *people.scalars(select(Subject.key))]
    assert [name for name in names if name in page] == []
    shown = re.findall(r'class="words">([^<]+)<', page)
    assert shown == sorted(set(shown))


def test_words_are_removed_for_good_and_the_employee_sees_black(
    hr: FlaskClient, databases: Databases, marked: Counted
) -> None:
    place = place_of(hr.get(address(marked)).text, SECRET)
    answer = hr.post(f"{address(marked)}/{place}", data={"passage": SECRET})
    assert answer.status_code == 302
    assert not any(SECRET in text for text in texts(databases))
    assert f"Terima kasih {comments.BLACK}, {comments.BLACK}." in texts(databases)
    with reading(databases.people) as people:
        event = people.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert event is not None
    assert (event.action, event.detail) == ("comment.black-out", {})
    assert hr.get(f"{address(marked)}/{place}").status_code == 404


def test_the_whole_text_may_go_and_places_follow_the_words_that_are_left(
    hr: FlaskClient, databases: Databases, marked: Counted
) -> None:
    place = place_of(hr.get(address(marked)).text, SECRET)
    hr.post(f"{address(marked)}/{place}", data={"all": "1"})
    with reading(databases.answers) as answers:
        rows = answers.execute(
            select(Comment.block, Comment.question, Comment.voice, Comment.rank, Comment.text)
        ).all()
    groups: dict[tuple[str, str, str], list[tuple[int, str]]] = {}
    for block, question, voice, rank, text in rows:
        groups.setdefault((block, question, voice), []).append((rank, text))
    assert any(comments.BLACK in [text for _rank, text in group] for group in groups.values())
    for group in groups.values():
        ordered = [text for _rank, text in sorted(group)]
        assert ordered == sorted(ordered)
        assert sorted(rank for rank, _text in group) == list(range(len(group)))


@pytest.mark.parametrize("given", [{}, {"passage": "  "}, {"passage": "tidak ada di situ"}])
def test_words_that_do_not_stand_there_change_nothing(
    hr: FlaskClient, databases: Databases, marked: Counted, given: dict[str, str]
) -> None:
    before = texts(databases)
    place = place_of(hr.get(address(marked)).text, SECRET)
    answer = hr.post(f"{address(marked)}/{place}", data=given)
    assert answer.status_code == 422
    assert "Mohon periksa" in answer.text or "alert" in answer.text
    assert texts(databases) == before


def test_texts_with_a_number_a_date_or_a_name_can_be_shown_alone(hr: FlaskClient, marked: Counted) -> None:
    page = hr.get(f"{address(marked)}?show=hinted").text
    assert SECRET in page
    assert "Kalimat ke-0" not in page
    assert SECRET in hr.get(f"{address(marked)}?q=budi").text
    assert "Kalimat ke-0" not in hr.get(f"{address(marked)}?q=budi").text


def test_too_few_texts_are_seen_by_nobody(hr: FlaskClient, databases: Databases, done: Counted) -> None:
    with transaction(databases.answers) as answers:
        for row in answers.scalars(select(Comment).where(Comment.voice == "anonymous", Comment.rank >= 2)):
            answers.delete(row)
        answers.execute(update(Comment).where(Comment.voice == "anonymous").values(text="hanya berdua"))
    assert "hanya berdua" not in hr.get(address(done)).text


@pytest.mark.parametrize("state", ["open", "closed", "released"])
def test_comments_are_read_between_counting_and_release_alone(
    hr: FlaskClient, databases: Databases, done: Counted, state: str
) -> None:
    with transaction(databases.people) as people:
        people.execute(update(Cycle).where(Cycle.id == done.cycle.id).values(state=state))
    assert hr.get(address(done)).status_code == 409
    assert hr.post(f"{address(done)}/{'0' * 32}", data={"all": "1"}).status_code == 409


def test_an_employee_has_no_way_to_the_comments(employee: FlaskClient, done: Counted) -> None:
    assert employee.get(address(done)).status_code == 403


@pytest.mark.db
def test_on_both_databases(databases: Databases, settings: Settings) -> None:
    done = counted(databases, settings)
    with reading(databases.people) as people:
        cycle = cycles.find_cycle(people, done.cycle.public_id)
    with transaction(databases.answers) as answers:
        first = comments.page(answers, cycle, "key", Wanted()).rows[0]
        changed = comments.black_out(answers, cycle, "key", first.address, first.words[:3])
    assert changed.words.startswith(comments.BLACK)
    assert first.words not in texts(databases)


def test_a_page_asks_for_all_texts_at_once(
    hr: FlaskClient, databases: Databases, done: Counted, count_statements: Callable
) -> None:
    with count_statements(databases.answers) as answers:
        hr.get(address(done))
    assert answers() <= 2


def test_an_address_tells_nothing_of_the_words_without_the_key(databases: Databases, done: Counted) -> None:
    with reading(databases.people) as people:
        cycle = cycles.find_cycle(people, done.cycle.public_id)
    with reading(databases.answers) as answers:
        pages = [comments.page(answers, cycle, key, Wanted()) for key in ("one", "two")]
    assert [text.words for text in pages[0].rows] == [text.words for text in pages[1].rows]
    assert not {text.address for text in pages[0].rows} & {text.address for text in pages[1].rows}


def test_removed_words_are_in_no_file_of_the_database(
    hr: FlaskClient, settings: Settings, marked: Counted
) -> None:
    files = [settings.data_directory / name for name in ("answers.sqlite", "answers.sqlite-wal")]
    place = place_of(hr.get(address(marked)).text, SECRET)
    assert any(SECRET.encode() in file.read_bytes() for file in files if file.exists())
    hr.post(f"{address(marked)}/{place}", data={"passage": SECRET})
    assert not any(SECRET.encode() in file.read_bytes() for file in files if file.exists())
