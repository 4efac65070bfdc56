"""The invented organisation, whole, without a database."""

from collections import Counter

import numpy as np
import pytest

from survey.demo.city import LARGEST_TEAM, Organisation, organise
from survey.demo.offices import read_offices
from survey.services.organisation.employee_numbers import check
from tests.survey.demo.conftest import TODAY


@pytest.fixture(scope="module")
def whole() -> Organisation:
    return organise(np.random.default_rng(5))


def test_the_city_has_as_many_employees_as_the_count_of_2024(whole: Organisation) -> None:
    # regulations.md §8, dpd.go.id of 5 Nov 2024: 2,792 = 2,284 PNS + 508 PPPK
    assert Counter(person.kind for person in whole.people) == {"PNS": 2284, "PPPK": 508, "Non-ASN": 62}


def test_every_office_of_the_table_is_staffed_as_the_table_says(whole: Organisation) -> None:
    staffed = Counter(person.office for person in whole.people if person.number)
    assert staffed == {office.code: office.staff for office in read_offices().units}


def test_the_table_has_the_24_kelurahan_in_three_kecamatan() -> None:
    villages = Counter(office.parent for office in read_offices().units if office.layout == "village")
    assert villages == {"KEC-GP": 7, "KEC-MKS": 9, "KEC-ABTB": 8}


def test_parents_stand_before_their_children_and_named_posts_exist() -> None:
    seen: set[str] = {""}
    for office in read_offices().units:
        assert office.parent in seen
        seen.add(office.code)
    secretariat = read_offices().layouts["secretariat"]
    wanted = {office.reports_to for office in read_offices().units} - {""}
    assert wanted <= set(secretariat.deputies)


def test_every_number_keeps_the_rules_and_none_comes_twice(whole: Organisation) -> None:
    numbers = {person.number: person.kind for person in whole.people if person.number}
    assert not any(check(number, kind, TODAY).problems for number, kind in numbers.items())
    assert len(numbers) == len([person for person in whole.people if person.kind != "Non-ASN"])


def test_no_number_has_a_sequence_that_an_agency_would_reach(whole: Organisation) -> None:
    assert min(int(person.number[15:]) for person in whole.people if person.number) > 900


def test_no_name_comes_twice(whole: Organisation) -> None:
    assert len({person.name for person in whole.people}) == len(whole.people)


def test_everybody_is_under_the_sekretaris_daerah_without_a_circle(whole: Organisation) -> None:
    tops = [place for place, person in enumerate(whole.people) if person.boss is None]
    assert [whole.people[top].title for top in tops] == ["Sekretaris Daerah"]
    depth = {tops[0]: 0}
    for place, person in enumerate(whole.people):
        if person.boss is not None:
            assert person.boss < place  # so no way up can come back
            depth[place] = depth[person.boss] + 1
    assert max(depth.values()) >= 4


def test_teams_below_the_heads_of_offices_are_not_too_large(whole: Organisation) -> None:
    teams = Counter(
        person.boss
        for person in whole.people
        if person.boss and person.office == whole.people[person.boss].office
    )
    assert max(teams.values()) <= LARGEST_TEAM


def test_the_same_seed_makes_the_same_people_and_another_seed_others(whole: Organisation) -> None:
    assert organise(np.random.default_rng(5)) == whole
    assert organise(np.random.default_rng(6)) != whole


def test_a_share_makes_offices_smaller_but_leaves_none_out(whole: Organisation) -> None:
    part = organise(np.random.default_rng(5), share=0.25)
    assert {person.office for person in part.people} == {person.office for person in whole.people}
    assert len(part.people) < 0.4 * len(whole.people)
