"""Destroy what was sent in a cycle that was cancelled. May be run again after any failure."""

from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.exceptions import StepNotAllowed
from survey.jobs.close_cycle import destroy_ballots
from survey.jobs.port import Report
from survey.services.auditing import public_log
from survey.services.cycles import cycles
from survey.services.papers import stamping

KIND = "cancel-cycle"


def run(settings: Settings, databases: Databases, public_id: str, report: Report) -> None:
    """Destroy keys, sealed answers and lists, then tell it."""
    with reading(databases.people) as people:
        cycle = cycles.find_cycle(people, public_id)
        if cycle.state != "cancelled":
            raise StepNotAllowed(cycle.state, "destroy")
        box = cycles.box_name(cycle)
    with transaction(databases.spool) as spool:
        stamping.destroy_keys(spool, box)
    destroy_ballots(settings, databases, public_id, box)
    with transaction(databases.people) as people:
        public_log.tell(people, cycles.find_cycle(people, public_id), "keys-destroyed")
    report("destroy", 1, 1)
