"""Explaining first: heads of units write down that their people were told about a cycle."""

from typing import Any

from survey.briefing_pages import Door, show_or_record, take_back
from survey.security import signed_in
from survey.services.accounts.access import UNIT_HEAD
from survey.team.views import blueprint


@blueprint.route("/cycles/<public_id>/briefings", methods=["GET", "POST"])
def list_briefings(public_id: str) -> Any:
    """Meetings of the own unit and those below it."""
    return show_or_record(public_id, _door())


@blueprint.post("/cycles/<public_id>/briefings/<briefing>/remove")
def remove_briefing(public_id: str, briefing: str) -> Any:
    """Take a meeting back that was written down by mistake."""
    return take_back(public_id, briefing, _door())


def _door() -> Door:
    return Door(signed_in().reach(UNIT_HEAD), "team.list_briefings", "team.remove_briefing", "team.home")
