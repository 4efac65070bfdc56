"""Figures of the service: begin to keep one, bring a file of days."""

from typing import Any

from flask import Response, redirect, render_template, request, url_for
from flask_babel import gettext as _

from forms.offices import IndicatorForm, ValuesForm
from survey.db import reading, transaction
from survey.exceptions import NotFound
from survey.extensions import databases
from survey.offices.door import blueprint, element_choices, office
from survey.security import signed_in
from survey.services.auditing import audit
from survey.services.citizens import indicator_file, indicators
from survey.services.citizens.indicators import Kept
from survey.tables import BadFile


@blueprint.route("/<unit>/indicators/new", methods=["GET", "POST"])
def add_indicator(unit: str) -> Any:
    """Begin to keep a figure."""
    found, entered = office(unit), IndicatorForm()
    entered.element.choices = [("", _("None")), *element_choices()]
    if not entered.validate_on_submit():
        page = render_template("offices/indicator.html", office=found, entered=entered)
        return page, 422 if entered.errors else 200
    with transaction(databases().people) as people:
        made = indicators.add_indicator(
            people,
            unit,
            entered.name.data,
            entered.measure.data,
            less_is_better=entered.less_is_better.data,
            element=entered.element.data,
        )
        audit.record(people, signed_in().account_id, "indicator.add", made, unit=unit)
    return redirect(url_for("offices.bring_values", unit=unit, public_id=made))


@blueprint.route("/<unit>/indicators/<public_id>", methods=["GET", "POST"])
def bring_values(unit: str, public_id: str) -> Any:
    """A figure's days, and a file of more."""
    found, entered, kept = office(unit), ValuesForm(), _kept(unit, public_id)
    problems: list[str] = []
    if entered.validate_on_submit():
        try:
            values = indicator_file.read_values(entered.file.data.stream, entered.file.data.filename or "")
        except BadFile as error:
            problems = [problem.sentence(_) for problem in error.problems]
        else:
            with transaction(databases().people) as people:
                indicators.set_values(people, unit, public_id, values)
                audit.record(people, signed_in().account_id, "indicator.values", public_id, days=len(values))
            return redirect(url_for("offices.show", unit=unit))
    page = render_template("offices/values.html", office=found, kept=kept, entered=entered, problems=problems)
    return page, 422 if problems or entered.errors else 200


@blueprint.get("/<unit>/indicators/<public_id>/days.csv")
def days(unit: str, public_id: str) -> Response:
    """A figure's days as a file that can be brought again."""
    office(unit)
    text = indicator_file.write_values(_kept(unit, public_id).values)
    headers = {"Content-Disposition": "attachment; filename=days.csv"}
    return Response(text, mimetype="text/csv", headers=headers)


@blueprint.route("/<unit>/indicators/<public_id>/remove", methods=["GET", "POST"])
def remove_indicator(unit: str, public_id: str) -> Any:
    """Keep a figure no more, after a question."""
    found, kept = office(unit), _kept(unit, public_id)
    if request.method == "GET":
        return render_template("offices/remove_indicator.html", office=found, kept=kept)
    with transaction(databases().people) as people:
        indicators.remove_indicator(people, unit, public_id)
        audit.record(people, signed_in().account_id, "indicator.remove", public_id, name=kept.name)
    return redirect(url_for("offices.show", unit=unit))


def _kept(unit: str, public_id: str) -> Kept:
    with reading(databases().people) as people:
        found = [each for each in indicators.kept_by(people, unit) if each.public_id == public_id]
    if not found:
        raise NotFound("indicator")
    return found[0]
