"""The blueprint of the offices' pages, and how far the signed-in account reaches."""

from flask import Blueprint

from survey.db import reading
from survey.extensions import databases
from survey.i18n import language
from survey.security import signed_in
from survey.services.accounts.access import HR_ROLES, UNIT_HEAD
from survey.services.citizens import citizen_answers, offices
from survey.services.citizens.offices import Office

blueprint = Blueprint("offices", __name__)


def office(public_id: str) -> Office:
    """A unit within reach; any other is not found."""
    with reading(databases().people) as people:
        return offices.find_office(people, signed_in().reach(*HR_ROLES, UNIT_HEAD), public_id)


def element_choices() -> list[tuple[str, str]]:
    """The nine elements by code, with their names."""
    return [
        (item.code, item.title.in_language(language()) if item.title else item.code)
        for item in citizen_answers.questionnaire().items
    ]
