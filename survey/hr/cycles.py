"""Cycles."""

from flask import render_template

from survey.hr.door import blueprint


@blueprint.get("/")
def home() -> str:
    """All cycles."""
    return render_template("hr/home.html")
