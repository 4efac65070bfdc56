"""The way through the citizen's form, worked out from what the form carries."""

import pytest

from survey.citizen.steps import ALL, CHECK, PROFILE, START, STAY, Move, Step, next_step, screens
from survey.services.citizens.citizen_answers import Sheet, questionnaire, read_sheet
from tests.citizens import FORM_ORDER, filled

FIRST, SECOND, LAST = FORM_ORDER[0], FORM_ORDER[1], FORM_ORDER[-1]


def sheet(**fields: str) -> Sheet:
    return read_sheet(questionnaire(), {code: [value] for code, value in fields.items()})


def step(given: Sheet, at: str, go: str = "next", reviewing: bool = False) -> Step:
    return next_step(questionnaire(), given, Move(at, go, reviewing))


def test_the_form_asks_facilities_eighth_and_complaints_ninth() -> None:
    # regulations.md 1.3: question 8 = facilities and question 9 = complaints on the printed form.
    asked = screens(questionnaire())
    assert (asked[0], asked[-3:]) == (START, ["saran", PROFILE, CHECK])
    assert asked[8:10] == ["sarpras", "pengaduan"]
    assert len(asked) == 13


def test_start_leads_to_the_first_question_and_each_answer_to_the_next() -> None:
    assert step(sheet(), START) == Step(FIRST)
    assert step(sheet(**{FIRST: "4"}), FIRST) == Step(SECOND)
    assert step(sheet(**filled()), LAST) == Step("saran")
    assert step(sheet(**filled()), "saran") == Step(PROFILE)
    assert step(sheet(**filled()), PROFILE) == Step(CHECK, reviewing=True)


def test_a_question_without_an_answer_is_asked_again() -> None:
    assert step(sheet(), FIRST) == Step(FIRST, problem=True)


def test_not_knowing_is_an_answer() -> None:
    assert step(sheet(**{FIRST: "cannot_judge"}), FIRST) == Step(SECOND)


def test_back_leads_to_the_screen_before_even_without_an_answer() -> None:
    assert step(sheet(), SECOND, "back") == Step(FIRST)
    assert step(sheet(), FIRST, "back") == Step(START)
    assert step(sheet(), START, "back") == Step(START)
    assert step(sheet(**filled()), CHECK, "back") == Step(PROFILE)


def test_a_changed_answer_leads_straight_back_to_the_check() -> None:
    full = sheet(**filled())
    assert step(full, CHECK, SECOND) == Step(SECOND, reviewing=True)
    assert step(full, SECOND, reviewing=True) == Step(CHECK, reviewing=True)
    assert step(full, SECOND, "back", reviewing=True) == Step(CHECK, reviewing=True)


def test_a_gap_is_asked_before_the_check() -> None:
    gap = sheet(**{code: "3" for code in FORM_ORDER if code != SECOND})
    for move in ((PROFILE, "next"), (CHECK, "send"), (CHECK, "next")):
        assert step(gap, *move) == Step(SECOND, problem=True, reviewing=True)


def test_an_unknown_band_brings_the_general_facts_back() -> None:
    assert step(sheet(**filled(), age="999"), PROFILE) == Step(PROFILE, problem=True)


@pytest.mark.parametrize("go", ["", "check", "../etc", "persyaratan", "next\0"])
@pytest.mark.parametrize("at", ["", "nowhere", "<script>", "a" * 9000])
def test_unknown_places_and_buttons_lead_to_the_first_question(at: str, go: str) -> None:
    assert step(sheet(), at, go) == Step(FIRST)


def test_words_that_may_name_somebody_are_asked_about_once() -> None:
    named = sheet(**filled(), saran="Terima kasih untuk Ibu Rahmi")
    assert step(named, "saran") == Step("saran", hint=True)
    assert next_step(questionnaire(), named, Move("saran", "next", False, hinted=True)) == Step(PROFILE)
    assert step(sheet(**filled(), saran="tolong tambah kursi di ruang tunggu"), "saran") == Step(PROFILE)


def test_all_on_one_page_asks_for_everything_and_leads_to_the_check() -> None:
    assert step(sheet(), START, ALL) == Step(ALL)
    assert step(sheet(**{FIRST: "4"}), ALL) == Step(ALL, problem=True)
    assert step(sheet(**filled()), ALL) == Step(CHECK, reviewing=True)
    assert step(sheet(**filled()), ALL, "back") == Step(START)


@pytest.mark.parametrize("at", [START, FIRST, "saran", PROFILE, CHECK, ALL])
def test_changing_the_display_stays_on_the_screen_and_asks_for_nothing(at: str) -> None:
    assert step(sheet(), at, STAY) == Step(at)
