"""The door of those who lead: heads of units and supervisors see their own people."""

from survey.team import briefings, nominations
from survey.team.views import blueprint

__all__ = ["blueprint", "briefings", "nominations"]
