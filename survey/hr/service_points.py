"""Service points."""

from flask import render_template

from survey.hr.door import blueprint


@blueprint.get("/service-points")
def service_points() -> str:
    """Service points."""
    return render_template("hr/home.html")
