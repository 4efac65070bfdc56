"""Service points: the list, new ones, names, pauses and the poster with the QR code."""

from typing import Any

from flask import Response, redirect, render_template, url_for
from flask_babel import gettext as _

from forms.service_points import NamesForm, ServicePointForm
from survey import qr
from survey.db import reading, transaction
from survey.extensions import databases
from survey.hr import counter_prints
from survey.hr.door import blueprint
from survey.i18n import DEFAULT_LANGUAGE, LANGUAGES
from survey.lists import asked_file, file_of, wanted
from survey.security import signed_in
from survey.services.auditing import audit
from survey.services.citizens import service_points as service
from survey.services.citizens.counter_prints import SIZES
from survey.services.citizens.service_points import Point


@blueprint.get("/service-points")
def service_points() -> Any:
    """All service points, by unit unless another order is asked for."""
    asked = wanted(("show",))
    with reading(databases().people) as people:
        if kind := asked_file():
            return file_of(service.point_sheet(people, asked, _address, _), _("service-points"), kind)
        return render_template("hr/service_points.html", found=service.listed(people, asked))


@blueprint.route("/service-points/new", methods=["GET", "POST"])
def add_service_point() -> Any:
    """Add a service point."""
    entered = ServicePointForm()
    with reading(databases().people) as people:
        entered.unit.choices = [("", _("Choose a unit"))] + [
            (unit.public_id, unit.name) for unit in service.unit_choices(people)
        ]
    if not entered.validate_on_submit():
        return _form_page(entered)
    with transaction(databases().people) as people:
        if service.is_code_taken(people, entered.code.data):
            entered.code.errors = [_("Another service point has this code. Choose a different one.")]
            return _form_page(entered)
        point = service.add_point(people, entered.unit.data, entered.code.data, entered.name.data)
        service.set_service(people, point, entered.service.data or "")
        audit.record(people, signed_in().account_id, "service_point.add", point, code=entered.code.data)
    return redirect(url_for("hr.service_points"))


def _form_page(entered: ServicePointForm) -> Any:
    return render_template("hr/service_point_new.html", entered=entered), 422 if entered.errors else 200


@blueprint.route("/service-points/<public_id>", methods=["GET", "POST"])
def service_point(public_id: str) -> Any:
    """One service point: its name and kind of service, pause it, print its poster."""
    point = _point(public_id)
    kind = "" if point.service == point.name else point.service
    entered = NamesForm(data={"name": point.name, "service": kind})
    if entered.validate_on_submit():
        with transaction(databases().people) as people:
            service.rename_point(people, public_id, entered.name.data)
            service.set_service(people, public_id, entered.service.data or "")
            told = {"name": entered.name.data, "service": entered.service.data or ""}
            audit.record(people, signed_in().account_id, "service_point.rename", public_id, **told)
        return redirect(url_for("hr.service_points"))
    page = render_template(
        "hr/service_point.html",
        entered=entered,
        point=point,
        address=_address(public_id),
        sizes=SIZES,
        printed_in=LANGUAGES,
    )
    return page, 422 if entered.errors else 200


@blueprint.post("/service-points/<public_id>/pause")
def pause_service_point(public_id: str) -> Any:
    """Take no more answers here."""
    return _set_active(public_id, is_active=False)


@blueprint.post("/service-points/<public_id>/resume")
def resume_service_point(public_id: str) -> Any:
    """Take answers here again."""
    return _set_active(public_id, is_active=True)


@blueprint.get("/service-points/<public_id>/poster")
def service_point_poster(public_id: str) -> Any:
    """The page to print and hang up."""
    return render_template(
        "hr/service_point_poster.html", point=_point(public_id), address=_address(public_id)
    )


@blueprint.get("/service-points/<public_id>/qr.svg")
def service_point_code(public_id: str) -> Response:
    """The address as a QR code."""
    _point(public_id)
    drawing = qr.picture_of(_address(public_id), level="q", border=4, scale=8)
    return Response(drawing, mimetype="image/svg+xml")


def _point(public_id: str) -> Point:
    with reading(databases().people) as people:
        return service.find_point(people, public_id)


def _address(public_id: str) -> str:
    """The full public address that citizens open; always in the default language."""
    return counter_prints.address_of("citizen.start", public_id, DEFAULT_LANGUAGE)


def _set_active(public_id: str, *, is_active: bool) -> Any:
    action = "service_point.resume" if is_active else "service_point.pause"
    with transaction(databases().people) as people:
        service.set_active(people, public_id, is_active)
        audit.record(people, signed_in().account_id, action, public_id)
    return redirect(url_for("hr.service_point", public_id=public_id))
