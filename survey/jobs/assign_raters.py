"""Make the list of raters that was asked for. May be run again after any failure: it is stored all at once.

Who may rate whom is worked out without holding anybody up; what was asked for may be taken away meanwhile.
"""

from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.jobs.port import Report
from survey.services.cycles import cycles
from survey.services.raters import list_making

KIND = "assign-raters"
PARTS = 3


def run(_settings: Settings, databases: Databases, public_id: str, report: Report) -> None:
    """Work out the list and store it, and again where another one was asked for meanwhile."""
    is_stored = False
    while not is_stored:
        report("draw", 1, PARTS)
        with reading(databases.people) as people:
            cycle = cycles.find_cycle(people, public_id)
            request = list_making.pending(people, cycle)
            if request is None:
                break
            proposal = list_making.propose(people, cycle, request)
        report("store", 2, PARTS)
        with transaction(databases.people) as people:
            is_stored = list_making.keep(people, cycles.find_cycle(people, public_id), request, proposal)
    report("done", PARTS, PARTS)
