"""The list of offices, an office's page, and its plan."""

from typing import Any

from flask import redirect, render_template, url_for

from forms.offices import ChangeForm, PromiseForm, UsersForm
from survey.db import reading, transaction
from survey.exceptions import NotFound
from survey.extensions import databases, settings
from survey.i18n import long_date
from survey.lists import wanted
from survey.offices.door import blueprint, element_choices, office
from survey.rules import satisfaction_policy
from survey.security import signed_in
from survey.services.accounts.access import HR_ROLES, UNIT_HEAD
from survey.services.auditing import audit
from survey.services.citizens import (
    follow_ups,
    indicators,
    offices,
    periods,
    respondents,
    service_points,
    unit_results,
)
from survey.services.citizens.follow_ups import Entry, Promise
from survey.wording import period_words, state_words, unusual_words

PERIODS_TO_CHOOSE = 8


@blueprint.get("/")
def home() -> Any:
    """All offices within reach, with what is open and overdue."""
    with reading(databases().people) as people:
        found = offices.offices_within(people, signed_in().reach(*HR_ROLES, UNIT_HEAD))
        promises = follow_ups.promises_of(people)
    plans = follow_ups.by_office(found, promises, settings().today())
    return render_template("offices/home.html", found=follow_ups.listed(plans, wanted()))


@blueprint.get("/<unit>")
def show(unit: str) -> Any:
    """One office: what is missing, its plan, its figures, its reports."""
    found, today = office(unit), settings().today()
    with reading(databases().people) as people:
        setup = unit_results.set_up(people, unit)
        promises = follow_ups.promises_of(people, unit)
        kept, turns = indicators.kept_by(people, unit), indicators.turns_of(people, unit)
    with reading(databases().answers) as answers:
        results = unit_results.unit_results(answers, setup, satisfaction_policy(), today)
    return render_template(
        "offices/show.html",
        office=found,
        results=results,
        missing=follow_ups.unanswered(results.satisfaction, promises, today),
        promises=promises,
        kept=kept,
        turns=turns,
        users=sorted(setup.users.items(), key=lambda pair: pair[0][1], reverse=True),
        names={point.public_id: point.name for point in setup.unit.points},
        titles=dict(element_choices()),
        unusual=unusual_words(setup.unusual, {p.public_id: p.name for p in setup.unit.points}, long_date),
        state_words=state_words(),
        period_words=period_words,
        today=today,
    )


@blueprint.route("/<unit>/plan/new", methods=["GET", "POST"])
def add_promise(unit: str) -> Any:
    """Promise an action."""
    found = office(unit)
    entered = _promise_form(None)
    if not entered.validate_on_submit():
        return _page("offices/promise.html", found, entered)
    with transaction(databases().people) as people:
        made = follow_ups.add(people, unit, _entry(entered))
        audit.record(people, signed_in().account_id, "follow_up.add", made, unit=unit)
    return redirect(url_for("offices.show", unit=unit))


@blueprint.route("/<unit>/plan/<public_id>", methods=["GET", "POST"])
def change_promise(unit: str, public_id: str) -> Any:
    """Say how far an action is, or change it."""
    found = office(unit)
    with reading(databases().people) as people:
        promise = follow_ups.find_promise(people, public_id)
    if promise.unit_public_id != unit:
        raise NotFound("follow-up")
    entered = _promise_form(promise)
    if not entered.validate_on_submit():
        return _page("offices/promise.html", found, entered)
    with transaction(databases().people) as people:
        follow_ups.change(people, public_id, _entry(entered))
        audit.record(people, signed_in().account_id, "follow_up.change", public_id, state=entered.state.data)
    return redirect(url_for("offices.show", unit=unit))


@blueprint.route("/<unit>/changes/new", methods=["GET", "POST"])
def add_change(unit: str) -> Any:
    """Note what was changed in the service."""
    found, entered = office(unit), ChangeForm()
    if not entered.validate_on_submit():
        return _page("offices/change.html", found, entered)
    with transaction(databases().people) as people:
        made = indicators.add_turn(people, unit, entered.changed_on.data, entered.words.data)
        audit.record(people, signed_in().account_id, "service_change.add", made, unit=unit)
    return redirect(url_for("offices.show", unit=unit))


@blueprint.post("/<unit>/changes/<public_id>/remove")
def remove_change(unit: str, public_id: str) -> Any:
    """Take back that something was changed; it can be noted again."""
    office(unit)
    with transaction(databases().people) as people:
        indicators.remove_turn(people, unit, public_id)
        audit.record(people, signed_in().account_id, "service_change.remove", public_id, unit=unit)
    return redirect(url_for("offices.show", unit=unit))


@blueprint.route("/<unit>/users", methods=["GET", "POST"])
def set_users(unit: str) -> Any:
    """Say how many used a counter in a quarter."""
    found, entered = office(unit), UsersForm()
    with reading(databases().people) as people:
        points = service_points.points_of_unit(people, unit).points
    entered.point.choices = [(point.public_id, point.name) for point in points]
    entered.period.choices = [(each, period_words(each)) for each in _quarters()]
    if not entered.validate_on_submit():
        return _page("offices/users.html", found, entered)
    with transaction(databases().people) as people:
        respondents.set_users(people, entered.point.data, entered.period.data, entered.users.data)
        audit.record(
            people,
            signed_in().account_id,
            "service_users.set",
            entered.point.data,
            period=entered.period.data,
        )
    return redirect(url_for("offices.show", unit=unit))


def _page(template: str, found: offices.Office, entered: Any) -> Any:
    return render_template(template, office=found, entered=entered), 422 if entered.errors else 200


def _quarters() -> list[str]:
    """The running quarter and those before it, the newest first."""
    today = settings().today()
    running = f"{today.year}-Q{(today.month + 2) // 3}"
    return [running, *reversed(periods.before(running, PERIODS_TO_CHOOSE))]


def _promise_form(promise: Promise | None) -> PromiseForm:
    entered = PromiseForm(obj=promise)
    quarters = _quarters()
    if promise and promise.period not in quarters:
        quarters.append(promise.period)
    entered.period.choices = [(each, period_words(each)) for each in quarters]
    entered.element.choices = element_choices()
    entered.state.choices = [(state, state_words()[state][0]) for state in follow_ups.STATES]
    return entered


def _entry(entered: PromiseForm) -> Entry:
    return Entry(
        period=entered.period.data,
        element=entered.element.data,
        action=entered.action.data,
        responsible=entered.responsible.data,
        due_on=entered.due_on.data,
        state=entered.state.data,
        done_on=entered.done_on.data if entered.state.data == follow_ups.DONE else None,
        evidence=entered.evidence.data or "",
    )
