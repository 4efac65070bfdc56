"""The whole city: every office's index in one period, and which of them cannot be told apart."""

from dataclasses import dataclass
from typing import Any

from flask import Response, jsonify, render_template, request
from flask_babel import gettext as _

from survey.db import reading
from survey.exceptions import NotFound
from survey.extensions import databases, settings
from survey.public.door import blueprint
from survey.public.results import band_of, csv_answer
from survey.rules import satisfaction_policy, satisfaction_rules
from survey.services.citizens import channel_fixing, citizen_answers, follow_ups, open_data, service_points
from survey.services.citizens.city_results import City, OneKind, city_in
from survey.services.citizens.follow_ups import OPEN_STATES, Promise
from survey.services.citizens.official_channels import FixedByUnit
from survey.services.citizens.satisfaction import OFFICIAL_WEIGHTS, PeriodFigures, every_part
from survey.services.citizens.satisfaction_counts import read_told
from survey.services.citizens.satisfaction_range import MINIMUM_FOR_RANGE, Range, index_range
from survey.services.citizens.service_points import UnitPoints
from survey.wording import period_words


@dataclass(frozen=True, eq=False)
class OfficeRow:
    """An office in the table."""

    public_id: str
    name: str
    figures: PeriodFigures
    range: Range | None
    letters: str
    plans: int
    overdue: int


@blueprint.get("/results")
def city() -> Any:
    """Every office in the chosen period; those that count visits and open links in tables of their own."""
    with reading(databases().people) as people:
        units = service_points.list_points(people, active_only=False)
        fixed = channel_fixing.fixed_by_unit(people)
        promises = follow_ups.promises_of(people)
    found = _city(units, fixed, request.args.get("period"))
    names = {unit.public_id: unit.name for unit in units}
    return render_template(
        "public/city.html",
        period=found.period,
        periods=[(name, period_words(name)) for name in reversed(found.periods)],
        period_words=period_words,
        kinds=[
            {
                "is_verified": kind.is_verified,
                "whole": kind.whole,
                "range": index_range(kind.whole, satisfaction_policy()),
                "band": band_of(kind.whole.index),
                "rows": [_row(name, names[name], kind, promises) for name in names if name in kind.units],
            }
            for kind in found.kinds
        ],
        minimum=citizen_answers.MINIMUM_BATCH,
        minimum_for_range=MINIMUM_FOR_RANGE,
    )


@blueprint.get("/results.csv")
def city_csv() -> Response:
    """All shown figures of all offices as a table."""
    with reading(databases().people) as people:
        units = service_points.list_points(people, active_only=False)
        fixed = channel_fixing.fixed_by_unit(people)
    policy = satisfaction_policy()
    with reading(databases().answers) as answers:
        told = read_told(answers, [point.public_id for unit in units for point in unit.points], policy)
    rows = [
        (
            unit.public_id,
            unit.name,
            every_part(
                told,
                [point.public_id for point in unit.points],
                policy,
                fixed.get(unit.public_id, ()),
            ),
        )
        for unit in units
    ]
    return csv_answer(open_data.write_csv(rows, policy, OFFICIAL_WEIGHTS), "all")


@blueprint.get("/results.json")
def metadata() -> Response:
    """What the columns of the tables mean, by which rule, and what is held back."""
    rules = satisfaction_rules()
    return jsonify(
        title=f"{_('Public satisfaction index')}, {settings().city}",
        publisher=settings().contact,
        rule=rules.title,
        weights=OFFICIAL_WEIGHTS,
        held_back=_(
            "Periods and elements with fewer than %(minimum)s answers, and an index that would give such an "
            "element away.",
            minimum=citizen_answers.MINIMUM_BATCH,
        ),
        counted=_(
            "Which channels an office’s index counts is fixed before the quarter begins, and no number of "
            "answers changes it. Where nothing was fixed, it counts answers through the open link, which "
            "anybody can give: who did was not verified. Answers through other channels stand apart, in rows "
            "marked as such. A half-year or year within which the channels change has no figures."
        ),
        columns=[{"name": name, "meaning": _(words)} for name, words in open_data.COLUMNS],
    )


def _city(units: list[UnitPoints], fixed: FixedByUnit, period: str | None) -> City:
    policy = satisfaction_policy()
    groups = {unit.public_id: [point.public_id for point in unit.points] for unit in units}
    with reading(databases().answers) as answers:
        told = read_told(answers, [point for points in groups.values() for point in points], policy)
    found = city_in(told, groups, policy, fixed, period)
    if period is not None and period not in found.periods:
        raise NotFound("period")
    return found


def _row(public_id: str, name: str, kind: OneKind, promises: list[Promise]) -> OfficeRow:
    own = [each for each in promises if each.unit_public_id == public_id and each.state in OPEN_STATES]
    today = settings().today()
    return OfficeRow(
        public_id,
        name,
        kind.units[public_id],
        index_range(kind.units[public_id], satisfaction_policy()),
        kind.ranking.letters(public_id),
        len(own),
        sum(each.is_overdue(today) for each in own),
    )
