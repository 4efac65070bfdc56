"""What citizens said: ballots are checked when they are made and again when they are opened."""

from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.models.citizens import CitizenCount, CitizenResponse, Suggestion
from survey.rules import satisfaction_policy
from survey.services.citizens import citizen_sums
from survey.services.citizens.citizen_answers import (
    box_name,
    make_ballot,
    period_of,
    place_of,
    questionnaire,
    read_ballot,
    read_sheet,
)
from survey.services.citizens.citizen_merge import merge
from tests.citizens import ITEMS, PERIOD, ballot, cast, filled, sekadau

BOX = box_name("point", PERIOD)


def opened(*fields: dict[str, str], first: int = 0) -> list[tuple[bytes, bytes]]:
    return [(bytes([first + place]) * 32, ballot(each)) for place, each in enumerate(fields)]


@pytest.mark.parametrize(
    ("day", "period"),
    [
        (date(2026, 1, 1), "2026-Q1"),
        (date(2026, 3, 31), "2026-Q1"),
        (date(2026, 4, 1), "2026-Q2"),
        (date(2026, 9, 30), "2026-Q3"),
        (date(2026, 10, 1), "2026-Q4"),
        (date(2026, 12, 31), "2026-Q4"),
    ],
)
def test_the_period_is_the_quarter_of_the_local_date(day: date, period: str) -> None:
    assert period_of(day) == period


def test_a_box_names_its_place_and_period() -> None:
    assert BOX == "citizen:point:2026-Q4"
    assert place_of(BOX) == ("point", PERIOD)


def test_a_ballot_comes_back_as_it_was_made() -> None:
    read = read_ballot(ballot(filled(4, waktu=1, biaya="cannot_judge") | {"age": "from_60"}))
    assert read is not None
    assert read.answers == {code: 1 if code == "waktu" else 4 for code in ITEMS if code != "biaya"}
    assert read.missing == {"biaya": "cannot_judge"}
    assert read.profile == {
        "sex": "not_said",
        "age": "from_60",
        "education": "not_said",
        "occupation": "not_said",
    }
    assert read.instrument == questionnaire().content_hash()


def test_a_ballot_holds_nothing_but_the_answers() -> None:
    assert set(msgspec.json.decode(ballot(filled()))) == {"instrument", "answers", "missing", "profile"}


def test_an_incomplete_sheet_makes_no_ballot() -> None:
    sheet = read_sheet(questionnaire(), {"waktu": ["3"]})
    with pytest.raises(ValueError, match="persyaratan"):
        make_ballot(questionnaire(), sheet)


def spoiled(**changes: object) -> bytes:
    return msgspec.json.encode(msgspec.json.decode(ballot(filled())) | changes)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b'{"instrument": 1}',
        spoiled(instrument="0" * 64),
        spoiled(at="2026-11-24T08:00"),
        spoiled(answers={}),
        spoiled(answers=dict.fromkeys(ITEMS, 5)),
        spoiled(answers=dict.fromkeys(ITEMS, True)),
        spoiled(answers=dict.fromkeys([*ITEMS, "extra"], 3)),
        spoiled(missing={"waktu": "cannot_judge"}),
        spoiled(answers=dict.fromkeys(ITEMS[1:], 3), missing={ITEMS[0]: "3"}),
        spoiled(answers=dict.fromkeys(ITEMS[1:], 3), missing={ITEMS[0]: "bored"}),
        spoiled(profile={}),
        spoiled(profile={"sex": "male", "age": "37", "education": "sma", "occupation": "asn"}),
    ],
)
def test_a_spoiled_ballot_is_not_read(text: bytes) -> None:
    assert read_ballot(text) is None


@given(
    st.dictionaries(st.sampled_from([*ITEMS, "age", "sex", "x"]), st.lists(st.text(max_size=12), max_size=3))
)
def test_whatever_a_form_brings_only_known_answers_are_taken(fields: dict[str, list[str]]) -> None:
    sheet = read_sheet(questionnaire(), fields)
    for code, value in sheet.answers.items():
        assert value in {"1", "2", "3", "4", "cannot_judge"}
        assert fields[code].count(value) == 1
    assert set(sheet.answers) | set(sheet.profile) | sheet.unclear <= set(fields)
    assert not (set(sheet.answers) | set(sheet.profile)) & sheet.unclear


@pytest.mark.db
def test_four_new_ballots_wait_and_the_fifth_takes_them_along(databases: Databases) -> None:
    with transaction(databases.answers) as answers:
        four = merge(answers, BOX, opened(*[filled()] * 4))
    assert (four.counted, four.held, four.finished) == (0, 4, [])
    with transaction(databases.answers) as answers:
        five = merge(answers, BOX, opened(*[filled()] * 5))
    assert (five.counted, five.held, len(five.finished)) == (5, 0, 5)


@pytest.mark.db
def test_a_merge_stores_answers_and_counts_that_agree(databases: Databases) -> None:
    with transaction(databases.answers) as answers:
        merge(
            answers,
            BOX,
            opened(filled(4), filled(4), filled(3), filled(3, waktu=1), filled(2, biaya="cannot_judge")),
        )
    with transaction(databases.answers) as answers:
        merge(answers, BOX, opened(*[filled(4)] * 5, first=100))
    with reading(databases.answers) as answers:
        counts = {(row.item, row.option): row.n for row in answers.scalars(select(CitizenCount))}
        rows = list(answers.scalars(select(CitizenResponse)))
    assert {option: n for (item, option), n in counts.items() if item == "waktu"} == {1: 1, 2: 1, 3: 1, 4: 7}
    assert {option: n for (item, option), n in counts.items() if item == "biaya"} == {3: 2, 4: 7}
    assert len(rows) == 10
    for (item, option), n in counts.items():
        assert n == sum(row.answers.get(item) == option for row in rows)
    assert {(row.stratum, row.period, row.service_point) for row in rows} == {("open", PERIOD, "point")}


@pytest.mark.db
def test_ballots_merged_before_add_nothing_and_do_not_make_up_the_minimum(databases: Databases) -> None:
    first = opened(*[filled()] * 5)
    with transaction(databases.answers) as answers:
        merge(answers, BOX, first)
    late = opened(filled(1), first=50)
    with transaction(databases.answers) as answers:
        again = merge(answers, BOX, first + late)
    assert (again.counted, again.held) == (0, 1)
    assert again.finished == [token for token, _text in first]
    with reading(databases.answers) as answers:
        assert answers.scalar(select(func.count()).select_from(CitizenResponse)) == 5
        assert answers.scalar(select(func.count()).where(CitizenCount.option == 1)) == 0


@pytest.mark.db
def test_spoiled_and_empty_ballots_do_not_make_up_the_minimum(databases: Databases) -> None:
    blank = opened(filled("cannot_judge"), first=90)
    with transaction(databases.answers) as answers:
        merged = merge(answers, BOX, [*opened(*[filled()] * 4), (b"z" * 32, b"spoiled"), *blank])
    assert (merged.counted, merged.held, merged.rejected) == (0, 5, 1)
    assert merged.finished == [b"z" * 32]


def test_sending_again_with_other_answers_keeps_the_first_and_its_receipt(
    databases: Databases, settings: Settings
) -> None:
    nonce = "n" * 32
    assert cast(databases, settings, "point", filled(4), nonce=nonce) == cast(
        databases, settings, "point", filled(1), nonce=nonce
    )


def test_the_tables_of_citizens_have_no_place_for_a_person_or_a_time() -> None:
    place = {"service_point", "period", "stratum"}
    said = {"key", "instrument_hash", "answers", "profile", "withdrawal"}
    assert set(CitizenResponse.__table__.columns.keys()) == place | said
    assert set(Suggestion.__table__.columns.keys()) == place | {
        "key",
        "text",
        "state",
        "withdrawal",
        "follow_up",
    }
    assert set(CitizenCount.__table__.columns.keys()) == place | {"item", "option", "n", "shown"}


@pytest.mark.db
def test_sums_stand_beside_the_responses_and_can_be_made_anew(databases: Databases) -> None:
    policy = satisfaction_policy()
    batches = [
        list(sekadau())[:20],
        list(sekadau())[20:],
        [filled(4, pengaduan="cannot_judge", sex="male")] * 5,
    ]
    for place, fields in enumerate(batches):
        rows = [
            ((place * 100 + number).to_bytes(32, "big"), ballot(each)) for number, each in enumerate(fields)
        ]
        with transaction(databases.answers) as answers:
            merge(answers, "citizen:a:2026-Q4", rows)
    with transaction(databases.answers) as answers:
        (kept,) = citizen_sums.sums_of(answers, ["a"], policy, ("open",))
        citizen_sums.rebuild(answers, ("a", "2026-Q4", "open"), policy)
        (again,) = citizen_sums.sums_of(answers, ["a"], policy, ("open",))
    assert (kept.sums.respondents, kept.sums.complete) == (54, 49)
    assert kept.profile["sex"] == {"male": 5, "not_said": 49}
    assert again.profile == kept.profile
    for name in ("n", "sums", "products"):
        assert getattr(again.sums, name).tolist() == getattr(kept.sums, name).tolist()
