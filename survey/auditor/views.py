"""The auditor's pages: the audit trail and its check. Nothing is decided or changed through this door."""

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask_babel import format_datetime
from flask_babel import gettext as _

from survey.auditor.words import act_words
from survey.db import reading
from survey.extensions import databases, settings
from survey.lists import asked_file, file_of, wanted
from survey.services.auditing import trail
from survey.services.auditing.trail import Act
from survey.services.documents.export_files import Cell, Sheet

blueprint = Blueprint("auditor", __name__)
blueprint.app_template_filter("act_words")(act_words)
TIME = "d MMM y HH:mm:ss"


@blueprint.get("/")
def home() -> Any:
    """The trail is where an auditor begins."""
    return redirect(url_for("auditor.acts"))


@blueprint.get("/trail")
def acts() -> Any:
    """Every act of staff and server, the newest first."""
    asked = wanted()
    with reading(databases().people) as people:
        if kind := asked_file():
            return file_of(_sheet(trail.all_acts(people, asked)), _("audit-trail"), kind)
        found = trail.page(people, asked)
    return render_template("auditor/trail.html", found=found, when=_when, time_zone=settings().time_zone)


def _when(act: Act) -> str:
    return str(format_datetime(act.at, TIME))


def _sheet(found: list[Act]) -> Sheet:
    header = [_("No."), _("When"), _("Account"), _("Act"), _("About"), _("Details")]
    rows: Iterator[list[Cell]] = (
        [act.number, _when(act), act.account or _("the server"), act.action, act.about, _told(act)]
        for act in found
    )
    return Sheet(_("Audit trail"), header, rows, numbers=frozenset())


def _told(act: Act) -> str:
    return "; ".join(f"{name}: {value}" for name, value in sorted(act.detail.items()))


@blueprint.get("/trail/check")
def check_trail() -> str:
    """Whether any entry was changed, moved or taken out."""
    with reading(databases().people) as people:
        return render_template("auditor/check.html", chain=trail.check(people))
