"""The item bank: every item with its history, and into which draft it goes."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from survey.db import reading, transaction
from survey.extensions import databases
from survey.hr.door import blueprint
from survey.i18n import language
from survey.lists import wanted
from survey.services.instruments import instrument_drafts
from survey.services.instruments.instrument_drafts import Act
from survey.services.results import item_bank


@blueprint.get("/items")
def items() -> str:
    """Every item of a questionnaire about people."""
    with reading(databases().people) as people:
        return render_template("hr/items.html", found=item_bank.bank(people, wanted(), language()))


@blueprint.get("/items/<code>/<item>")
def item(code: str, item: str) -> str:
    """One item: its words, what released cycles showed, and the drafts it can go into."""
    with reading(databases().people) as people:
        instrument, shown, wordings = item_bank.find(people, code, item)
        return render_template(
            "hr/item.html",
            instrument=instrument,
            item=shown,
            wordings=wordings,
            history=item_bank.history(people, code, item),
            drafts=instrument_drafts.all_drafts(people),
        )


@blueprint.post("/items/<code>/<item>/into/<draft>")
def put_item(code: str, item: str, draft: str) -> Any:
    """Put an item into a draft, as a step that can be undone."""
    with transaction(databases().people) as people:
        instrument, shown, _wordings = item_bank.find(people, code, item)
        into = instrument_drafts.find(people, draft)
        changed = item_bank.put_into(into.data, instrument, shown)
        name = changed["items"][-1]["code"]
        instrument_drafts.change(people, draft, into.position, changed, Act("add", "items", name))
    flash(_("The item stands in the draft."), "good")
    return redirect(url_for("hr.draft", public_id=draft, _anchor="items"))
