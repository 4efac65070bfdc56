"""See to it that every open cycle has its box on this host, also after its spool was lost."""

import logging

from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.exceptions import BoxClosed
from survey.services import ballot_box, cycles

logger = logging.getLogger(__name__)


def reopen(settings: Settings, databases: Databases) -> None:
    """Make the missing boxes of open cycles; a key that is still there is kept."""
    with reading(databases.people) as people:
        names = [cycles.box_name(cycle) for cycle in cycles.all_cycles(people) if cycle.state == "open"]
    with transaction(databases.spool) as spool:
        for name in names:
            try:
                ballot_box.open_box(spool, settings.key_directory, name)
            except BoxClosed:
                ballot_box.close_box(spool, name)
                logger.error("the key of box %s is gone: it takes no more ballots", name)
