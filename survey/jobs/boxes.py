"""See to it that every open cycle has its box on this host, also after its spool was lost.

The keys that sign papers are lost with the spool: no further papers are handed out then. Ballots on papers
that were taken before still find their box.
"""

import logging

from protocol import manifest
from survey.db import Databases, reading, transaction
from survey.services.cycles import cycles
from survey.services.papers import ballot_box, stamping

logger = logging.getLogger(__name__)


def reopen(databases: Databases) -> None:
    """Make the missing boxes of open cycles."""
    with reading(databases.people) as people:
        keys = {
            cycles.box_name(cycle): manifest.read(cycle.manifest.encode()).box_key
            for cycle in cycles.all_cycles(people)
            if cycle.state == "open" and cycle.manifest
        }
    with transaction(databases.spool) as spool:
        for box, pass_key in keys.items():
            ballot_box.open_cycle_box(spool, box, pass_key)
            if stamping.scopes_without_key(spool, box, []):
                logger.error("the signing keys of box %s are gone: it hands out no more papers", box)
