"""Open the service points and send what simulated citizens say, as their form does."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.config import Settings
from survey.db import Databases, transaction
from survey.demo.casting import Progress
from survey.demo.visits import Visits, read_points
from survey.jobs import merge_citizens
from survey.models.people import Unit
from survey.services.citizens import citizen_answers, service_points
from survey.services.papers import ballot_box


def add_points(people: Session, offices: set[str]) -> dict[str, str]:
    """Add the service points of the given offices; returns the address of each by its code."""
    units = {row.code: row.public_id for row in people.execute(select(Unit.code, Unit.public_id))}
    return {
        point.code: service_points.add_point(people, units[point.office], point.code, point.name)
        for point in read_points().points
        if point.office in offices
    }


def cast_visits(
    settings: Settings,
    databases: Databases,
    addresses: dict[str, str],
    visits: Sequence[Visits],
    progress: Progress,
) -> int:
    """Cast all citizens' ballots and merge them; returns how many were cast."""
    questionnaire = citizen_answers.questionnaire()
    cast = 0
    for done, each in enumerate(visits, start=1):
        box = citizen_answers.box_name(addresses[each.point.code], each.period)
        with transaction(databases.spool) as spool:
            for sheet in each.sheets:
                ballot = citizen_answers.make_ballot(questionnaire, sheet)
                citizen_answers.cast(spool, settings.key_directory, box, ballot_box.new_nonce(), ballot)
        cast += len(each.sheets)
        progress(done, len(visits))
    merge_citizens.run(settings, databases)
    return cast
