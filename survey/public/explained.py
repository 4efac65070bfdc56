"""What staff are told before a cycle: a page, slides to print, and a practice sheet that goes nowhere."""

from typing import Any

from flask import render_template, url_for

from forms.answers import EMPTY
from forms.sheet import build_sheet
from survey.db import reading
from survey.extensions import databases, settings
from survey.i18n import language
from survey.public.door import blueprint
from survey.qr import drawing_of
from survey.services.results import explaining
from survey.wording import period_words


@blueprint.get("/cycles/<public_id>/explained")
def explained(public_id: str) -> str:
    """Why, what is asked, who sees what, how the score is made and what it is used for."""
    return _page("public/explained.html", public_id)


@blueprint.get("/cycles/<public_id>/explained/slides")
def slides(public_id: str) -> str:
    """The same for a meeting: one thought a sheet, A4 across, with the address of the page as a drawing."""
    address = settings().base_url.rstrip("/") + url_for("public.explained", public_id=public_id)
    return _page("public/slides.html", public_id, address=address, drawing=drawing_of(address))


@blueprint.get("/cycles/<public_id>/practice/<rater_group>")
def practice(public_id: str, rater_group: str) -> str:
    """The sheet of a rater group to try out. It stands in no form, so nothing of it can be sent."""
    with reading(databases().people) as people:
        told = explaining.explain(people, public_id)
    asked = told.group(rater_group)
    sheet = build_sheet(asked.instrument, asked.rater_group, True, EMPTY, language())
    return render_template("public/practice.html", told=told, asked=asked, sheet=sheet)


def _page(template: str, public_id: str, **more: Any) -> str:
    with reading(databases().people) as people:
        told = explaining.explain(people, public_id)
    return render_template(template, told=told, cycle=told.cycle, period_words=period_words, **more)
