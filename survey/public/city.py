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
from survey.services import citizen_answers, comparing, follow_ups, open_data, service_points
from survey.services.follow_ups import OPEN_STATES, Promise
from survey.services.satisfaction import (
    OFFICIAL_WEIGHTS,
    PeriodFigures,
    Satisfaction,
    in_period,
    of_group,
    read_told,
    satisfaction_by,
)
from survey.services.satisfaction_range import Range, index_range
from survey.services.service_points import UnitPoints
from survey.wording import period_words


@dataclass(frozen=True, eq=False)
class OfficeRow:
    """An office in the table."""

    public_id: str
    name: str
    figures: PeriodFigures
    range: Range | None
    kind: str  # of the answers
    plans: int
    overdue: int


@blueprint.get("/results")
def city() -> Any:
    """Every office with answers in the chosen period."""
    policy = satisfaction_policy()
    with reading(databases().people) as people:
        units = service_points.list_points(people, active_only=False)
        promises = follow_ups.promises_of(people)
    groups = {unit.public_id: [point.public_id for point in unit.points] for unit in units}
    every = [point for points in groups.values() for point in points]
    with reading(databases().answers) as answers:
        told = read_told(answers, every, policy)
    city_wide = of_group(told, every, policy)
    whole = _chosen(city_wide)
    period = whole.period if whole else ""
    found = (
        {name: in_period(told, points, policy, period) for name, points in groups.items()} if whole else {}
    )
    shown = {name: figures for name, (_kind, figures) in found.items() if figures is not None}
    return render_template(
        "public/city.html",
        whole=whole,
        whole_range=index_range(whole, policy) if whole else None,
        band=band_of(whole.index) if whole else None,
        kind=city_wide.kind,
        period=period,
        periods=[(name, period_words(name)) for name in reversed(_names(city_wide))],
        period_words=period_words,
        rows=[
            _row(unit, shown[unit.public_id], found[unit.public_id][0], promises)
            for unit in units
            if unit.public_id in shown
        ],
        ranking=comparing.rank(shown, policy),
        minimum=citizen_answers.MINIMUM_BATCH,
    )


@blueprint.get("/results.csv")
def city_csv() -> Response:
    """All shown figures of all offices as a table."""
    with reading(databases().people) as people:
        units = service_points.list_points(people, active_only=False)
    found = _found(units)
    rows = [(unit.public_id, unit.name, found[unit.public_id]) for unit in units]
    return csv_answer(open_data.write_csv(rows, satisfaction_policy(), OFFICIAL_WEIGHTS), "all")


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
        respondents=_("Answers come from open links: anybody could answer, and who did was not verified."),
        columns=[{"name": name, "meaning": _(words)} for name, words in open_data.COLUMNS],
    )


def _found(units: list[UnitPoints]) -> dict[str, Satisfaction]:
    groups = {unit.public_id: [point.public_id for point in unit.points] for unit in units}
    with reading(databases().answers) as answers:
        return satisfaction_by(answers, groups, satisfaction_policy())


def _chosen(whole: Satisfaction) -> PeriodFigures | None:
    """The period that was asked for, or the newest one with an index."""
    asked = request.args.get("period")
    if asked is None:
        return whole.newest
    figures = whole.find(asked)
    if figures is None:
        raise NotFound("period")
    return figures


def _names(whole: Satisfaction) -> list[str]:
    return [each.period for each in (*whole.quarters, *whole.halves, *whole.years)]


def _row(unit: UnitPoints, figures: PeriodFigures, kind: str, promises: list[Promise]) -> OfficeRow:
    own = [each for each in promises if each.unit_public_id == unit.public_id and each.state in OPEN_STATES]
    today = settings().today()
    return OfficeRow(
        unit.public_id,
        unit.name,
        figures,
        index_range(figures, satisfaction_policy()),
        kind,
        len(own),
        sum(each.is_overdue(today) for each in own),
    )
