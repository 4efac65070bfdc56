"""What the gate costs: a city of 3,000 and one of 20,000 subjects, four rater groups, seven scales.

People and papers come through the services, answers are drawn, one of twenty is skipped. Timed are the look
at the blocks while they are made, the writing of the ledger with the look at it (before HR sees anything),
and the same once more at the release.
"""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import reduce
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import numpy as np
from sqlalchemy import insert, select

from analysis.disclosure import partition
from analysis.statistics import Missing, accumulate, count_complete, merge, without_small_pools
from instruments import catalogue
from instruments.rater_groups import PRESET_WEIGHTS
from survey.config import load_settings
from survey.db import Databases, connect_all, reading, transaction
from survey.migrate import upgrade_all
from survey.models.cycles import Cycle
from survey.models.people import Employee, Unit
from survey.models.releases import Release
from survey.services.cycles import cycles
from survey.services.raters import assignments
from survey.services.results import appraising, release_gate, reviewing, vault_store
from survey.services.results.block_check import require_safe_blocks
from survey.services.results.cycle_frame import CycleFrame, GroupFrame, read_frame
from survey.services.results.tally import Tally

TEAM = 12  # a head and those whom she leads
ANSWERED, SKIPPED = 0.8, 0.05
SIZES = (3_000, 20_000)


@dataclass
class Clock:
    """Processor seconds of each step: other work on the machine slows them less than the clock."""

    steps: dict[str, float]

    @contextmanager
    def time(self, step: str) -> Iterator[None]:
        """Add what happens inside to a step."""
        start = time.process_time()
        yield
        self.steps[step] = self.steps.get(step, 0.0) + time.process_time() - start


def organise(databases: Databases, size: int) -> None:
    """Teams of twelve under heads, ten teams to an office, all under one roof."""
    with transaction(databases.people) as people:
        offices = max(1, size // (10 * TEAM))
        people.execute(insert(Unit), [{"code": f"U{n:04d}", "name": f"Unit {n}"} for n in range(offices)])
        units = list(people.scalars(select(Unit.id).order_by(Unit.id)))
        rows = [
            {
                "number": f"{n:018d}",
                "kind": "PNS",
                "name": f"Pegawai {n}",
                "job_title": "Analis",
                "unit_id": units[n // (10 * TEAM) % offices],
                "supervisor_id": None,
            }
            for n in range(size)
        ]
        people.execute(insert(Employee), rows)
        ids = list(people.scalars(select(Employee.id).order_by(Employee.id)))
        people.bulk_update_mappings(
            Employee.__mapper__,
            [
                {"id": employee, "supervisor_id": ids[n - n % TEAM]}
                for n, employee in enumerate(ids)
                if n % TEAM
            ],
        )


def open_cycle(databases: Databases) -> tuple[Cycle, CycleFrame]:
    """A cycle of everybody with the short questionnaire, its papers given out."""
    instrument = catalogue.get("berakhlak_short")
    groups = tuple(
        cycles.GroupPlan(group, instrument.code, instrument.content_hash(), weight)
        for group, weight in PRESET_WEIGHTS.items()
    )
    plan = cycles.CyclePlan(
        "Bench", "development", date(2020, 1, 1), date(2090, 1, 1), groups, mode="server_key"
    )
    with transaction(databases.people) as people:
        cycle = cycles.create_cycle(people, plan)
        assignments.assign_raters(people, cycle, random=Random(7))  # noqa: S311 - invented answers
        for step in ("freeze", "open", "close"):
            cycles.advance(people, cycle, step)
        return cycle, read_frame(people, cycle)


def answers_of(
    frame: CycleFrame, group: GroupFrame, g: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """What the raters of one group say."""
    mine = (frame.asked.group == g) & (rng.random(len(frame.asked.group)) < ANSWERED)
    subject = frame.asked.subject[mine]
    level = 3.6 + 0.5 * np.sin(subject)[:, np.newaxis] + rng.normal(0, 0.8, (len(subject), len(group.items)))
    said = np.clip(np.rint(level), 1, 5).astype(np.int8)
    said[rng.random(said.shape) < SKIPPED] = int(Missing.NEVER_SEEN)
    return said, subject


def count(databases: Databases, frame: CycleFrame, clock: Clock) -> None:
    """Make the vault as counting does, without ballots."""
    rng = np.random.default_rng(5)
    tables = [answers_of(frame, group, g, rng) for g, group in enumerate(frame.groups)]
    counts = np.stack(
        [
            count_complete(*table, group.layout, len(frame.subject_ids))
            for table, group in zip(tables, frame.groups, strict=True)
        ],
        axis=1,
    )
    with clock.time("partition"):
        publication = partition(
            counts,
            kinds=[group.kind for group in frame.groups],
            units=frame.units,
            parents=frame.parents,
            asked=frame.asked,
            k=frame.minimum,
        )
    with clock.time("look at the blocks"):
        require_safe_blocks(frame, counts, publication)
    parts = [
        accumulate(*table, layout=group.layout, group=group.rater_group, blocks=publication.block[:, g])
        for g, (table, group) in enumerate(zip(tables, frame.groups, strict=True))
    ]
    vault = without_small_pools(reduce(merge, parts), minimum_ballots=frame.minimum)
    with transaction(databases.answers) as answers:
        vault_store.replace_vault(answers, frame, Tally(vault, (), (), int(counts.max(axis=2).sum())), 0)


def release(databases: Databases, cycle: Cycle, frame: CycleFrame, clock: Clock) -> int:
    """Appraise, enter, release; returns the length of the ledger."""
    with reading(databases.answers) as answers:
        vault = vault_store.read_vault(answers, frame)
    with transaction(databases.people) as people:
        found = cycles.find_cycle(people, cycle.public_id)
        with clock.time("appraise"):
            appraising.appraise(people, found, frame, vault)
        with clock.time("ledger and look, at counting"):
            release_gate.enter(people, found, frame, vault)
        cycles.advance(people, found, "tally")
        reviewing.accept(people, found, "a benchmark")
    with reading(databases.answers) as answers, transaction(databases.people) as people:
        with clock.time("ledger and look, at release"):
            release_gate.release(people, answers, cycles.find_cycle(people, cycle.public_id))
        return len(people.get_one(Release, cycle.id).told)


def main() -> int:
    """Measure."""
    for size in map(int, sys.argv[1:] or SIZES):
        clock = Clock({})
        with TemporaryDirectory() as directory:
            data = {"CERMIN_DATA_DIRECTORY": str(Path(directory)), "CERMIN_ENVIRONMENT": "test"}
            databases = connect_all(load_settings(data))
            upgrade_all(databases)
            organise(databases, size)
            cycle, frame = open_cycle(databases)
            count(databases, frame, clock)
            length = release(databases, cycle, frame, clock)
            databases.dispose()
        print(
            f"\n{size:,} subjects, {len(frame.asked.rater):,} papers; the ledger has {length:,} characters\n"
        )
        for step, seconds in clock.steps.items():
            print(f"{step:<34} {seconds:>8.2f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
