"""The same seed makes the same city, whatever the order of casting; the printed way in works."""

import re
from pathlib import Path

import numpy as np
from sqlalchemy import select

from survey.app import create_app
from survey.db import reading
from survey.demo.build import CityPlan
from survey.demo.guide import write_guide
from survey.demo.sign_ins import MANY_TO_ANSWER
from survey.models.accounts import Account
from survey.models.appraisals import Appraisal
from survey.models.citizens import CitizenCount
from survey.models.invitations import Paper
from survey.models.people import Employee, Unit
from survey.models.vault import Comment, VaultBlock, VaultCount, VaultPool
from survey.services.papers import paper_office
from survey.services.results.cycle_frame import UNIT_PREFIX
from tests.conftest import sign_in
from tests.survey.demo.conftest import HAMLET, TODAY, Built, build


def content(town: Built) -> dict[str, list[tuple[object, ...]]]:
    """Everything that was kept of the answers, under the employees' numbers instead of random names."""
    frame, people = town.city.closed.frame, town.city.organisation.people
    numbers = dict(
        zip(town.city.closed.employee_ids, (person.number or person.name for person in people), strict=True)
    )
    of_employee = zip(frame.subject_keys, frame.subject_ids, strict=True)
    names = {key: numbers[employee] for key, employee in of_employee}
    points = {address: code for code, address in town.city.addresses.items()}
    with reading(town.databases.answers) as answers:
        return {
            "blocks": sorted(
                (_name(row.block, names), row.rater_group, row.scale, row.n)
                for row in answers.scalars(select(VaultBlock))
            ),
            "counts": sorted(
                (_name(row.block, names), row.rater_group, row.item, row.option, row.n)
                for row in answers.scalars(select(VaultCount))
            ),
            "pools": sorted(_pool(row) for row in answers.scalars(select(VaultPool))),
            "comments": sorted(
                (_name(row.block, names), row.voice, row.question, row.text)
                for row in answers.scalars(select(Comment))
            ),
            "citizens": sorted(
                (points[row.service_point], row.period, row.item, row.option, row.n)
                for row in answers.scalars(select(CitizenCount))
            ),
        } | {"appraisals": _appraisals(town, numbers)}


def _name(block: str, names: dict[str, str]) -> str:
    return block if block == "city" or block.startswith(UNIT_PREFIX) else names[block]


def _pool(row: VaultPool) -> tuple[str, str]:
    # Sums of whole numbers are equal to the last digit; those of fractions depend on the order a little.
    within = np.round(row.statistics["within"], 6) + 0.0
    return row.rater_group, str(row.statistics | {"within": within.tolist()})


def _appraisals(town: Built, numbers: dict[int, str]) -> list[tuple[object, ...]]:
    with reading(town.databases.people) as people:
        rows = people.scalars(select(Appraisal)).all()
    return sorted(
        (numbers[row.employee_id], row.composite is None, round(row.composite or 0, 9), row.usable)
        for row in rows
    )


def test_the_same_seed_keeps_the_same_of_the_answers_in_whatever_order_they_are_cast(tmp_path: Path) -> None:
    one = build(tmp_path / "one", CityPlan(TODAY, offices=HAMLET))
    other = build(tmp_path / "other", CityPlan(TODAY, offices=HAMLET, order=1))
    first, second = content(one), content(other)
    for town in (one, other):
        town.databases.dispose()
    for part, rows in first.items():
        assert rows, part
        assert rows == second[part], part


def test_another_seed_makes_other_answers(tmp_path: Path) -> None:
    one = build(tmp_path / "one", CityPlan(TODAY, offices=HAMLET))
    other = build(tmp_path / "other", CityPlan(TODAY, seed=7, offices=HAMLET))
    assert content(one)["citizens"] != content(other)["citizens"]
    assert one.city.organisation != other.city.organisation
    for town in (one, other):
        town.databases.dispose()


def test_everybody_of_the_organisation_is_in_the_database_under_the_planned_supervisor(built: Built) -> None:
    ids, people = built.city.closed.employee_ids, built.city.organisation.people
    chart = _chart(built)
    assert len(set(ids)) == len(people) == len(chart)
    for employee, person in zip(ids, people, strict=True):
        boss = None if person.boss is None else ids[person.boss]
        assert chart[employee] == (person.office, boss)


def _chart(built: Built) -> dict[int, tuple[str, int | None]]:
    from_database = select(Employee.id, Unit.code, Employee.supervisor_id).join(Employee.unit)
    with reading(built.databases.people) as people:
        return {row.id: (row.code, row.supervisor_id) for row in people.execute(from_database)}


def test_everybody_who_is_printed_can_sign_in_and_reads_an_own_page(built: Built) -> None:
    app = create_app(built.settings, built.databases)
    app.config |= {"WTF_CSRF_ENABLED": False, "RATELIMIT_ENABLED": False}
    assert [each.username for each in built.city.sign_ins] == [
        "hr",
        "desk",
        "approver",  # and no auditor: this part of the town has no Inspektorat
        "clinic",
        "head",
        "supervisor",
        "staff",
        "small",
    ]
    for each in built.city.sign_ins:
        client = sign_in(app, each.username, each.password)
        assert client.get("/staff/me/").status_code == 200
        assert client.get("/staff/hr/").status_code == (200 if each.username in ("hr", "desk") else 403)


def test_the_printed_personal_link_has_all_its_papers_and_the_service_point_takes_answers(
    built: Built,
) -> None:
    app = create_app(built.settings, built.databases)
    app.config |= {"WTF_CSRF_ENABLED": False, "RATELIMIT_ENABLED": False}
    with reading(built.databases.people) as people:
        papers = paper_office.papers_of(people, built.city.code, built.city.opened.cycle.opens_on)
    left = [entry for entry in papers.entries if entry.rater_group == "peer" and not entry.is_taken]
    assert papers.rater == built.city.code_of
    assert len(left) >= 4
    assert not any(entry.is_taken for entry in papers.entries)
    answer = app.test_client().post("/i/papers", data={"secret": built.city.code})
    assert left[0].name in answer.get_data(as_text=True)
    for address in built.city.addresses.values():
        assert app.test_client().get(f"/s/{address}").status_code == 200


def test_who_is_printed_as_having_many_to_answer_about_has_all_those_papers(built: Built) -> None:
    person = next(each.person for each in built.city.sign_ins if each.username == "supervisor")
    boss = built.city.closed.employee_ids[built.city.organisation.people.index(person)]
    rows = select(Paper.taken).where(
        Paper.cycle_id == built.city.opened.cycle.id, Paper.rater_id == boss, ~Paper.is_void
    )
    with reading(built.databases.people) as people:
        papers = people.scalars(rows).all()
    assert len(papers) >= MANY_TO_ANSWER
    assert papers == [None] * len(papers)


def test_the_printed_counts_are_those_of_the_page_about_people(built: Built) -> None:
    app = create_app(built.settings, built.databases)
    app.config |= {"WTF_CSRF_ENABLED": False, "RATELIMIT_ENABLED": False}
    hr = next(each for each in built.city.sign_ins if each.username == "hr")
    page = sign_in(app, hr.username, hr.password).get("/staff/hr/people").get_data(as_text=True)
    printed = write_guide(built.city).splitlines()[1]
    units, employees = re.findall(r"\d+", printed)[:2]
    assert f"{units} unit, {employees} pegawai." in page, printed


def test_demo_accounts_are_marked_so_that_production_refuses_them(built: Built) -> None:
    with reading(built.databases.people) as people:
        marks = people.scalars(select(Account.is_demo)).all()
    assert marks == [True] * 8
