"""The me door."""

from survey.me.views import blueprint

__all__ = ["blueprint"]
