"""Service partners of a planned cycle: pairs from a file, and rules from unit to unit."""

from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from wtforms.fields import SelectChoice

from forms.partners import PairsForm, RuleForm
from survey.db import reading, transaction
from survey.exceptions import RequestRefused
from survey.extensions import databases
from survey.hr.door import blueprint, reach
from survey.lists import wanted
from survey.security import signed_in
from survey.services.auditing import audit
from survey.services.cycles import cycles
from survey.services.organisation import people as organisation
from survey.services.raters import partner_file, partners
from survey.tables import BadFile


@blueprint.get("/cycles/<public_id>/partners")
def list_partners(public_id: str) -> Any:
    """Who is named, which rules there are, and forms for more."""
    return _page(public_id, PairsForm(), _rule_form(public_id))


@blueprint.post("/cycles/<public_id>/partners/pairs")
def bring_pairs(public_id: str) -> Any:
    """Put the pairs of a file in place of those named before, or refuse the file."""
    entered, problems = PairsForm(), list[str]()
    if entered.validate_on_submit():
        upload = entered.file.data
        try:
            with transaction(databases().people) as people:
                cycle = cycles.find_cycle(people, public_id)
                pairs = partner_file.read_pairs(people, cycle, upload.stream, upload.filename or "")
                partners.replace_pairs(people, cycle, pairs)
                audit.record(people, signed_in().account_id, "partners.bring", public_id, pairs=len(pairs))
            return redirect(url_for("hr.list_partners", public_id=public_id))
        except BadFile as error:
            problems = [problem.sentence(_) for problem in error.problems]
    return _page(public_id, entered, _rule_form(public_id), problems), 422


@blueprint.post("/cycles/<public_id>/partners/remove")
def remove_pairs(public_id: str) -> Any:
    """Take all pairs out."""
    with transaction(databases().people) as people:
        partners.replace_pairs(people, cycles.find_cycle(people, public_id), ())
        audit.record(people, signed_in().account_id, "partners.bring", public_id, pairs=0)
    return redirect(url_for("hr.list_partners", public_id=public_id))


@blueprint.post("/cycles/<public_id>/partners/rules")
def set_partner_rule(public_id: str) -> Any:
    """Enter a rule from unit to unit."""
    entered = _rule_form(public_id)
    if entered.validate_on_submit():
        subjects, raters, count = (entered[name].data for name in ("subjects", "raters", "wanted"))
        try:
            with transaction(databases().people) as people:
                cycle = cycles.find_cycle(people, public_id)
                partners.set_rule(people, cycle, subjects, raters, count)
                _tell_rule(people, public_id, subjects, raters, count)
            return redirect(url_for("hr.list_partners", public_id=public_id))
        except RequestRefused as refused:
            entered.refuse(refused.code)
    return _page(public_id, PairsForm(formdata=None), entered), 422


@blueprint.post("/cycles/<public_id>/partners/rules/<subjects>/<raters>/remove")
def remove_partner_rule(public_id: str, subjects: str, raters: str) -> Any:
    """Take a rule out."""
    with transaction(databases().people) as people:
        partners.remove_rule(people, cycles.find_cycle(people, public_id), subjects, raters)
        _tell_rule(people, public_id, subjects, raters, 0)
    return redirect(url_for("hr.list_partners", public_id=public_id))


def _tell_rule(people: Session, public_id: str, subjects: str, raters: str, count: int) -> None:
    audit.record(
        people, signed_in().account_id, "partners.rule", public_id, subjects=subjects, raters=raters, n=count
    )


def _rule_form(public_id: str) -> RuleForm:
    with reading(databases().people) as people:
        found = cycles.find_cycle(people, public_id)
        units = organisation.unit_overview(people, reach())
    entered = RuleForm(data={"wanted": max(found.peers_wanted, found.minimum_group_size)})
    choices = [SelectChoice("", _("Choose a unit"))]
    choices += [SelectChoice(unit.public_id, unit.name) for unit in units]
    entered.subjects.choices = entered.raters.choices = choices
    return entered


def _page(public_id: str, pairs: PairsForm, rule: RuleForm, problems: list[str] | None = None) -> str:
    with reading(databases().people) as people:
        found = cycles.find_cycle(people, public_id)
        partners.require_planned(found)
        return render_template(
            "hr/partners.html",
            cycle=found,
            entered=pairs,
            rule=rule,
            problems=problems or [],
            named=partners.named_pairs(people, found, wanted()) if request.method == "GET" else None,
            rules=partners.rules(people, found),
        )
