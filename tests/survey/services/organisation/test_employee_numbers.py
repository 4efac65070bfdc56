"""The rules of NIP and NI PPPK. Examples with a source stand in docs of the rule's module."""

from datetime import date

import pytest

from survey.services.organisation.employee_numbers import RULES, Kind, check, digits_of, is_rounded

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("number", "born", "year", "month", "sex", "sequence"),
    [
        # The two published examples of Perka BKN 22/2007 (kompasiana.com, tempo.co).
        ("19680411 199303 1 009", date(1968, 4, 11), 1993, 3, "male", 9),
        ("19860926 201505 1 001", date(1986, 9, 26), 2015, 5, "male", 1),
        ("19990131.201701.2.999", date(1999, 1, 31), 2017, 1, "female", 999),
    ],
)
def test_a_sound_nip_is_taken_apart(number, born, year, month, sex, sequence):
    checked = check(number, "PNS", TODAY)
    assert checked.problems == ()
    assert checked.digits == number.replace(" ", "").replace(".", "")
    parts = checked.parts
    assert (parts.birth_date, parts.year, parts.month) == (born, year, month)
    assert (parts.sex, parts.sequence) == (sex, sequence)


@pytest.mark.parametrize("free", ["21", "00", "99"])
def test_a_pppk_number_has_a_year_and_two_free_digits(free):
    checked = check(f"199002022022{free}2001", "PPPK", TODAY)
    assert checked.problems == ()
    assert (checked.parts.year, checked.parts.month) == (2022, None)


@pytest.mark.parametrize(
    ("number", "problem"),
    [
        ("19680411199303100A", "number_digits"),
        ("１９６８０４１１１９９３０３１００９", "number_digits"),  # full-width digits
        ("", "number_length"),
        ("1968041119930310", "number_length"),
        ("1968041119930310099", "number_length"),
        ("196802301993031009", "number_birth"),
        ("000000001993031009", "number_birth"),
        ("202702021993031009", "number_birth_future"),
        ("196804111993131009", "number_month"),
        ("196804111993001009", "number_month"),
        ("196804112026121009", "number_appointed_future"),
        ("196804111985031009", "number_too_young"),
        ("196804111960031009", "number_too_young"),
        ("196804111993030009", "number_sex"),
        ("196804111993033009", "number_sex"),
        ("196804111993031000", "number_sequence"),
    ],
)
def test_each_rule_of_the_nip_has_its_own_problem(number, problem):
    checked = check(number, "PNS", TODAY)
    assert problem in checked.problems
    assert checked.parts is None


@pytest.mark.parametrize(
    ("number", "problem"),
    [
        ("199002022027211001", "number_appointed_future"),
        ("199002022005211001", "number_too_young"),
        ("199002302022211001", "number_birth"),
        ("199002022022213001", "number_sex"),
        ("199002022022211000", "number_sequence"),
    ],
)
def test_each_rule_of_the_pppk_number_has_its_own_problem(number, problem):
    assert check(number, "PPPK", TODAY).problems == (problem,)


def test_the_appointment_may_be_this_month_and_not_the_next():
    assert check("200001012026111001", "PNS", TODAY).problems == ()
    assert check("200001012026121001", "PNS", TODAY).problems == ("number_appointed_future",)


def test_about_eighteen_leaves_one_year_of_slack():
    assert check("200006152017061001", "PNS", TODAY).problems == ()
    assert check("200006152017051001", "PNS", TODAY).problems == ("number_too_young",)


def test_several_faults_of_content_are_told_together():
    assert check("196804111993133000", "PNS", TODAY).problems == (
        "number_month",
        "number_sex",
        "number_sequence",
    )


@pytest.mark.parametrize("kind", RULES)
def test_every_problem_carries_how_sure_its_rule_is(kind: Kind):
    bad = ["x", "1", "196802301993131009", "202702022093033000", "196804111960030000", "196804112099133000"]
    found = {code for number in bad for code in check(number, kind, TODAY).problems}
    assert found <= set(RULES[kind])
    assert set(RULES[kind].values()) <= {"secondary", "memory"}


@pytest.mark.parametrize("text", ["1.96804E+17", "1,96804E+17", "2e17", " 1.9680411199303101E+17 "])
def test_a_number_rounded_by_a_spreadsheet_is_recognised(text):
    assert is_rounded(text)


def test_a_number_as_people_write_it_is_not_taken_for_a_rounded_one():
    assert not is_rounded("19680411 199303 1 009")
    assert digits_of(" 19680411.199303.1.009 ") == "196804111993031009"
