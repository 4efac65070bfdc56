"""Close a cycle of some 50,000 ballots for real: sealed twice, stamped, merged, opened, counted, destroyed.

Run with the service's own environment: `.venv/bin/python -m benchmarks.speed_closing`.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from itertools import cycle as around
from pathlib import Path

from sqlalchemy import insert, select

from instruments import catalogue
from protocol import blind_rsa, tokens
from survey.config import Settings, load_settings
from survey.db import Databases, connect_all, reading, transaction
from survey.jobs import close_cycle, open_cycle
from survey.migrate import upgrade_all
from survey.models.assignments import Assignment
from survey.models.cycles import Cycle, Subject
from survey.models.protocol import SigningKey
from survey.models.vault import Receipt
from survey.services.papers import rating, stamping
from survey.services.secrets import sealing
from tests import factories

TEAMS, SIZE = 290, 15
BATCH = 2_000


def city(databases: Databases, settings: Settings) -> Cycle:
    """Teams of a head and fifteen members, and an open cycle over all of them, with a few keys."""
    keys = around([blind_rsa.generate() for _ in range(4)])

    def few_keys(databases: Databases, box: str, scopes: list[str], _report: object) -> None:
        with transaction(databases.spool) as spool:
            missing = stamping.scopes_without_key(spool, box, scopes)
            rows = [{"box": box, "scope": scope, "private_key": next(keys)} for scope in missing]
            spool.execute(insert(SigningKey), rows)

    open_cycle.make_keys = few_keys
    with transaction(databases.people) as people:
        for team in range(TEAMS):
            unit = factories.make_unit(people, f"U{team:03}", f"Unit {team}")
            factories.make_team(people, unit, SIZE, 1 + team * (SIZE + 1))
    return factories.open_cycle(databases, settings)


def vote(databases: Databases, cycle: Cycle) -> int:
    """Everybody answers everything; devices' work is done here, so it is not timed."""
    with reading(databases.people) as people:
        box = rating.box_of(people, cycle)
        papers = people.execute(
            select(Subject.key, Assignment.rater_group, Subject.leads)
            .join(
                Assignment,
                (Assignment.cycle_id == Subject.cycle_id) & (Assignment.subject_id == Subject.employee_id),
            )
            .where(Subject.cycle_id == cycle.id)
        ).all()
        instruments = {group.rater_group: group.instrument_hash for group in cycle.groups}
    for start in range(0, len(papers), BATCH):
        with transaction(databases.spool) as spool:
            for place, (subject, group, leads) in enumerate(papers[start : start + BATCH]):
                instrument = catalogue.by_hash(instruments[group])
                items = instrument.items_for(group, leader=leads)
                said = rating.Said(
                    instruments[group], {item.code: 2 + (place + at) % 4 for at, item in enumerate(items)}
                )
                rating.cast(spool, box, sealing.new_nonce(), tokens.scope_name(subject, group), said)
        print(f"\rsealed {min(start + BATCH, len(papers)):,} of {len(papers):,}", end="", file=sys.stderr)
    return len(papers)


def main() -> int:
    """Measure."""
    with tempfile.TemporaryDirectory() as directory:
        settings = load_settings({"CERMIN_DATA_DIRECTORY": directory, "CERMIN_ENVIRONMENT": "test"})
        databases = connect_all(settings)
        upgrade_all(databases)
        Settings.today = lambda _settings: factories.TODAY  # type: ignore[method-assign]
        cycle = city(databases, settings)
        ballots = vote(databases, cycle)
        began, steps, last = time.perf_counter(), [], ""

        def report(step: str, done: int, total: int) -> None:
            nonlocal last
            if step != last:
                steps.append((step, time.perf_counter() - began))
                last = step

        close_cycle.run(settings, databases, cycle.public_id, report)
        seconds = time.perf_counter() - began
        with reading(databases.answers) as answers:
            counted = len(answers.scalars(select(Receipt.code).where(Receipt.cycle == cycle.public_id)).all())
        size = sum(path.stat().st_size for path in Path(directory).rglob("*") if path.is_file())
        databases.dispose()
    print(f"\n{ballots:,} ballots closed in {seconds:,.1f} s, {1000 * seconds / ballots:.2f} ms each")
    print(f"{counted:,} counted")
    for step, at in steps:
        print(f"  {step:<10} from {at:8.1f} s")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory {peak:,.0f} MiB; {size / 2**20:,.0f} MiB left on disk")
    return int(counted != ballots)


if __name__ == "__main__":
    sys.exit(main())
