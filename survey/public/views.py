"""Pages of the public door."""

from flask import Blueprint, render_template

blueprint = Blueprint("public", __name__)


@blueprint.get("/")
def home() -> str:
    """The first page."""
    return render_template("public/home.html")


@blueprint.get("/promise")
def promise() -> str:
    """What we promise about anonymity, and what we cannot."""
    return render_template("public/promise.html")
