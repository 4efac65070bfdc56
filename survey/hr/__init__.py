"""The door of HR: people, cycles, service points, questionnaires."""

from survey.hr import cycles, instruments, people, people_import, service_points
from survey.hr.door import blueprint

__all__ = ["blueprint", "cycles", "instruments", "people", "people_import", "service_points"]
