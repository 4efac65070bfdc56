"""The public door."""

from survey.public.views import blueprint

__all__ = ["blueprint"]
