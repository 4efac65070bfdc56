"""The blueprint that HR's pages hang on, and which of them are for operators too."""

from collections.abc import Mapping

from flask import Blueprint

from survey.security import Requires, signed_in
from survey.services.accounts.access import HR_ADMIN, HR_OPERATOR, HR_ROLES, Reach

blueprint = Blueprint("hr", __name__)

# An admin may open every page of this door. What is not listed here is the admin's alone: whatever decides
# over a cycle, its weights and results, or over who may do what.
# For operators; the services narrow what is shown to the units that the operator's grant names.
FOR_OPERATORS = frozenset(
    {
        "home",
        "cycle",
        "people",
        "unit",
        "employee",
        "employees",
        "employees_file",
        "desk",
        "desk_unit",
        "print_activation",
        "invite",
        "slips",
        "confirm_slips",
        "print_slips",
        "replacements",
        "results",
        "download",
        "download_groups",
        "instruments",
        "instrument",
        "instrument_changes",
        "instrument_file",
        "items",
        "item",
        "list_briefings",
        "remove_briefing",
    }
)
# For operators whose grant names no unit: pages over the whole city that cannot be narrowed.
FOR_CITY_OPERATORS = frozenset(
    {
        "assign",
        "show_feasibility",
        "choose_files",
        "look_at_files",
        "difference_file",
        "apply_files",
        "cancel_import",
        "template",
        "imports",
        "past_import",
        "undo_import",
        "transfer",
        "give_post",
        "end_post",
        "leave",
        "change_unit",
        "teams",
        "team",
        "leave_team",
        "add_circle",
        "remove_circle",
        "quality",
        "quality_plot",
        "list_comments",
        "black_out",
        "drawn",
        "drawn_scopes",
        "confirm_drawn",
        "print_drawn",
        "minutes",
        "new_instrument",
        "bring_instrument",
        "put_item",
        "copy_instrument",
        "draft",
        "draft_general",
        "draft_part",
        "draft_arrange",
        "draft_step",
        "draft_preview",
        "discard_draft",
        "service_points",
        "add_service_point",
        "service_point",
        "pause_service_point",
        "resume_service_point",
        "service_point_poster",
        "service_point_code",
        "poster_file",
        "paper_form_file",
        "channels",
        "officers",
        "print_roll",
        "void_roll",
        "add_kiosk",
        "retire_kiosk",
    }
)


def _may_open(reaches: Mapping[str, Reach], page: str) -> bool:
    if HR_ADMIN in reaches:
        return True
    operator = reaches.get(HR_OPERATOR)
    if operator is None:
        return False
    return page in FOR_OPERATORS or (page in FOR_CITY_OPERATORS and operator.is_city)


guard = Requires(*HR_ROLES, may_open=_may_open)


def reach() -> Reach:
    """How far the signed-in account sees through this door."""
    return signed_in().reach(*HR_ROLES)
