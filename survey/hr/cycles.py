"""Cycles: the list, a new one, and each from plan to opening."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from flask import redirect, render_template, request, url_for

from forms.cycles import CycleForm
from instruments.rater_groups import PRESET_WEIGHTS, WEIGHTED_GROUPS
from instruments.schema import Instrument
from survey import rules
from survey.db import reading, transaction
from survey.exceptions import InvalidPlan, StepNotAllowed
from survey.extensions import databases, settings
from survey.hr.door import blueprint, reach
from survey.hr.holders import awaited_layer
from survey.i18n import language
from survey.jobs import assign_raters, close_cycle, port
from survey.jobs import open_cycle as open_cycle_job
from survey.lists import wanted
from survey.models.cycles import Cycle
from survey.security import signed_in
from survey.services.auditing import audit, public_log
from survey.services.citizens import citizen_answers, officer_figures, periods
from survey.services.cycles import briefings, cycle_texts, cycles, holders, later_days, planning
from survey.services.instruments import questionnaires
from survey.services.mail import bounces, mailing
from survey.services.papers import distribution, replacing
from survey.services.raters import assignments, declining, forecast, list_approval, list_making, nominations
from survey.services.results import officer_parts, reviewing
from survey.wording import period_words

LENGTH = timedelta(weeks=3)
PER_CENT = 100
# How raters are chosen: fields of the form and of the plan under the same names.
WAYS = (
    "chooses_raters",
    "peers_wanted",
    "subordinates_wanted",
    "load_cap",
    "contact_months",
    "joins_groups",
    "has_wide_circles",
)
SECONDS_BETWEEN_LOOKS = 2
# The step that is going on in each state, by its place in the indicator of steps.
PLACE_OF_STATE = {
    "draft": 1,
    "nomination": 1,
    "assigned": 2,
    "opening": 2,
    "open": 2,
    "closed": 3,
    "tallied": 4,
    "reviewed": 4,
    "released": 5,
    "cancelled": 3,
}


@blueprint.get("/")
def home() -> str:
    """All cycles."""
    with reading(databases().people) as people:
        return render_template(
            "hr/cycles.html", cycles=cycles.all_cycles(people), has_employees=planning.has_employees(people)
        )


@blueprint.route("/cycles/new", methods=["GET", "POST"])
def new_cycle() -> Any:
    """Plan a cycle."""
    with reading(databases().people) as people:
        offered = questionnaires.offered(people, "person")
    form = CycleForm(data=first_values(offered[0]))
    form.offer(offered, language(), periods_of_officers())
    if not form.validate_on_submit():
        return _form_page(form)
    if form.closes_on.data < settings().today():
        form.refuse("already_over")
        return _form_page(form)
    try:
        with transaction(databases().people) as people:
            cycle = cycles.create_cycle(people, officer_parts.checked(plan_in(form)))
            audit.record(
                people, signed_in().account_id, "cycle.create", cycle.public_id, purpose=cycle.purpose
            )
    except InvalidPlan as fault:
        form.refuse(str(fault.message))
        return _form_page(form)
    return _to_cycle(cycle.public_id)


def _form_page(form: CycleForm) -> Any:
    return render_template("hr/cycle_new.html", entered=form), 422 if form.errors else 200


def first_values(chosen: Instrument) -> dict[str, Any]:
    """Values that are good to begin with."""
    today, usual = settings().today(), rules.item_exclusion()
    return {
        "purpose": "development",
        "mode": "two_holders",
        "opens_on": today,
        "closes_on": today + LENGTH,
        "minimum_group_size": 5,
        "minimum_reliability": Decimal("0.50"),
        "weight_cap": 60,
        "item_least_r": usual.item_total_r.value,
        "item_most_unable": int(PER_CENT * usual.cannot_judge.value),
        "chooses_raters": "chart",
        "peers_wanted": 9,
        "subordinates_wanted": 10,
        "load_cap": 12,
        "contact_months": 3,
        **{f"questionnaire_{group}": chosen.code for group in PRESET_WEIGHTS},
        **{f"weight_{group}": int(PRESET_WEIGHTS.get(group, 0)) for group in WEIGHTED_GROUPS},
    }


def _number(typed: Any, whole: int = 1) -> float | None:
    return None if typed is None else float(typed) / whole


def periods_of_officers(chosen: str = "") -> list[tuple[str, str]]:
    """The half-years whose officers' figures a plan can name: those that are over, this one and the next."""
    now = officer_figures.period_around(citizen_answers.period_of(settings().today()))
    names = [*officer_figures.ended_periods(settings().today()), now, periods.after(now)]
    return [(name, period_words(name)) for name in sorted({*names, *([chosen] if chosen else [])})]


def plan_in(form: CycleForm) -> cycles.CyclePlan:
    """The plan as it was typed."""
    return cycles.CyclePlan(
        name=form.name.data,
        purpose=form.purpose.data,
        opens_on=form.opens_on.data,
        closes_on=form.closes_on.data,
        groups=tuple(
            cycles.GroupPlan(group, chosen.code, chosen.content_hash(), form.weight_of(group))
            for group, chosen in form.chosen().items()
        ),
        minimum_group_size=form.minimum_group_size.data,
        minimum_decision=form.minimum_decision.data or "",
        minimum_reliability=float(form.minimum_reliability.data),
        weight_cap=form.weight_cap.data / PER_CENT,
        item_least_r=_number(form.item_least_r.data),
        item_most_unable=_number(form.item_most_unable.data, PER_CENT),
        mode=form.mode.data,
        citizen_period=form.citizen_period.data,
        citizen_weight=(form.citizen_percent.data or 0) / PER_CENT,
        **{name: form[name].data for name in WAYS},
    )


@blueprint.get("/cycles/<public_id>")
def cycle(public_id: str) -> str:
    """One cycle: where it stands, and what it asks for now."""
    with reading(databases().people) as people:
        found = cycles.find_cycle(people, public_id)
        shown: dict[str, Any] = {
            "cycle": found,
            "today": settings().today(),
            "place": PLACE_OF_STATE[found.state],
            "questionnaires": cycle_texts.questionnaires(people, found),
            "size": cycles.size(people, found),
            "job": port.latest(people, close_cycle.KIND, public_id),
            "layers": holders.states(people, found),
            "seconds": SECONDS_BETWEEN_LOOKS,
            "making": list_making.pending(people, found),
            "ended": public_log.ended(public_log.entries(people, public_id), settings().time_zone),
        }
        if found.state in briefings.BRIEFED_IN:
            shown["told"] = briefings.by_unit(people, found, reach())
        if shown["making"]:
            shown["assigning"] = port.latest(people, assign_raters.KIND, public_id)
        if found.state in declining.STILL_ASKED:
            shown["declined"] = declining.declined(people, reach(), found)
        if found.state == "nomination":
            shown["naming"] = nominations.progress(people, found)
        elif found.state in ("draft", "assigned", "opening"):
            shown |= _reach(people, found)
            shown["opening"] = port.latest(people, open_cycle_job.KIND, public_id)
        elif found.state in ("open", "closed"):
            shown |= _watched(people, found, shown["size"].papers)
            shown["later"] = later_days.later_days(people, found)
            shown["last_day"] = later_days.last_day(people, found)
        elif found.state == "reviewed":
            shown["reason"] = reviewing.reason_of(people, found)
    return render_template("hr/cycle.html", **shown)


def _watched(people: Any, found: Cycle, papers: int) -> dict[str, Any]:
    participation = distribution.participation(people, reach(), found)
    lost = replacing.of_cycle(people, reach(), found)
    expected = (
        forecast.by_unit(people, reach(), found, participation, settings().today())
        if found.state == "open"
        else {}
    )
    return {
        "found": distribution.listed_participation(participation, wanted()),
        "expected": expected,
        "altogether": forecast.altogether(expected.values()),
        "curve": forecast.curve(people, found, papers),
        "awaited": awaited_layer(people, found),
        "asked_again": sum(one.state == replacing.PENDING for one in lost),
        "refused": bounces.raters_refused(people, found),
        "unclear": mailing.unclear_letters(people, found),
    }


def _reach(people: Any, found: Cycle) -> dict[str, Any]:
    return {
        "coverage": assignments.coverage(people, found),
        "load": planning.load(people, found),
        "newly_led": planning.newly_led(people, found),
        "within_reach": planning.subjects_within_reach(people, found),
        "standing": list_approval.standing(people, found),
    }


@blueprint.route("/cycles/<public_id>/discard", methods=["GET", "POST"])
def discard(public_id: str) -> Any:
    """Confirm, then remove a cycle that nobody was asked in yet."""
    with transaction(databases().people) as people:
        found = cycles.find_cycle(people, public_id)
        if found.state not in cycles.DISCARDABLE:
            raise StepNotAllowed(found.state, "discard")
        if request.method == "GET":
            return render_template("hr/cycle_discard.html", cycle=found)
        cycles.discard(people, found)
        audit.record(people, signed_in().account_id, "cycle.discard", public_id, name=found.name)
    return redirect(url_for("hr.home"))


@blueprint.route("/cycles/<public_id>/open", methods=["GET", "POST"])
def open_cycle(public_id: str) -> Any:
    """Confirm, then open: the list of raters is frozen and the box takes ballots."""
    with reading(databases().people) as people:
        found = _in_state(cycles.find_cycle(people, public_id), "freeze")
        size, layers = cycles.size(people, found), holders.states(people, found)
    if request.method == "GET" or not size.papers:
        return render_template("hr/cycle_open_confirm.html", cycle=found, size=size, layers=layers)
    with transaction(databases().people) as people:
        audit.hold_chain(people)  # nobody declines to rate while the list is frozen
        found = cycles.find_cycle(people, public_id)
        holders.require_ready(people, found)
        list_making.require_none(people, found, "freeze")
        list_approval.require(people, found)
        cycles.advance(people, found, "freeze")
        port.enqueue(people, open_cycle_job.KIND, public_id)
        audit.record(people, signed_in().account_id, "cycle.open", public_id, mode=found.mode)
    return _to_cycle(public_id)


def _in_state(found: Cycle, step: str) -> Cycle:
    if found.state not in cycles.STEPS[step][0]:
        raise StepNotAllowed(found.state, step)
    return found


def _to_cycle(public_id: str) -> Any:
    return redirect(url_for("hr.cycle", public_id=public_id))
