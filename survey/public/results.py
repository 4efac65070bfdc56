"""The results of one unit, open to everybody."""

from typing import Any

from flask import render_template, request

from analysis.satisfaction import SatisfactionIndex
from survey.db import reading
from survey.exceptions import NotFound
from survey.extensions import databases
from survey.i18n import language
from survey.public.door import blueprint
from survey.public.words import band_words, period_words
from survey.rules import satisfaction_policy
from survey.services import citizen_answers, service_points
from survey.services.satisfaction import PeriodFigures, Satisfaction, satisfaction_of
from survey.services.satisfaction_range import MINIMUM_FOR_RANGE, ranges_of
from survey.services.service_points import UnitPoints


@blueprint.get("/units/<public_id>")
def unit(public_id: str) -> Any:
    """A unit's index, its nine elements and how they moved from quarter to quarter."""
    policy = satisfaction_policy()
    with reading(databases().people) as people:
        found = service_points.points_of_unit(people, public_id)
    with reading(databases().answers) as answers:
        points = [point.public_id for point in found.points]
        satisfaction = satisfaction_of(answers, points, policy)
        figures = _chosen(satisfaction)
        ranges = ranges_of(figures, policy) if figures else None
    return render_template(
        "public/unit.html",
        **_frame(found, satisfaction),
        figures=figures,
        ranges=ranges,
        minimum_for_range=MINIMUM_FOR_RANGE,
        band=_band(figures.index) if figures else None,
        titles=_titles(),
        low=policy.low,
        high=policy.high,
    )


def _chosen(satisfaction: Satisfaction) -> PeriodFigures | None:
    """The period that was asked for, or the newest one with an index."""
    asked = request.args.get("period")
    if asked is None:
        return satisfaction.newest
    figures = satisfaction.find(asked)
    if figures is None:
        raise NotFound("period")
    return figures


def _frame(found: UnitPoints, satisfaction: Satisfaction) -> dict[str, Any]:
    periods = [figures.period for figures in (*satisfaction.quarters, *satisfaction.years)]
    return {
        "unit": found,
        "open_points": [point for point in found.points if point.is_active],
        "trend": satisfaction.quarters,
        "periods": [(period, period_words(period)) for period in reversed(periods)],
        "period_words": period_words,
        "minimum": citizen_answers.MINIMUM_BATCH,
    }


def _band(index: SatisfactionIndex | None) -> tuple[str, str] | None:
    return (index.band.code, band_words(index.band)) if index and index.band else None


def _titles() -> dict[str, str]:
    """The names of the elements in the language of the page."""
    return {
        item.code: item.title.in_language(language()) if item.title else item.code
        for item in citizen_answers.questionnaire().items
    }
