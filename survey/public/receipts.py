"""Published receipts: anybody may look whether a receipt was counted."""

from typing import Any

from flask import render_template, request

from survey.db import reading
from survey.exceptions import NotFound
from survey.extensions import databases
from survey.public.door import blueprint
from survey.services.papers import receipts


@blueprint.get("/receipts")
def receipt_lists() -> Any:
    """The cycles whose ballots were counted."""
    with reading(databases().people) as people:
        cycles = receipts.counted_cycles(people)
    return render_template("public/receipts.html", cycles=cycles)


@blueprint.get("/receipts/<cycle>")
def receipt_list(cycle: str) -> Any:
    """The receipts of one cycle that begin with two given signs."""
    with reading(databases().people) as people:
        known = {each.public_id: each for each in receipts.counted_cycles(people)}
    if cycle not in known:
        raise NotFound(cycle)
    with reading(databases().answers) as answers:
        page = receipts.receipt_page(answers, cycle, request.args.get("begins", "")[:40])
    return render_template("public/receipt_list.html", cycle=known[cycle], found=page)
