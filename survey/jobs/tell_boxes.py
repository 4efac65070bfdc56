"""Tell everybody, once a day, how many sealed ballots lie in the box of each open cycle.

A count and nothing else. A hash over the box would date the ballots: whoever has the list of all of them
could try which ones make up the hash of a day.
"""

from datetime import date

from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.models.cycles import Cycle
from survey.services.auditing import audit, public_log
from survey.services.cycles import cycles
from survey.services.papers import ballot_box

ACTION = "box-told"


def run(settings: Settings, databases: Databases) -> int:
    """Tell the boxes that were not told today; returns how many were."""
    today = settings.today()
    with reading(databases.people) as people:
        waiting = [
            cycle
            for cycle in cycles.all_cycles(people)
            # After the common last day only units with longer answer: a count a day would be theirs alone.
            if cycle.state == "open"
            and today <= cycle.closes_on
            and not public_log.is_told(people, cycle, ACTION, _on(today))
        ]
    return sum(_tell(databases, cycle, today) for cycle in waiting)


def _tell(databases: Databases, waiting: Cycle, today: date) -> bool:
    with reading(databases.answers) as answers, reading(databases.spool) as spool:
        held = ballot_box.held(answers, spool, waiting.public_id, cycles.box_name(waiting))
    with transaction(databases.people) as people:
        audit.hold_chain(people)  # before looking, so that it cannot close in between
        cycle = cycles.find_cycle(people, waiting.public_id)
        if cycle.state != "open":  # closing moves ballots about: it tells the box itself
            return False
        return public_log.tell(people, cycle, ACTION, ballots=held.ballots, **_on(today))


def _on(day: date) -> dict[str, str | int]:
    return {"day": day.isoformat()}
