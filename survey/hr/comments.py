"""Comments before release: read them all together, black out what gives somebody away."""

from contextlib import suppress
from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _

from survey.db import StillInUse, reading, transaction, vacuum
from survey.exceptions import NotFound
from survey.extensions import databases, settings
from survey.hr.door import blueprint
from survey.lists import wanted
from survey.models.cycles import Cycle
from survey.security import signed_in
from survey.services.auditing import audit
from survey.services.cycles import cycles
from survey.services.gate import comments

LONGEST_PASSAGE = 4_000


@blueprint.get("/cycles/<public_id>/comments")
def list_comments(public_id: str) -> str:
    """All texts of the cycle, about nobody in particular."""
    found = _cycle(public_id)
    with reading(databases().answers) as answers:
        page = comments.page(answers, found, settings().secret_key, wanted(("show",)))
    return render_template("hr/comments.html", cycle=found, found=page)


@blueprint.route("/cycles/<public_id>/comments/<address>", methods=["GET", "POST"])
def black_out(public_id: str, address: str) -> Any:
    """One text: choose what is removed from it for good."""
    found = _cycle(public_id)
    passage = request.form.get("passage", "").replace("\r\n", "\n")[:LONGEST_PASSAGE]
    error = ""
    if request.method == "POST":
        if passage.strip() or request.form.get("all"):
            try:
                return _remove(found, address, "" if request.form.get("all") else passage)
            except NotFound:
                error = _("These words do not stand in the text like that. Copy them from it.")
        else:
            error = _("Write the words to be removed, as they stand in the text.")
    with reading(databases().answers) as answers:
        text = comments.find(answers, found, settings().secret_key, address)
    page = render_template("hr/comment.html", cycle=found, text=text, passage=passage, error=error)
    return page, 422 if error else 200


def _remove(found: Cycle, address: str, passage: str) -> Any:
    with transaction(databases().answers) as answers:
        comments.black_out(answers, found, settings().secret_key, address, passage)
    with suppress(StillInUse):  # somebody reads: what was removed goes with the next rewriting
        vacuum(databases().answers)
    with transaction(databases().people) as people:
        audit.record(people, signed_in().account_id, "comment.black-out", found.public_id)
    return redirect(url_for("hr.list_comments", public_id=found.public_id))


def _cycle(public_id: str) -> Cycle:
    with reading(databases().people) as people:
        return cycles.find_cycle(people, public_id)
