"""Paper forms typed by number: what stands for what, what cannot be right, what is typed twice."""

import pytest

from survey.services.citizens import citizen_answers, paper_entry
from survey.services.citizens.citizen_answers import questionnaire
from survey.services.citizens.paper_entry import Typed
from survey.services.papers.ballot_box import new_nonce
from tests.citizens import FORM_ORDER

NO_FACTS = ("", "", "", "")


def typed(answers: str, facts: tuple[str, ...] = NO_FACTS, words: str = "") -> Typed:
    return Typed(new_nonce(), answers, facts, words)


def test_digits_stand_for_the_questions_in_the_order_of_the_paper() -> None:
    sheet = paper_entry.sheet_of(questionnaire(), typed("123401234", ("2", "", "9", "12"), "Tambah kursi"))
    expected = ["1", "2", "3", "4", "cannot_judge", "1", "2", "3", "4"]
    assert [sheet.answers[code] for code in FORM_ORDER] == expected
    assert sheet.profile == {"sex": "female", "education": "not_said", "occupation": "not_said"}
    assert sheet.suggestion == "Tambah kursi"
    assert citizen_answers.unanswered(questionnaire(), sheet) == []


@pytest.mark.parametrize(
    ("answers", "facts", "faults"),
    [
        ("333333333", NO_FACTS, []),
        ("000000000", ("1", "5", "8", "11"), []),
        ("33333333", NO_FACTS, ["length"]),
        ("3333333333", NO_FACTS, ["length"]),
        ("333353333", NO_FACTS, ["answers"]),
        ("3333x3333", NO_FACTS, ["answers"]),
        ("³33333333", NO_FACTS, ["answers"]),
        ("333333333", ("4", "", "", "13"), ["sex", "occupation"]),
        ("", ("0", "", "", ""), ["length", "sex"]),
    ],
)
def test_what_cannot_be_right_is_named(answers: str, facts: tuple[str, ...], faults: list[str]) -> None:
    assert paper_entry.faults(questionnaire(), typed(answers, facts)) == faults


@pytest.mark.parametrize(("forms", "twice"), [(1, 1), (2, 2), (10, 2), (11, 3), (20, 4)])
def test_a_part_is_typed_twice_and_always_the_same_part(forms: int, twice: int) -> None:
    batch = [typed("333333333") for _form in range(forms)]
    drawn = paper_entry.to_type_twice(batch)
    assert len(drawn) == twice
    assert drawn == paper_entry.to_type_twice(batch)
    assert drawn == [each for each in batch if each in drawn]


def test_a_second_typing_that_differs_or_is_missing_is_found() -> None:
    batch = [typed("333333333") for _form in range(10)]
    first, second = paper_entry.to_type_twice(batch)
    same = {first.nonce: "333333333", second.nonce: "333333333"}
    assert paper_entry.differing(batch, same) == {}
    assert paper_entry.differing(batch, same | {first.nonce: "333333334"}) == {first.nonce: "333333334"}
    assert paper_entry.differing(batch, {first.nonce: "333333333"}) == {second.nonce: ""}
