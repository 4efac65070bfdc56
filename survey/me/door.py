"""The blueprint that the employee's pages hang on."""

from flask import Blueprint

from survey.exceptions import NotAllowed
from survey.security import signed_in

blueprint = Blueprint("me", __name__)


def own_employee() -> int:
    """The employee behind the account; an account without one has no pages here."""
    employee = signed_in().employee_id
    if employee is None:
        raise NotAllowed("employee")
    return employee
