"""Before a cycle opens: change the plan, see how likely it is to work, have the list of raters approved."""

from decimal import Decimal
from typing import Any

from flask import redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from forms.conflicts import ConflictForm, WrittenDecisionForm
from forms.cycles import CycleForm
from instruments.rater_groups import WEIGHTED_GROUPS
from survey.db import reading, transaction
from survey.exceptions import InvalidPlan, RequestRefused, StepNotAllowed
from survey.extensions import databases
from survey.hr.cycles import PER_CENT, WAYS, periods_of_officers, plan_in
from survey.hr.door import blueprint
from survey.i18n import language
from survey.lists import asked_file, file_of, wanted
from survey.models.cycles import Cycle
from survey.security import signed_in
from survey.services.auditing import audit
from survey.services.cycles import cycles
from survey.services.instruments import questionnaires
from survey.services.organisation import conflicts
from survey.services.raters import assignments, feasibility, list_approval, list_making, nominations, outlooks
from survey.services.raters.feasibility import Preview
from survey.services.results import officer_parts

OUTLOOKS = ("never", "unlikely", "likely", "safe")


@blueprint.route("/cycles/<public_id>/plan", methods=["GET", "POST"])
def change_plan(public_id: str) -> Any:
    """Plan a draft anew."""
    with reading(databases().people) as people:
        found = _draft(cycles.find_cycle(people, public_id))
        form = CycleForm(data=_values_of(found))
        offered = questionnaires.offered(people, "person")
        form.offer(offered, language(), periods_of_officers(found.citizen_period))
    if form.validate_on_submit():
        try:
            with transaction(databases().people) as people:
                changed = cycles.find_cycle(people, public_id)
                cycles.change_plan(people, changed, officer_parts.checked(plan_in(form)))
                list_making.withdraw(people, changed)
                audit.record(
                    people, signed_in().account_id, "cycle.plan", public_id, purpose=form.purpose.data
                )
            return redirect(url_for("hr.cycle", public_id=public_id))
        except InvalidPlan as fault:
            form.refuse(str(fault.message))
    with reading(databases().people) as people:
        found = _draft(cycles.find_cycle(people, public_id))
        return render_template("hr/cycle_new.html", entered=form, cycle=found), 422 if form.errors else 200


def _draft(found: Cycle) -> Cycle:
    if found.state != "draft":
        raise StepNotAllowed(found.state, "change_plan")
    return found


def _values_of(found: Cycle) -> dict[str, Any]:
    values = {
        name: getattr(found, name)
        for name in (
            "name",
            "purpose",
            "mode",
            "opens_on",
            "closes_on",
            "minimum_group_size",
            "minimum_decision",
        )
    }
    values |= {f"weight_{group}": 0 for group in WEIGHTED_GROUPS}
    for group in found.groups:
        values[f"questionnaire_{group.rater_group}"] = group.instrument_code
        values[f"weight_{group.rater_group}"] = round(group.weight * PER_CENT)
    return {
        **values,
        **{name: getattr(found, name) for name in WAYS},
        "minimum_reliability": Decimal(f"{found.minimum_reliability:.2f}"),
        "weight_cap": round(found.weight_cap * PER_CENT),
        "item_least_r": None if found.item_least_r is None else Decimal(f"{found.item_least_r:.2f}"),
        "item_most_unable": (
            None if found.item_most_unable is None else round(found.item_most_unable * PER_CENT)
        ),
        "citizen_period": found.citizen_period,
        "citizen_percent": round(found.citizen_weight * PER_CENT),
    }


@blueprint.post("/cycles/<public_id>/replan")
def replan(public_id: str) -> Any:
    """Back to the draft: the list of raters is forgotten."""
    with transaction(databases().people) as people:
        found = cycles.find_cycle(people, public_id)
        cycles.advance(people, found, "replan")
        assignments.remove_list(people, found)
        list_making.withdraw(people, found)
        nominations.forget(people, found)
        audit.record(people, signed_in().account_id, "cycle.replan", public_id)
    return redirect(url_for("hr.cycle", public_id=public_id))


@blueprint.get("/cycles/<public_id>/feasibility")
def show_feasibility(public_id: str) -> Any:
    """How likely each group is to reach its minimum: by unit, and the employees of one outlook."""
    asked = wanted(("show",))
    with reading(databases().people) as people:
        found = cycles.find_cycle(people, public_id)
        seen = _preview(people, found)
    chosen = [each for each in seen.subjects if asked.filters.get("show", each.outlook) == each.outlook]
    if kind := asked_file():
        return file_of(outlooks.sheet(chosen, asked, seen.unit_names, _), _("outlook"), kind)
    return render_template(
        "hr/feasibility.html",
        cycle=found,
        preview=seen,
        outlooks=OUTLOOKS,
        units=_most_at_risk_first(seen),
        found=outlooks.listed(chosen, asked, seen.unit_names),
        names=outlooks.OUTLOOK_WORDS,
        reasons=outlooks.REASON_WORDS,
        mends=outlooks.MEND_WORDS,
    )


# Outlooks seen lately, so that sorting and turning pages neither works them out nor draws them anew.
_seen: dict[tuple[str, str, bytes], Preview] = {}
MOST_SEEN = 8


def _preview(people: Session, found: Cycle) -> Preview:
    key = (found.public_id, found.state, audit.last_hash(people))
    if key not in _seen:
        _seen[key] = feasibility.preview(people, found)
        for old in list(_seen)[:-MOST_SEEN]:
            _seen.pop(old, None)
    return _seen[key]


def _most_at_risk_first(seen: Preview) -> list[feasibility.UnitOutlook]:
    return sorted(
        seen.units, key=lambda unit: (-unit.outlooks["never"], -unit.outlooks["unlikely"], unit.name)
    )


@blueprint.post("/cycles/<public_id>/list")
def ask_approval(public_id: str) -> Any:
    """Put the list of raters before the other office."""
    with transaction(databases().people) as people:
        list_approval.ask(people, cycles.find_cycle(people, public_id), signed_in().account_id)
    return redirect(url_for("hr.cycle", public_id=public_id))


@blueprint.route("/cycles/<public_id>/list/decision", methods=["GET", "POST"])
def written_decision(public_id: str) -> Any:
    """Name the written decision that approves the list."""
    entered = WrittenDecisionForm()
    if entered.validate_on_submit():
        with transaction(databases().people) as people:
            found = cycles.find_cycle(people, public_id)
            list_approval.decide_in_writing(people, found, signed_in().account_id, entered.decision.data)
        return redirect(url_for("hr.cycle", public_id=public_id))
    with reading(databases().people) as people:
        found = cycles.find_cycle(people, public_id)
    return render_template(
        "hr/list_decision.html", cycle=found, entered=entered
    ), 422 if entered.errors else 200


@blueprint.route("/conflicts", methods=["GET", "POST"])
def conflict_pairs() -> Any:
    """The pairs who must not rate each other, and a form for a new one."""
    entered = ConflictForm()
    if entered.validate_on_submit():
        try:
            numbers = (entered.first.data, entered.second.data)
            with transaction(databases().people) as people:
                conflicts.add(people, signed_in().account_id, numbers, entered.reason.data)
            return redirect(url_for("hr.conflict_pairs"))
        except RequestRefused as refused:
            entered.refuse(refused.code)
    with reading(databases().people) as people:
        found = conflicts.listed(people, wanted())
    return render_template("hr/conflicts.html", entered=entered, found=found), 422 if entered.errors else 200


@blueprint.post("/conflicts/<public_id>/remove")
def remove_conflict(public_id: str) -> Any:
    """Take a pair out."""
    with transaction(databases().people) as people:
        conflicts.remove(people, signed_in().account_id, public_id)
    return redirect(url_for("hr.conflict_pairs"))
