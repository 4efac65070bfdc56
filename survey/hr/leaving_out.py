"""Leave out the items that the rule of a counted cycle names, and take that back."""

from typing import Any

from flask import redirect, url_for

from forms.reviews import LeaveOutForm, ReviewForm
from survey.db import reading, transaction
from survey.extensions import databases
from survey.hr.door import blueprint
from survey.hr.quality import report
from survey.security import signed_in
from survey.services.auditing import audit
from survey.services.cycles import cycles
from survey.services.results import item_review


@blueprint.post("/cycles/<public_id>/quality/items")
def leave_out_items(public_id: str) -> Any:
    """Leave the named items out of every figure, with a reason."""
    entered = LeaveOutForm()
    if not entered.validate_on_submit():
        return report(public_id, ReviewForm(formdata=None), entered), 422
    with reading(databases().answers) as answers, transaction(databases().people) as people:
        cycle = cycles.find_cycle(people, public_id)
        item_review.leave_out(people, answers, cycle, entered.why.data)
        items = " ".join(sorted(item_review.left_out(people, cycle).values()))
        account = signed_in().account_id
        audit.record(people, account, "cycle.leave-out", public_id, items=items, reason=entered.why.data)
    return redirect(url_for("hr.quality", public_id=public_id, _anchor="items-rule"))


@blueprint.post("/cycles/<public_id>/quality/items/keep")
def keep_items(public_id: str) -> Any:
    """Count all items again."""
    with reading(databases().answers) as answers, transaction(databases().people) as people:
        cycle = cycles.find_cycle(people, public_id)
        item_review.keep(people, answers, cycle)
        audit.record(people, signed_in().account_id, "cycle.keep-items", public_id)
    return redirect(url_for("hr.quality", public_id=public_id, _anchor="items-rule"))
