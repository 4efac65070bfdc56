"""Units and employees."""

from flask import render_template

from survey.hr.door import blueprint


@blueprint.get("/people")
def people() -> str:
    """Units and employees."""
    return render_template("hr/home.html")
