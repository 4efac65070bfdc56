"""Before a cycle opens: change the plan, see how likely it is to work, have the list of raters approved."""

from decimal import Decimal
from math import ceil
from typing import Any

from flask import redirect, render_template, request, url_for

from forms.conflicts import ConflictForm, WrittenDecisionForm
from forms.cycles import CycleForm
from survey.db import reading, transaction
from survey.exceptions import InvalidPlan, RequestRefused, StepNotAllowed
from survey.extensions import databases
from survey.hr.cycles import PER_CENT, WAYS, plan_in
from survey.hr.door import blueprint
from survey.i18n import language
from survey.models.cycles import Cycle
from survey.security import signed_in
from survey.services import (
    assignments,
    audit,
    conflicts,
    cycles,
    feasibility,
    list_approval,
    list_making,
    nominations,
    questionnaires,
)
from survey.services.feasibility import Preview, SubjectOutlook

PAGE_SIZE = 50
OUTLOOKS = ("never", "unlikely", "likely", "safe")


@blueprint.route("/cycles/<public_id>/plan", methods=["GET", "POST"])
def change_plan(public_id: str) -> Any:
    """Plan a draft anew."""
    with reading(databases().people) as people:
        form = CycleForm(data=_values_of(_draft(cycles.find_cycle(people, public_id))))
        form.offer(questionnaires.offered(people, "person"), language())
    if form.validate_on_submit():
        try:
            with transaction(databases().people) as people:
                changed = cycles.find_cycle(people, public_id)
                cycles.change_plan(people, changed, plan_in(form))
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
def show_feasibility(public_id: str) -> str:
    """How likely each group is to reach its minimum: by unit, and the employees of one outlook."""
    show = request.args.get("show", "")
    with reading(databases().people) as people:
        found = cycles.find_cycle(people, public_id)
        seen = feasibility.preview(people, found)
    chosen = [subject for subject in seen.subjects if not show or subject.outlook == show]
    pages = max(1, ceil(len(chosen) / PAGE_SIZE))
    number = max(1, min(request.args.get("page", 1, type=int), pages))
    return render_template(
        "hr/feasibility.html",
        cycle=found,
        preview=seen,
        show=show,
        outlooks=OUTLOOKS,
        units=_most_at_risk_first(seen),
        chosen=_page_of(chosen, number),
        total=len(chosen),
        number=number,
        pages=pages,
    )


def _most_at_risk_first(seen: Preview) -> list[feasibility.UnitOutlook]:
    return sorted(
        seen.units, key=lambda unit: (-unit.outlooks["never"], -unit.outlooks["unlikely"], unit.name)
    )


def _page_of(chosen: list[SubjectOutlook], number: int) -> list[SubjectOutlook]:
    return chosen[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]


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
        pairs = conflicts.all_conflicts(people)
    return render_template("hr/conflicts.html", entered=entered, pairs=pairs), 422 if entered.errors else 200


@blueprint.post("/conflicts/<public_id>/remove")
def remove_conflict(public_id: str) -> Any:
    """Take a pair out."""
    with transaction(databases().people) as people:
        conflicts.remove(people, signed_in().account_id, public_id)
    return redirect(url_for("hr.conflict_pairs"))
