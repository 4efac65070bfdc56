"""Single-use codes: one verified answer each, whoever holds them."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text

from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.jobs import merge_citizens
from survey.models.channels import CodeUse, VisitCode
from survey.models.citizens import CitizenResponse
from survey.services.citizens import visit_codes
from survey.services.papers import ballot_box
from tests.citizens import filled, make_point, post

ROLLS = "SELECT code_hash, xmin::text, xmax::text FROM visit_codes ORDER BY ctid"


@pytest.fixture
def point(databases: Databases) -> str:
    with transaction(databases.people) as people:
        return make_point(people)[1]


def printed(databases: Databases, point: str, count: int = 5) -> list[str]:
    with transaction(databases.people) as people:
        return visit_codes.print_roll(people, point, count)


def taken(databases: Databases) -> int:
    """Uses in the rolls, and those that wait."""
    with reading(databases.people) as people:
        settled = people.scalars(select(VisitCode).where(VisitCode.taken.is_not(None)))
        return len([*settled, *people.scalars(select(CodeUse))])


def settle(databases: Databases) -> None:
    with transaction(databases.people) as people:
        visit_codes.settle(people)


def told(databases: Databases, point: str) -> int | None:
    with reading(databases.people) as people:
        return visit_codes.rolls(people, point)[0].used


@pytest.mark.db
def test_five_answers_with_codes_are_a_stratum_of_their_own(
    client: FlaskClient, databases: Databases, settings: Settings, point: str
) -> None:
    for code in printed(databases, point):
        assert "Terima kasih" in post(client, point, ballot_box.new_nonce(), filled(4, code=code.lower()))
    assert merge_citizens.run(settings, databases).counted == 5
    with reading(databases.answers) as answers:
        assert set(answers.scalars(select(CitizenResponse.stratum))) == {"code"}
    assert taken(databases) == 5


def test_a_code_counts_once_and_its_own_form_may_come_again(
    client: FlaskClient, databases: Databases, point: str
) -> None:
    [code] = printed(databases, point, 1)
    nonce = ballot_box.new_nonce()
    first = post(client, point, nonce, filled(4, code=code))
    assert re.findall("<code>.+</code>", first) == re.findall(
        "<code>.+</code>", post(client, point, nonce, filled(4, code=code))
    )
    answer = client.post(
        f"/s/{point}",
        data={**filled(1, code=code), "nonce": ballot_box.new_nonce(), "at": "check", "go": "send"},
    )
    assert answer.status_code == 409
    assert "Kode ini sudah dipakai" in answer.text
    assert 'name="waktu" value="1"' in answer.text, "what was answered is not lost"


def test_a_code_is_looked_at_before_the_first_question_and_travels_with_the_form(
    client: FlaskClient, databases: Databases, point: str
) -> None:
    [code] = printed(databases, point, 1)
    assert 'id="code"' in client.get(f"/s/{point}/code").text
    data = {"nonce": ballot_box.new_nonce(), "at": "start", "go": "next"}
    page = client.post(f"/s/{point}", data={**data, "code": code})
    assert (page.status_code, f'name="code" value="{code}"' in page.text) == (200, True)
    assert client.post(f"/s/{point}", data={**data, "code": "0000-0000-0000"}).status_code == 409
    assert taken(databases) == 0


def test_codes_of_another_place_or_of_a_lost_roll_are_refused(
    client: FlaskClient, databases: Databases, point: str
) -> None:
    with transaction(databases.people) as people:
        _unit, other = make_point(people, "Dinas Lain", "DL-01")
    [elsewhere], [lost] = printed(databases, other, 1), printed(databases, point, 1)
    with transaction(databases.people) as people:
        [roll] = visit_codes.rolls(people, point)
        visit_codes.void_roll(people, point, roll.public_id)
    for code in (elsewhere, lost):
        assert "Kami tidak mengenal kode ini" in post(
            client, point, ballot_box.new_nonce(), filled(4, code=code)
        )


def test_codes_have_sixty_bits_and_only_hashes_of_them_are_kept(
    databases: Databases, settings: Settings, point: str
) -> None:
    codes = printed(databases, point, 200)
    assert len(set(codes)) == 200
    assert all(re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}", code) for code in codes)
    content = b"".join(path.read_bytes() for path in settings.data_directory.rglob("*") if path.is_file())
    assert not [
        code for code in codes if code.encode() in content or code.replace("-", "").encode() in content
    ]
    assert set(VisitCode.__table__.columns.keys()) == {"code_hash", "roll_id", "taken"}


def test_guessing_is_slowed_and_good_codes_are_not(
    client: FlaskClient, databases: Databases, point: str
) -> None:
    codes = printed(databases, point, 12)
    data = {"at": "start", "go": "next"}

    def tried(code: str) -> int:
        return client.post(
            f"/s/{point}", data={**data, "nonce": ballot_box.new_nonce(), "code": code}
        ).status_code

    assert [tried(code) for code in codes] == [200] * 12
    assert [tried("0000-0000-0000") for _ in range(12)] == [409] * 10 + [429] * 2


def used(client: FlaskClient, point: str, code: str, nonce: str = "") -> int:
    form = {**filled(4, code=code), "nonce": nonce or ballot_box.new_nonce(), "at": "check", "go": "send"}
    return client.post(f"/s/{point}", data=form).status_code


def test_whether_a_code_was_used_is_told_at_sending_alone(
    client: FlaskClient, databases: Databases, point: str
) -> None:
    codes = printed(databases, point, 6)
    assert [used(client, point, code) for code in codes[:5]] == [200] * 5

    nonce = ballot_box.new_nonce()

    def looked_at(code: str) -> str:
        data = {"nonce": nonce, "at": "start", "go": "next", "code": code}
        return client.post(f"/s/{point}", data=data).text.replace(code, "")

    for _before_and_after in range(2):
        assert looked_at(codes[0]) == looked_at(codes[5])
        settle(databases)
    assert used(client, point, codes[0]) == 409


@pytest.mark.db
def test_how_many_are_used_is_told_in_steps_of_at_least_five(
    client: FlaskClient, databases: Databases, point: str
) -> None:
    codes = printed(databases, point, 20)
    seen = []
    for code in codes[:12]:
        assert used(client, point, code) == 200
        settle(databases)
        seen.append(told(databases, point))
    assert seen == [0] * 4 + [25] * 5 + [50] * 3
    assert taken(databases) == 12


@pytest.mark.db
def test_a_form_that_comes_again_fills_no_batch_and_another_never_gets_the_code(
    client: FlaskClient, databases: Databases, point: str
) -> None:
    codes, nonces = printed(databases, point, 10), [ballot_box.new_nonce() for _ in range(10)]
    for code, nonce in list(zip(codes, nonces, strict=True))[:5]:
        assert [used(client, point, code, nonce), used(client, point, code, nonce)] == [200, 200]
    assert used(client, point, codes[0]) == 409
    settle(databases)
    for code, nonce in list(zip(codes, nonces, strict=True))[:5]:
        assert used(client, point, code, nonce) == 200
    assert used(client, point, codes[0]) == 409
    assert used(client, point, codes[5]) == 200
    settle(databases)
    assert (told(databases, point), taken(databases)) == (50, 6)


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_no_row_tells_in_which_order_codes_were_used(
    client: FlaskClient, databases: Databases, point: str
) -> None:
    codes = printed(databases, point, 30)
    for number, code in enumerate(codes[:13]):
        assert used(client, point, code) == 200
        if number in (4, 11):
            settle(databases)
    settle(databases)
    with reading(databases.people) as people:
        rolls = people.execute(text(ROLLS)).all()
        waiting = people.execute(text("SELECT code_hash, xmin::text FROM code_uses ORDER BY ctid")).all()
    assert [bytes(row[0]) for row in rolls] == sorted(bytes(row[0]) for row in rolls)
    assert len({row[1] for row in rolls}) == 1, "used and unused rows are of one transaction"
    assert {row[2] for row in rolls} == {"0"}, "nobody has locked a row"
    assert [bytes(row[0]) for row in waiting] == sorted(bytes(row[0]) for row in waiting)
    assert len({row[1] for row in waiting}) == 1
