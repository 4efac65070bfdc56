"""The public door: the start page, results, promise and method."""

from survey.public import health, receipts, results, views
from survey.public.door import blueprint

__all__ = ["blueprint", "health", "receipts", "results", "views"]
