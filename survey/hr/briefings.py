"""Explaining first: what staff can be shown, and which units were briefed."""

from typing import Any

from survey.briefing_pages import Door, show_or_record, take_back
from survey.hr.door import blueprint, reach


@blueprint.route("/cycles/<public_id>/briefings", methods=["GET", "POST"])
def list_briefings(public_id: str) -> Any:
    """Units that were briefed and units that were not."""
    return show_or_record(public_id, _door())


@blueprint.post("/cycles/<public_id>/briefings/<briefing>/remove")
def remove_briefing(public_id: str, briefing: str) -> Any:
    """Take a meeting back that was written down by mistake."""
    return take_back(public_id, briefing, _door())


def _door() -> Door:
    return Door(reach(), "hr.list_briefings", "hr.remove_briefing", "hr.cycle")
