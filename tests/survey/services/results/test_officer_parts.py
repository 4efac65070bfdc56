"""Citizens' part in the figure of an officer: by the published rule, and checked by the verifier."""

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from protocol import manifest
from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.exceptions import InvalidPlan
from survey.models.appraisals import Appraisal, CitizenPart
from survey.models.cycles import Cycle
from survey.models.people import Employee
from survey.models.releases import Release
from survey.services.citizens import officer_figures
from survey.services.cycles import cycles
from survey.services.results import ledger, officer_parts, proof
from tests.factories import answer, close, make_team, make_unit, open_cycle, plan
from tests.officers import PERIOD, make_officer, say, spread
from verifier import figures as verifier_figures

SHARE = 0.1
PLAN = replace(plan(), citizen_period=PERIOD, citizen_weight=SHARE, minimum_reliability=0.0)


@pytest.fixture
def team(databases: Databases) -> list[Employee]:
    """Nine in one office: four officers, of whom one has too few visits and one all fours."""
    with transaction(databases.people) as people:
        team = make_team(people, make_unit(people), 8)
        keys = [make_officer(people, each.id) for each in team[1:5]]
    for key, sheets in zip(
        keys, (spread(40, 5), spread(15, 30), spread(8, 9), [(4, 4, 4)] * 44 + [(4, 3, 4)]), strict=True
    ):
        say(databases, key, sheets)
    return team


def step(subject: str, item: str, place: int) -> int:
    return 1 + (len(item) * 7 + place + sum(subject.encode()) % 3) % 5


def counted(
    databases: Databases, settings: Settings, team: list[Employee], chosen: cycles.CyclePlan
) -> Cycle:
    cycle = open_cycle(databases, settings, chosen)
    for place, rater in enumerate(team):
        answer(databases, cycle, rater, lambda subject, item, place=place: step(subject, item, place))
    close(databases, settings, cycle)
    with reading(databases.people) as people:
        return cycles.find_cycle(people, cycle.public_id)


def appraisals(databases: Databases, cycle: Cycle) -> dict[int, Appraisal]:
    with reading(databases.people) as people:
        found = people.scalars(select(Appraisal).where(Appraisal.cycle_id == cycle.id)).all()
        return {each.employee_id: each for each in found}


@pytest.mark.db
def test_the_overall_figure_holds_the_citizens_share_and_nobody_else_changes(
    databases: Databases, settings: Settings, team: list[Employee]
) -> None:
    cycle = counted(databases, settings, team, PLAN)
    found = appraisals(databases, cycle)
    with reading(databases.answers) as answers:
        figures = {each.n: each for each in officer_figures.of_period(answers, PERIOD).values()}
    has = {employee for employee, each in found.items() if each.citizens is not None}
    assert has == {team[1].id, team[2].id, team[4].id}
    for employee, each in found.items():
        scales = [part.composite for part in each.scale_composites if part.composite is not None]
        base = sum(scales) / len(scales)
        if employee not in has:
            assert each.composite == pytest.approx(base)
            continue
        part = each.citizens
        assert part is not None
        # witness: the published line from 1-4 to 1-5
        on_scale = 1 + (part.mean - 1) * 4 / 3
        assert each.composite == pytest.approx((1 - SHARE) * base + SHARE * on_scale)
        assert part.n == 45
    assert found[team[4].id].citizens.is_banded  # type: ignore[union-attr]
    assert found[team[4].id].citizens.mean == pytest.approx(3.925)  # type: ignore[union-attr]
    assert figures[17].reason == "too_few_visits"


@pytest.mark.db
def test_the_manifest_names_the_rule_and_the_ledger_the_figures(
    databases: Databases, settings: Settings, team: list[Employee]
) -> None:
    cycle = counted(databases, settings, team, PLAN)
    rule = manifest.read(cycle.manifest.encode()).citizens
    assert rule is not None
    assert (rule.period, rule.visits, rule.weight_percent_hundredths, rule.to_high) == (PERIOD, 30, 1000, 5)
    assert rule.reliability_percent_hundredths == 5000
    with reading(databases.people) as people:
        told = ledger.read_text(people.scalars(select(Release.told)).one())
    part = told.parts[ledger.CITIZENS]
    assert sorted(part.ballots.values()) == [45, 45, 45]
    assert sorted(figure.is_exact for figure in part.figures) == [False, True, True]


def test_without_a_share_nothing_of_it_stands_anywhere(
    databases: Databases, settings: Settings, team: list[Employee]
) -> None:
    cycle = counted(databases, settings, team, plan())
    assert '"citizens"' not in cycle.manifest
    with reading(databases.people) as people:
        assert people.scalars(select(CitizenPart)).all() == []


def package(databases: Databases, cycle: Cycle) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    with reading(databases.people) as people, reading(databases.answers) as answers:
        files = proof.files(people, answers, cycles.find_cycle(people, cycle.public_id))
    read = [json.loads(files[name]) for name in ("vault.json", "figures.json", "manifest.json")]
    return read[0], read[1], read[2]


def holds(parts: tuple[dict[str, Any], dict[str, Any], dict[str, Any]]) -> dict[str, bool]:
    vault, figures, rules = parts
    found = verifier_figures.check_figures(vault, figures, rules["cycle"], rules.get("citizens"))
    return {finding.check: finding.holds for finding in found}


def test_the_verifier_recomputes_the_part_and_finds_what_was_changed(
    databases: Databases, settings: Settings, team: list[Employee]
) -> None:
    cycle = counted(databases, settings, team, PLAN)
    parts = package(databases, cycle)
    assert all(holds(parts).values())
    told = next(each for each in parts[1]["subjects"].values() if each["citizens"])
    honest = dict(told["citizens"])
    for name, other in (
        ("mean", honest["mean"] + 0.1),
        ("n", 46),
        ("reliability", 0.4),
        ("standard_error", 0.0),
    ):
        told["citizens"] = honest | {name: other}
        assert not holds(parts)["figures_citizens"], name
    told["citizens"] = None
    assert not holds(parts)["figures_overall"]
    told["citizens"] = honest
    parts[2]["citizens"]["weight_percent_hundredths"] = 2000
    assert not holds(parts)["figures_overall"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"citizen_period": "", "citizen_weight": 0.1}, "citizens_unclear"),
        ({"citizen_period": PERIOD, "citizen_weight": 0.0}, "citizens_unclear"),
        ({"citizen_period": PERIOD, "citizen_weight": 0.6}, "citizen_weight_out_of_range"),
        ({"citizen_period": "2090-H2", "citizen_weight": 0.1}, "citizen_period_late"),
    ],
)
def test_a_share_that_cannot_be_is_refused(databases: Databases, changes: dict[str, Any], code: str) -> None:
    with transaction(databases.people) as people, pytest.raises(InvalidPlan, match=code):
        cycles.create_cycle(people, officer_parts.checked(replace(plan(), **changes)))


def test_the_page_that_explains_a_cycle_says_how_it_counts(
    client: FlaskClient, databases: Databases, settings: Settings, team: list[Employee], tmp_path: Path
) -> None:
    cycle = open_cycle(databases, settings, PLAN)
    page = client.get(f"/cycles/{cycle.public_id}/explained?lang=en").text
    assert "1 + (x − 1) · 4 / 3" in page
    assert "at least 30 citizens" in page
    assert math.isclose(cycle.citizen_weight, SHARE)
