"""Imports that were applied: look at them, undo one."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from survey.db import reading, transaction
from survey.extensions import databases
from survey.hr.door import blueprint
from survey.lists import wanted
from survey.security import signed_in
from survey.services.organisation import import_history


@blueprint.get("/people/imports")
def imports() -> str:
    """All imports, the newest first."""
    with reading(databases().people) as session:
        return render_template("hr/imports.html", found=import_history.listed(session, wanted()))


@blueprint.get("/people/imports/<public_id>")
def past_import(public_id: str) -> str:
    """One import: what it brought, and whether it can be undone."""
    with reading(databases().people) as session:
        done = import_history.find_import(session, public_id)
        found = [] if done.is_undone else import_history.obstacles(session, done)
        return render_template("hr/import.html", done=done, obstacles=found)


@blueprint.post("/people/imports/<public_id>/undo")
def undo_import(public_id: str) -> Any:
    """Take a whole import back."""
    with transaction(databases().people) as session:
        done = import_history.find_import(session, public_id)
        found = import_history.undo(session, done, signed_in().account_id)
    if found:
        return render_template("hr/import.html", done=done, obstacles=found), 409
    flash(_("The import is undone: everything is as it was before it."), "good")
    return redirect(url_for("hr.imports"))
