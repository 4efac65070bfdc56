"""The blueprint that raters' pages hang on, and how often a stranger may try a code."""

from flask import Blueprint, Response

blueprint = Blueprint("respond", __name__)
# Codes have 80 random bits. The limit keeps guessing from costing us much, and counts unknown codes only:
# a whole city hall may stand behind one address.
UNKNOWN_CODES = "60 per minute; 1000 per hour"


def is_unknown_code(response: Response) -> bool:
    """Whether this answer counts toward the limit."""
    return response.status_code == 404
