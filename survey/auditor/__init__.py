"""The door of a second office, outside HR: what it decides, and what everybody did."""

from survey.auditor.views import blueprint

__all__ = ["blueprint"]
