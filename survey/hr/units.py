"""Change units by a decree: rename, move, merge, split."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.organisation import MergeForm, MoveForm, RenameForm, SplitForm
from survey.db import reading, transaction
from survey.exceptions import NotFound, OrganisationRefused
from survey.extensions import databases, settings
from survey.hr.door import blueprint, reach
from survey.models.people import Employee, Unit
from survey.security import signed_in
from survey.services.organisation import people as organisation
from survey.services.organisation import unit_changes
from survey.services.organisation.unit_changes import Decree, NewUnit

FORMS = {"rename": RenameForm, "move": MoveForm, "merge": MergeForm, "split": SplitForm}


@blueprint.route("/people/units/<public_id>/<change>", methods=["GET", "POST"])
def change_unit(public_id: str, change: str) -> Any:
    """One form for each kind of change."""
    if change not in FORMS:
        raise NotFound(change)
    entered: Any = FORMS[change]()
    with reading(databases().people) as session:
        unit = organisation.find_unit(session, reach(), public_id)
        _offer(session, entered, unit)
    if entered.validate_on_submit():
        try:
            with transaction(databases().people) as session:
                stored = organisation.find_unit(session, reach(), public_id)
                shown = ACTS[change](session, stored, entered, _decree(entered))
            flash(_("The change is saved."), "good")
            return redirect(url_for("hr.unit", public_id=shown.public_id))
        except OrganisationRefused as refused:
            entered.refuse(refused.code)
    page = render_template("hr/unit_change.html", unit=unit, change=change, entered=entered)
    return page, 422 if entered.errors else 200


def _offer(session: Session, entered: Any, unit: Unit) -> None:
    """Fill the lists of a form with what there is to choose."""
    others = [
        (each.public_id, "– " * each.level + each.name)
        for each in organisation.unit_overview(session, reach())
        if each.public_id != unit.public_id
    ]
    if "parent" in entered:
        entered.parent.choices = [("", _("no other unit")), *others]
    if "units" in entered:
        entered.units.choices = others
    if "people" in entered:
        here = select(Employee.public_id, Employee.name, Employee.job_title).where(
            Employee.unit_id == unit.id, Employee.is_active
        )
        rows = session.execute(here.order_by(Employee.name, Employee.id))
        entered.people.choices = [(row.public_id, f"{row.name}, {row.job_title}") for row in rows]
        children = select(Unit.public_id, Unit.name).where(Unit.parent_id == unit.id, Unit.ends_on.is_(None))
        entered.below.choices = [(row.public_id, row.name) for row in session.execute(children)]


def _decree(entered: Any) -> Decree:
    return Decree(entered.begins_on.data, entered.decree.data, signed_in().account_id, settings().today())


def _rename(session: Session, unit: Unit, entered: RenameForm, decree: Decree) -> Unit:
    unit_changes.rename(session, unit, entered.name.data, decree)
    return unit


def _move(session: Session, unit: Unit, entered: MoveForm, decree: Decree) -> Unit:
    parent = organisation.find_unit(session, reach(), entered.parent.data) if entered.parent.data else None
    unit_changes.move(session, unit, parent, decree)
    return unit


def _merge(session: Session, unit: Unit, entered: MergeForm, decree: Decree) -> Unit:
    others = [organisation.find_unit(session, reach(), each) for each in entered.units.data]
    is_new = entered.code.data and entered.name.data
    into = NewUnit(entered.code.data, entered.name.data, unit.parent_id) if is_new else unit
    return unit_changes.merge(session, [unit, *others], into, decree)


def _split(session: Session, unit: Unit, entered: SplitForm, decree: Decree) -> Unit:
    led_by = session.scalars(select(Employee.id).where(Employee.public_id.in_(entered.people.data))).all()
    below = session.scalars(select(Unit.id).where(Unit.public_id.in_(entered.below.data))).all()
    new = NewUnit(entered.code.data, entered.name.data, unit.parent_id)
    return unit_changes.split(session, unit, new, led_by, below, decree)


ACTS: dict[str, Callable[[Session, Unit, Any, Decree], Unit]] = {
    "rename": _rename,
    "move": _move,
    "merge": _merge,
    "split": _split,
}
