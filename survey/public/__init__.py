"""The public door: the start page, results, promise, method, and what everybody may know of a cycle."""

from survey.public import city, cycles, explained, genuine, health, notices, receipts, results, views
from survey.public.door import blueprint

__all__ = [
    "blueprint",
    "city",
    "cycles",
    "explained",
    "genuine",
    "health",
    "notices",
    "receipts",
    "results",
    "views",
]
