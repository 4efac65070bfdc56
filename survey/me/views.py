"""Pages of the me door."""

from flask import Blueprint, render_template

blueprint = Blueprint("me", __name__)


@blueprint.get("/")
def home() -> str:
    """The first page."""
    return render_template("me/home.html")
