"""The door of the second office: what HR asks for, it decides."""

from survey.approval.views import blueprint

__all__ = ["blueprint"]
