"""The door of auditors: what everybody did, to be read and checked."""

from survey.auditor.views import blueprint

__all__ = ["blueprint"]
