"""The public door: the start page, results, promise and method."""

from survey.public import health, results, views
from survey.public.door import blueprint

__all__ = ["blueprint", "health", "results", "views"]
