"""Whether a message about a cycle is genuine: by the code that stands on slips, letters and in messages."""

from typing import Any

from flask import render_template, request

from survey.db import reading
from survey.extensions import databases, settings
from survey.public.door import blueprint
from survey.services.papers import manifests

LONGEST_CODE = 100


@blueprint.get("/genuine")
def genuine() -> Any:
    """What belongs to a code: the cycle, its days, who sends, and what nobody ever asks for."""
    typed = request.args.get("code", "")[:LONGEST_CODE].strip()
    with reading(databases().people) as people:
        found = manifests.by_code(people, typed) if typed else None
    return render_template(
        "public/genuine.html", typed=typed, cycle=found, address=settings().base_url, today=settings().today()
    )
