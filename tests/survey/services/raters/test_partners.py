"""Service partners: a file taken whole or refused by row, rules from unit to unit, and who comes out."""

from dataclasses import dataclass, replace
from io import BytesIO
from random import Random

import pytest
from openpyxl import Workbook
from sqlalchemy import select

from instruments import catalogue
from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.exceptions import RequestRefused, StepNotAllowed
from survey.models.appraisals import ScaleScore
from survey.models.assignments import Assignment, ConflictPair, PartnerPair
from survey.models.cycles import Cycle
from survey.models.people import Employee, Unit
from survey.services.cycles import cycles
from survey.services.raters import assignments, feasibility, partner_file, partners
from survey.tables import BadFile
from tests.factories import answer, close, make_team, make_unit, open_cycle, plan


@dataclass(frozen=True)
class City:
    """A finance office and a sub-district with a ward below it."""

    cycle: Cycle
    finance: list[Employee]
    district: list[Employee]
    ward: list[Employee]


def with_partners(weight: float = 20, **changes: object) -> cycles.CyclePlan:
    asked = catalogue.get("berakhlak_short")
    usual = plan()
    partner = cycles.GroupPlan("partner", asked.code, asked.content_hash(), weight)
    return replace(usual, groups=(*usual.groups, partner), **changes)  # type: ignore[arg-type]


@pytest.fixture
def city(databases: Databases) -> City:
    with transaction(databases.people) as people:
        finance = make_team(people, make_unit(people, "BKD", "Badan Keuangan"), 3)
        above = make_unit(people, "KEC", "Kecamatan")
        district = make_team(people, above, 4, first=10)
        below = Unit(code="KEL", name="Kelurahan", parent_id=above.id)
        people.add(below)
        people.flush()
        ward = make_team(people, below, 3, first=20)
        ward[0].supervisor_id = district[0].id
        cycle = cycles.create_cycle(people, with_partners())
    return City(cycle, finance, district, ward)


def bring(databases: Databases, city: City, text: str, name: str = "mitra.csv") -> None:
    with transaction(databases.people) as people:
        pairs = partner_file.read_pairs(people, city.cycle, BytesIO(text.encode()), name)
        partners.replace_pairs(people, city.cycle, pairs)


def named(databases: Databases) -> set[tuple[int, int]]:
    with reading(databases.people) as people:
        return {(row.subject_id, row.rater_id) for row in people.scalars(select(PartnerPair))}


def asked(databases: Databases, city: City) -> dict[int, set[int]]:
    """Raters of each subject in the group of partners."""
    with transaction(databases.people) as people:
        cycle = people.get_one(Cycle, city.cycle.id)
        assignments.assign_raters(people, cycle, random=Random(5))
        rows = people.execute(
            select(Assignment.subject_id, Assignment.rater_id).where(Assignment.rater_group == "partner")
        ).all()
    found: dict[int, set[int]] = {}
    for subject, rater in rows:
        found.setdefault(subject, set()).add(rater)
    return found


@pytest.mark.db
def test_a_file_names_pairs_and_the_next_one_replaces_them(databases: Databases, city: City) -> None:
    one, other = city.finance[1], city.finance[2]
    bring(databases, city, f"Pegawai;Mitra layanan\n{one.number};{city.ward[1].number}\n")
    assert named(databases) == {(one.id, city.ward[1].id)}
    bring(databases, city, f"subject,partner\n{other.number},{city.ward[2].number}\n")
    assert named(databases) == {(other.id, city.ward[2].id)}


def test_a_workbook_is_read_like_a_text_file(databases: Databases, city: City) -> None:
    book, content = Workbook(), BytesIO()
    book.active.append(["subject", "partner"])
    book.active.append([city.finance[1].number, city.ward[1].number])
    book.save(content)
    with transaction(databases.people) as people:
        content.seek(0)
        pairs = partner_file.read_pairs(people, city.cycle, content, "mitra.xlsx")
    assert pairs == {(city.finance[1].id, city.ward[1].id)}


@pytest.mark.db
def test_every_wrong_row_is_named_and_nothing_is_taken(databases: Databases, city: City) -> None:
    one, mate, head = city.finance[1], city.finance[2], city.ward[1]
    bring(databases, city, f"subject,partner\n{one.number},{head.number}\n")
    with transaction(databases.people) as people:
        people.add(
            ConflictPair(
                first_id=min(one.id, city.ward[3].id),
                second_id=max(one.id, city.ward[3].id),
                reason="menikah",
            )
        )
    rows = [
        (one.number, "123"),
        ("tidak ada", head.number),
        (one.number, one.number),
        (one.number, mate.number),
        (city.ward[1].number, city.district[0].number),
        (one.number, city.ward[3].number),
        (one.number, city.ward[2].number),
        (one.number, city.ward[2].number),
    ]
    text = "subject,partner\n" + "".join(f"{subject},{partner}\n" for subject, partner in rows)
    with pytest.raises(BadFile) as refused:
        bring(databases, city, text)
    told = [(each.row, each.column, each.message_id.split(".")[0]) for each in refused.value.problems]
    assert told == [
        (2, "partner", "Nobody who works here has this NIP or employee code"),
        (3, "subject", "Nobody who works here has this NIP or employee code"),
        (4, "partner", "This is the same person as the subject"),
        (5, "partner", "Both work in the same unit, so they rate as colleagues"),
        (6, "partner", "One of the two leads the other, so the chart decides"),
        (7, "partner", "These two must not rate each other"),
        (9, "partner", "This pair stands in the file twice"),
    ]
    assert named(databases) == {(one.id, head.id)}


def test_nobody_is_named_for_more_people_than_the_load_cap(databases: Databases, city: City) -> None:
    with transaction(databases.people) as people:
        people.get_one(Cycle, city.cycle.id).load_cap = 2
        rows = "".join(f"{each.number},{city.ward[1].number}\n" for each in city.finance[:3])
        cycle = people.get_one(Cycle, city.cycle.id)
        with pytest.raises(BadFile, match="more than 2 people"):
            partner_file.read_pairs(people, cycle, BytesIO(f"subject,partner\n{rows}".encode()), "a.csv")


@pytest.mark.parametrize("text", ["subject,mate\n1,2\n", "subject,partner\n"])
def test_a_file_without_columns_or_rows_is_refused(databases: Databases, city: City, text: str) -> None:
    with pytest.raises(BadFile):
        bring(databases, city, text)


@pytest.mark.db
def test_a_rule_deals_raters_of_a_unit_and_those_below_it(databases: Databases, city: City) -> None:
    with transaction(databases.people) as people:
        cycle = people.get_one(Cycle, city.cycle.id)
        unit = people.get_one(Unit, city.finance[0].unit_id), people.get_one(Unit, city.district[0].unit_id)
        partners.set_rule(people, cycle, unit[0].public_id, unit[1].public_id, 7)
        partners.set_rule(people, cycle, unit[0].public_id, unit[1].public_id, 6)
        assert [rule.wanted for rule in partners.rules(people, cycle)] == [6]
    found = asked(databases, city)
    outside = {each.id for each in (*city.district, *city.ward)}
    assert set(found) == {each.id for each in city.finance}
    assert all(len(raters) == 6 and raters <= outside for raters in found.values())


@pytest.mark.db
def test_named_pairs_come_first_and_count_against_the_cap(databases: Databases, city: City) -> None:
    subject, rater = city.finance[1], city.ward[1]
    bring(databases, city, f"subject,partner\n{subject.number},{rater.number}\n")
    with transaction(databases.people) as people:
        cycle = people.get_one(Cycle, city.cycle.id)
        cycle.load_cap, cycle.peers_wanted = 2, 1
        units = [people.get_one(Unit, each[0].unit_id).public_id for each in (city.finance, city.ward)]
        partners.set_rule(people, cycle, units[0], units[1], 5)
    found = asked(databases, city)
    assert rater.id in found[subject.id]
    load = {each.id: sum(each.id in raters for raters in found.values()) for each in city.ward}
    # witness: each of the ward rates her own superior, so the cap of two leaves one
    assert set(load.values()) == {1}


def test_rules_that_cannot_be_are_refused(databases: Databases, city: City) -> None:
    with transaction(databases.people) as people:
        cycle = people.get_one(Cycle, city.cycle.id)
        ids = [
            people.get_one(Unit, each[0].unit_id).public_id
            for each in (city.finance, city.district, city.ward)
        ]
        for subjects, raters, wanted, code in (
            (ids[1], ids[2], 6, "units_overlap"),
            (ids[0], "nirgends", 6, "unit_unknown"),
            (ids[0], ids[1], 4, "too_few_partners"),
        ):
            with pytest.raises(RequestRefused) as refused:
                partners.set_rule(people, cycle, subjects, raters, wanted)
            assert refused.value.code == code


def test_partners_are_fixed_once_the_list_is_made(databases: Databases, city: City) -> None:
    asked(databases, city)
    with transaction(databases.people) as people, pytest.raises(StepNotAllowed):
        partners.replace_pairs(people, people.get_one(Cycle, city.cycle.id), ())


def test_the_preview_knows_the_group(databases: Databases, city: City) -> None:
    with transaction(databases.people) as people:
        cycle = people.get_one(Cycle, city.cycle.id)
        units = [people.get_one(Unit, each[0].unit_id).public_id for each in (city.finance, city.district)]
        partners.set_rule(people, cycle, *units, 8)
    with reading(databases.people) as people:
        seen = feasibility.preview(people, people.get_one(Cycle, city.cycle.id))
    own = next(each for each in seen.subjects if each.name == city.finance[1].name)
    group = own.group("partner")
    assert group is not None
    assert group.invited == 8
    assert group.chance > 0.5
    assert own.outlook in ("safe", "likely")


@pytest.mark.db
def test_a_discarded_cycle_takes_its_partners_with_it(databases: Databases, city: City) -> None:
    bring(databases, city, f"subject,partner\n{city.finance[1].number},{city.ward[1].number}\n")
    with transaction(databases.people) as people:
        cycles.discard(people, people.get_one(Cycle, city.cycle.id))
    assert named(databases) == set()


@pytest.mark.db
def test_five_partners_are_a_group_with_a_mean_and_a_weight(databases: Databases, settings: Settings) -> None:
    with transaction(databases.people) as people:
        finance = make_team(people, make_unit(people, "BKD", "Badan Keuangan"), 2)
        district = make_team(people, make_unit(people, "KEC", "Kecamatan"), 5, first=10)
    raters = [each.id for each in district]
    opened = open_cycle(databases, settings, with_partners(), partners_of={finance[0].id: raters})
    for rater in (*finance, *district):
        answer(databases, opened, rater, lambda _subject, item: 2 if len(item) % 2 else 4)
    close(databases, settings, opened)
    with reading(databases.people) as people:
        rows = people.scalars(select(ScaleScore).where(ScaleScore.rater_group == "partner")).all()
        assert {row.n for row in rows} == {6}
        assert len(rows) == len(catalogue.get("berakhlak_short").scales)
