"""Questionnaires."""

from flask import render_template

from survey.hr.door import blueprint


@blueprint.get("/instruments")
def instruments() -> str:
    """Questionnaires."""
    return render_template("hr/home.html")
