"""Teams across units and circles of like posts."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from forms.organisation import CircleForm, DayForm, MemberForm, TeamForm
from survey.db import reading, transaction
from survey.exceptions import OrganisationRefused
from survey.extensions import databases, settings
from survey.hr.door import blueprint
from survey.lists import asked_file, file_of, wanted
from survey.models.teams import PeerCircle, TeamMember
from survey.security import signed_in
from survey.services.organisation import placing
from survey.services.organisation import teams as service


@blueprint.route("/people/teams", methods=["GET", "POST"])
def teams() -> Any:
    """All teams and circles, with a form for a new team."""
    today = settings().today()
    if kind := asked_file():
        with reading(databases().people) as session:
            return file_of(service.team_sheet(session, today, wanted(), _), _("teams"), kind)
    entered = TeamForm()
    if entered.validate_on_submit():
        try:
            with transaction(databases().people) as session:
                team = service.add_team(
                    session, entered.name.data, entered.decree.data, signed_in().account_id
                )
            return redirect(url_for("hr.team", public_id=team.public_id))
        except OrganisationRefused as refused:
            entered.refuse(refused.code)
    with reading(databases().people) as session:
        page = render_template(
            "hr/teams.html",
            entered=entered,
            found=service.listed(session, today, wanted()),
            circles=service.list_circles(session),
        )
    return page, 422 if entered.errors else 200


@blueprint.route("/people/teams/<public_id>", methods=["GET", "POST"])
def team(public_id: str) -> Any:
    """One team: who is in it, and a form for somebody more."""
    entered = MemberForm(data={"begins_on": settings().today()})
    if entered.validate_on_submit():
        try:
            with transaction(databases().people) as session:
                member = TeamMember(
                    employee_id=placing.employee_of_key(session, entered.employee.data).id,
                    leads=entered.leads.data,
                    begins_on=entered.begins_on.data,
                )
                found = service.find_team(session, public_id)
                service.join(session, found, member, signed_in().account_id)
            flash(_("The change is saved."), "good")
            return redirect(url_for("hr.team", public_id=public_id))
        except OrganisationRefused as refused:
            entered.refuse(refused.code)
    with reading(databases().people) as session:
        found = service.find_team(session, public_id)
        page = render_template(
            "hr/team.html",
            team=found,
            members=service.members_of(session, found),
            entered=entered,
            today=settings().today(),
        )
    return page, 422 if entered.errors else 200


@blueprint.post("/people/teams/<public_id>/members/<int:member>/leave")
def leave_team(public_id: str, member: int) -> Any:
    """Let somebody leave a team with a last day."""
    entered = DayForm()
    try:
        if entered.validate_on_submit():
            with transaction(databases().people) as session:
                found = service.find_team(session, public_id)
                service.leave(session, found, member, entered.ends_on.data, signed_in().account_id)
            flash(_("The change is saved."), "good")
        else:
            flash(_("Write the last day."), "wrong")
    except OrganisationRefused:
        flash(_("The last day lies before the first. Correct one of the two."), "wrong")
    return redirect(url_for("hr.team", public_id=public_id))


@blueprint.route("/people/circles/new", methods=["GET", "POST"])
def add_circle() -> Any:
    """Make a circle of like posts."""
    entered = CircleForm()
    if entered.validate_on_submit():
        circle = PeerCircle(
            name=entered.name.data,
            job_kind=entered.job_kind.data,
            job_level=entered.job_level.data,
            title_begins=entered.title_begins.data,
        )
        try:
            with transaction(databases().people) as session:
                service.add_circle(session, circle, signed_in().account_id)
            return redirect(url_for("hr.teams"))
        except OrganisationRefused as refused:
            entered.refuse(refused.code)
    return render_template("hr/circle_new.html", entered=entered), 422 if entered.errors else 200


@blueprint.post("/people/circles/<public_id>/remove")
def remove_circle(public_id: str) -> Any:
    """Remove a circle."""
    with transaction(databases().people) as session:
        service.remove_circle(session, public_id, signed_in().account_id)
    flash(_("The circle is removed."), "good")
    return redirect(url_for("hr.teams"))
