"""Weights of a unit's own: declared before the quarter from which a local index is made with them."""

from decimal import Decimal
from typing import Any

from flask import redirect, render_template, url_for
from flask_babel import gettext as _

from forms.offices import weights_form
from survey.db import reading, transaction
from survey.extensions import databases, settings
from survey.offices.door import blueprint, element_choices, office
from survey.rules import satisfaction_policy
from survey.security import signed_in
from survey.services.auditing import audit
from survey.services.citizens import element_weights, periods
from survey.services.citizens.element_weights import WeightsRefused
from survey.wording import period_words

QUARTERS_AHEAD = 4
WHOLE = 100


@blueprint.route("/<unit>/weights", methods=["GET", "POST"])
def weights(unit: str) -> Any:
    """What was declared, and a form to declare weights for a quarter to come."""
    found, titles = office(unit), element_choices()
    entered = weights_form(titles)()
    entered.from_period.choices = [(each, period_words(each)) for each in _to_come()]
    if entered.validate_on_submit():
        given = {code: entered.weight(code).data for code, _title in titles}
        if sum(given.values()) == WHOLE:
            _declare(unit, entered.from_period.data, given, entered.reason.data)
            return redirect(url_for("offices.weights", unit=unit))
        told = _("Together the weights must make 100; now they make %(sum)s.", sum=sum(given.values()))
        entered.weight(titles[0][0]).errors = [told]
    with reading(databases().people) as people:
        declared = element_weights.declared_for(people, unit)
    page = render_template(
        "offices/weights.html",
        office=found,
        entered=entered,
        titles=titles,
        declared=declared,
        period_words=period_words,
        to_come=[each.from_period for each in declared if not _has_begun(each.from_period)],
    )
    return page, 422 if entered.errors else 200


@blueprint.post("/<unit>/weights/<period>/remove")
def remove_weights(unit: str, period: str) -> Any:
    """Take weights back whose quarter has not begun; they can be declared again."""
    office(unit)
    with transaction(databases().people) as people:
        try:
            element_weights.take_back(people, unit, period, settings().today())
        except WeightsRefused:
            return render_template("offices/weights_begun.html", unit=unit), 409
        audit.record(people, signed_in().account_id, "weights.remove", unit, period=period)
    return redirect(url_for("offices.weights", unit=unit))


def _declare(unit: str, period: str, percent: dict[str, Decimal], reason: str) -> None:
    shares = {code: share / WHOLE for code, share in percent.items()}
    with transaction(databases().people) as people:
        element_weights.declare(
            people, unit, period, shares, reason, satisfaction_policy(), settings().today()
        )
        told = {code: str(share) for code, share in shares.items()}
        audit.record(people, signed_in().account_id, "weights.declare", unit, period=period, weights=told)


def _to_come() -> list[str]:
    """The next quarters; the running one has begun."""
    today = settings().today()
    quarters = [f"{today.year}-Q{(today.month + 2) // 3}"]
    for _each in range(QUARTERS_AHEAD):
        quarters.append(periods.after(quarters[-1]))
    return quarters[1:]


def _has_begun(period: str) -> bool:
    return periods.first_day(period) <= settings().today()
