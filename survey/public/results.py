"""The results of one unit, open to everybody."""

from typing import Any

from flask import Response, render_template, request, url_for
from flask_babel import gettext as _

from analysis.satisfaction import SatisfactionIndex
from survey.db import reading
from survey.extensions import databases, settings
from survey.i18n import decimal, language, long_date
from survey.public.door import blueprint
from survey.rules import satisfaction_policy
from survey.services.citizens import (
    citizen_answers,
    follow_ups,
    indicators,
    open_data,
    periods,
    settling,
    unit_results,
)
from survey.services.citizens.follow_ups import Promise
from survey.services.citizens.indicators import Kept, Turn
from survey.services.citizens.official_channels import OFFICIAL
from survey.services.citizens.satisfaction import OFFICIAL_WEIGHTS, Satisfaction, every_part
from survey.services.citizens.satisfaction_counts import read_told
from survey.services.citizens.satisfaction_range import MINIMUM_FOR_RANGE, Range, index_range
from survey.services.citizens.service_points import UnitPoints
from survey.services.citizens.unit_results import Chosen, UnitResults
from survey.wording import (
    band_words,
    change_heading,
    channel_words,
    period_words,
    state_words,
    unusual_words,
)

LONGEST_ON_BADGE = 26


@blueprint.get("/units/<public_id>")
def unit(public_id: str) -> Any:
    """A unit's index, its nine elements, how they moved, and what the unit does about it."""
    with reading(databases().people) as people:
        setup = unit_results.set_up(people, public_id)
        promises = follow_ups.promises_of(people, public_id)
        kept, turns = indicators.kept_by(people, public_id), indicators.turns_of(people, public_id)
    with reading(databases().answers) as answers:
        results = unit_results.unit_results(
            answers,
            setup,
            satisfaction_policy(),
            settings().today(),
            request.args.get("period"),
            request.args.get("weights", OFFICIAL_WEIGHTS),
            request.args.get("answers", OFFICIAL),
        )
    return render_template(
        "public/unit.html",
        **frame_of(results),
        **(_chosen(results.chosen, results.unit) if results.chosen else {"chosen": None, "figures": None}),
        **_done(results.satisfaction, promises, kept, turns),
    )


@blueprint.get("/units/<public_id>/badge.svg")
def unit_badge(public_id: str) -> Response:
    """A picture with the newest index, for other websites; they cannot frame a page."""
    with reading(databases().people) as people:
        setup = unit_results.set_up(people, public_id)
    with reading(databases().answers) as answers:
        results = unit_results.unit_results(answers, setup, satisfaction_policy(), settings().today())
    name, figures = results.unit.name, results.chosen.figures if results.chosen else None
    index, range_ = (
        (figures.index, results.chosen.ranges.index) if results.chosen and figures else (None, None)
    )
    told = [f"{name} {decimal(index.ikm)}", *_n_and_error(figures.n, range_)] if index and figures else [name]
    picture = render_template(
        "public/badge.svg",
        name=name if len(name) <= LONGEST_ON_BADGE else name[: LONGEST_ON_BADGE - 1] + "…",
        period=period_words(figures.period) if figures else "",
        n_and_error=told[1:],
        figure=decimal(index.ikm) if index else "",
        band=" ".join(band_of(index) or ()),
        words=", ".join(told),
    )
    return Response(picture, mimetype="image/svg+xml")


def _n_and_error(n: int, found: Range | None) -> list[str]:
    words = [_("%(count)s answers", count=decimal(n, 0))]
    if found is None:
        return [*words, _("error unknown")]
    return [*words, "–".join(decimal(each, 0) for each in found)]


@blueprint.get("/units/<public_id>/results.csv")
def unit_csv(public_id: str) -> Response:
    """All shown figures of a unit as a table."""
    policy = satisfaction_policy()
    with reading(databases().people) as people:
        setup = unit_results.set_up(people, public_id)
    points = [point.public_id for point in setup.unit.points]
    with reading(databases().answers) as answers:
        told = read_told(answers, points, policy)
    rows = [(public_id, setup.unit.name, every_part(told, points, policy, setup.fixed))]
    return csv_answer(open_data.write_csv(rows, policy, OFFICIAL_WEIGHTS), public_id)


def csv_answer(text: str, name: str) -> Response:
    """A table to be saved."""
    answer = Response(text.encode("utf-8"), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="ikm-{name}.csv"'
    return answer


def frame_of(results: UnitResults) -> dict[str, Any]:
    """What a unit's pages need whatever the period."""
    policy, found = satisfaction_policy(), results.satisfaction
    names = [each.period for each in (*found.quarters, *found.halves, *found.years)]
    site, public_id = settings().base_url.rstrip("/"), results.unit.public_id
    return {
        "unit": results.unit,
        "open_points": [point for point in results.unit.points if point.is_active],
        "periods": [(name, period_words(name)) for name in reversed(names)],
        "period_words": period_words,
        "minimum": citizen_answers.MINIMUM_BATCH,
        "minimum_for_range": MINIMUM_FOR_RANGE,
        "titles": element_titles(),
        "low": policy.low,
        "high": policy.high,
        "weights": results.weights,
        "part": found.part,
        "other_parts": [part for part in results.parts if part != found.part],
        "official": OFFICIAL,
        "channel_words": channel_words(),
        "changed": [period_words(name) for name in found.changed],
        "official_weights": OFFICIAL_WEIGHTS,
        "modes": [mode for mode in policy.weights if mode != OFFICIAL_WEIGHTS],
        "address": site + url_for("public.unit", public_id=public_id),
        "badge_address": site + url_for("public.unit_badge", public_id=public_id),
    }


def _chosen(chosen: Chosen, unit: UnitPoints) -> dict[str, Any]:
    fields = citizen_answers.questionnaire().profile
    return {
        "chosen": chosen,
        "figures": chosen.figures,
        "unusual": unusual_words(chosen.unusual, {p.public_id: p.name for p in unit.points}, long_date),
        "ranges": chosen.ranges,
        "other_ranges": {
            part: index_range(each, satisfaction_policy()) for part, each in chosen.others.items() if each
        },
        "band": band_of(chosen.figures.index),
        "heading_periods": change_heading(periods.kind_of(chosen.figures.period) or ""),
        "days": settling.DAYS_TO_ARRIVE,
        "is_settled": settling.may_be_told(chosen.figures.period, settings().today()),
        "field_titles": {field.code: field.title.in_language(language()) for field in fields},
        "band_titles": {
            field.code: {band.code: band.label.in_language(language()) for band in field.bands}
            for field in fields
        },
    }


def _done(
    satisfaction: Satisfaction, promises: list[Promise], kept: list[Kept], turns: list[Turn]
) -> dict[str, Any]:
    policy, today = satisfaction_policy(), settings().today()
    missing = follow_ups.unanswered(satisfaction, promises, today)
    return {
        "turns": indicators.around(kept, turns, satisfaction, policy),
        "done": follow_ups.said_and_done(satisfaction, promises, policy),
        "missing": missing,
        "missing_is_late": bool(missing and follow_ups.is_late(missing[0], today)),
        "days_to_plan": follow_ups.DAYS_TO_PLAN,
        "state_words": state_words(),
        "today": today,
    }


def band_of(index: SatisfactionIndex | None) -> tuple[str, str] | None:
    """Letter and words of an index's band."""
    return (index.band.code, band_words(index.band)) if index and index.band else None


def element_titles() -> dict[str, str]:
    """The names of the elements in the language of the page."""
    return {
        item.code: item.title.in_language(language()) if item.title else item.code
        for item in citizen_answers.questionnaire().items
    }
