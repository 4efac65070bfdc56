"""The door of HR: people, cycles, service points, questionnaires."""

from survey.hr import (
    closing,
    comments,
    cycles,
    draft_parts,
    drafts,
    drawing,
    holders,
    instruments,
    minutes,
    people,
    people_import,
    planning,
    quality,
    replacing,
    results,
    service_points,
    slips,
)
from survey.hr.door import blueprint

__all__ = [
    "blueprint",
    "closing",
    "comments",
    "cycles",
    "draft_parts",
    "drafts",
    "drawing",
    "holders",
    "instruments",
    "minutes",
    "people",
    "people_import",
    "planning",
    "quality",
    "replacing",
    "results",
    "service_points",
    "slips",
]
