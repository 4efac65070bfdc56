"""The quality report of a counted cycle: how well it measured, before anybody reads a result."""

from typing import Any

from babel.numbers import get_decimal_symbol
from flask import Response, redirect, render_template, url_for
from flask_babel import gettext as _

from forms.reviews import LeaveOutForm, ReviewForm
from survey.db import reading, transaction
from survey.exceptions import NotFound
from survey.extensions import databases
from survey.hr.door import blueprint
from survey.i18n import language
from survey.security import signed_in
from survey.services.auditing import audit
from survey.services.cycles import cycles
from survey.services.cycles.cycle_texts import questionnaires, read_texts
from survey.services.results import item_review, quality_plots, reports, reviewing


@blueprint.get("/cycles/<public_id>/quality")
def quality(public_id: str) -> str:
    """How well the cycle measured, by rater group and behaviour."""
    return report(public_id, ReviewForm(), LeaveOutForm())


@blueprint.post("/cycles/<public_id>/quality")
def accept_quality(public_id: str) -> Any:
    """Accept the report, with a reason; only then are figures about people shown."""
    entered = ReviewForm()
    if not entered.validate_on_submit():
        return report(public_id, entered, LeaveOutForm(formdata=None)), 422
    with transaction(databases().people) as people:
        reviewing.accept(people, cycles.find_cycle(people, public_id), entered.reason.data)
        audit.record(
            people, signed_in().account_id, "cycle.review", public_id, reason=entered.reason.data.strip()
        )
    return redirect(url_for("hr.cycle", public_id=public_id))


def report(public_id: str, entered: ReviewForm, leaving_out: LeaveOutForm) -> str:
    """The page, with what was typed in either form."""
    with reading(databases().people) as people:
        found = cycles.find_cycle(people, public_id)
        groups = reports.quality(people, found)
        scales, asked = read_texts(people, found).scales, questionnaires(people, found)
        reason, items = reviewing.reason_of(people, found), item_review.find(people, found)
    with reading(databases().answers) as answers:
        counted, rejected = reports.counted_ballots(answers, found)
    return render_template(
        "hr/quality.html",
        cycle=found,
        groups=groups,
        counted=counted,
        rejected=rejected,
        scales=scales,
        questionnaires=asked,
        drawable=quality_plots.drawable,
        texts=quality_plots.TEXTS,
        entered=entered,
        reason=reason,
        items_found=items,
        leaving_out=leaving_out,
    )


@blueprint.get("/cycles/<public_id>/quality/<rater_group>-<kind>.svg")
def quality_plot(public_id: str, rater_group: str, kind: str) -> Any:
    """One drawing of the report; the numbers stand in the table beside it."""
    with reading(databases().people) as people:
        found = cycles.find_cycle(people, public_id)
        groups = {group.rater_group: group for group in reports.quality(people, found)}
        scales = read_texts(people, found).scales
    if kind not in quality_plots.KINDS or rater_group not in groups:
        raise NotFound(kind)
    texts = {text: _(text) for text in quality_plots.all_texts()}
    speech = quality_plots.Speech(language(), get_decimal_symbol(language()), texts)
    drawn = quality_plots.draw(kind, groups[rater_group], scales, found.minimum_reliability, speech)
    if drawn is None:
        raise NotFound(kind)
    return Response(drawn, content_type="image/svg+xml")
