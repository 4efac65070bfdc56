"""The blueprint that raters' pages hang on, and how often a stranger may try a code."""

from typing import Any

from flask import Blueprint, Response

from survey.extensions import settings
from survey.security import passes_third_party

blueprint = Blueprint("respond", __name__)
# Codes have 80 random bits. The limit keeps guessing from costing us much, and counts unknown codes only:
# a whole city hall may stand behind one address.
UNKNOWN_CODES = "60 per minute; 1000 per hour"


def is_unknown_code(response: Response) -> bool:
    """Whether this answer counts toward the limit."""
    return response.status_code == 404


@blueprint.context_processor
def _words() -> dict[str, Any]:
    """What weakens the promise for this request; shown and not kept."""
    return {"passes_third_party": passes_third_party(settings().trusted_proxies)}
