"""Change somebody's posts: transfer, give a further or acting post, let one end, let somebody leave."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from forms.organisation import DayForm, PostForm, TransferForm
from survey.db import reading, transaction
from survey.exceptions import OrganisationRefused
from survey.extensions import databases, settings
from survey.hr.door import blueprint, reach
from survey.models.people import Employee
from survey.models.posts import ACTING, Post
from survey.security import signed_in
from survey.services.organisation import careers, placing
from survey.services.organisation import people as organisation
from survey.services.organisation.placing import Placement


@blueprint.route("/people/employees/<public_id>/transfer", methods=["GET", "POST"])
def transfer(public_id: str) -> Any:
    """Give somebody another main post."""
    with reading(databases().people) as session:
        employee = organisation.find_employee(session, reach(), public_id)
        entered = TransferForm(data=_present(employee))
    if entered.validate_on_submit():
        try:
            with transaction(databases().people) as session:
                stored = organisation.find_employee(session, reach(), public_id)
                to = _placement(session, entered)
                placing.transfer(session, stored, to, entered.begins_on.data, signed_in().account_id)
            return _changed(public_id)
        except OrganisationRefused as refused:
            entered.refuse(refused.code)
    return _page("hr/employee_transfer.html", employee, entered)


@blueprint.route("/people/employees/<public_id>/posts", methods=["GET", "POST"])
def give_post(public_id: str) -> Any:
    """Give somebody a further post, or let her act for a seat."""
    entered = PostForm()
    if entered.validate_on_submit():
        try:
            with transaction(databases().people) as session:
                employee = organisation.find_employee(session, reach(), public_id)
                placing.give_post(session, _post(session, employee, entered), signed_in().account_id)
            return _changed(public_id)
        except OrganisationRefused as refused:
            entered.refuse(refused.code)
    with reading(databases().people) as session:
        return _page(
            "hr/employee_post.html", organisation.find_employee(session, reach(), public_id), entered
        )


@blueprint.route("/people/employees/<public_id>/posts/<post>/end", methods=["GET", "POST"])
def end_post(public_id: str, post: str) -> Any:
    """Let a further or acting post end."""
    entered = DayForm(data={"ends_on": settings().today()})
    if entered.validate_on_submit():
        try:
            with transaction(databases().people) as session:
                employee = organisation.find_employee(session, reach(), public_id)
                placing.end_post(session, employee, post, entered.ends_on.data, signed_in().account_id)
            return _changed(public_id)
        except OrganisationRefused as refused:
            entered.refuse(refused.code)
    with reading(databases().people) as session:
        employee = organisation.find_employee(session, reach(), public_id)
        told = next((p for p in careers.career_of(session, employee.id).posts if p.public_id == post), None)
        return _page("hr/employee_end.html", employee, entered, told)


@blueprint.route("/people/employees/<public_id>/leave", methods=["GET", "POST"])
def leave(public_id: str) -> Any:
    """Somebody retires or leaves."""
    entered = DayForm(data={"ends_on": settings().today()})
    if entered.validate_on_submit():
        with transaction(databases().people) as session:
            employee = organisation.find_employee(session, reach(), public_id)
            placing.leave(session, employee, entered.ends_on.data, signed_in().account_id)
        return _changed(public_id)
    with reading(databases().people) as session:
        return _page("hr/employee_end.html", organisation.find_employee(session, reach(), public_id), entered)


def _present(employee: Employee) -> dict[str, Any]:
    above = employee.supervisor
    return {
        "unit": employee.unit.code,
        "title": employee.job_title,
        "job_kind": employee.job_kind,
        "job_level": employee.job_level,
        "superior": (above.number or above.code) if above else "",
        "begins_on": settings().today(),
    }


def _placement(session: Session, entered: TransferForm) -> Placement:
    unit = placing.unit_of_code(session, entered.unit.data)
    superior = _employee_id(session, entered.superior.data)
    return Placement(unit.id, entered.title.data, entered.job_kind.data, entered.job_level.data, superior)


def _post(session: Session, employee: Employee, entered: PostForm) -> Post:
    is_acting = entered.capacity.data in ACTING
    return Post(
        employee_id=employee.id,
        capacity=entered.capacity.data,
        unit_id=placing.unit_of_code(session, entered.unit.data).id,
        title=entered.title.data,
        supervisor_id=_employee_id(session, entered.superior.data),
        acts_for_id=_employee_id(session, entered.acts_for.data) if is_acting else None,
        begins_on=entered.begins_on.data,
        ends_on=entered.ends_on.data,
        decree=entered.decree.data,
    )


def _employee_id(session: Session, key: str) -> int | None:
    return placing.employee_of_key(session, key).id if key else None


def _changed(public_id: str) -> Any:
    flash(_("The change is saved."), "good")
    return redirect(url_for("hr.employee", public_id=public_id))


def _page(template: str, employee: Employee, entered: Any, post: Any = None) -> Any:
    page = render_template(template, employee=employee, entered=entered, post=post)
    return page, 422 if entered.errors else 200
