"""The door of offices: what they do about what citizens say. HR sees all units, a unit's head her own."""

from survey.offices import entry, indicators, official, paper, plans, reports, suggestions, weights
from survey.offices.door import blueprint

__all__ = [
    "blueprint",
    "entry",
    "indicators",
    "official",
    "paper",
    "plans",
    "reports",
    "suggestions",
    "weights",
]
