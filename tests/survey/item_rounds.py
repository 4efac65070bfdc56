"""Cycles in which one item measures nothing, counted with all items and without it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random
from typing import Any

import numpy as np

from instruments import catalogue
from protocol.ballots import Ballot, Signed
from protocol.tokens import TOKEN_BYTES, scope_name, split_scope
from survey.config import Settings
from survey.db import Databases, transaction
from survey.jobs import close_cycle
from survey.models.cycles import Cycle
from survey.services.cycles import cycles
from survey.services.papers import rating
from survey.services.results import tally, vault_store
from survey.services.results.cycle_frame import CycleFrame, read_frame
from tests.factories import make_team, make_unit, open_cycle, plan

INSTRUMENT = catalogue.get("berakhlak_360")
SCALE = "akuntabel"
NAMED, *OTHERS = [item.code for item in INSTRUMENT.items if item.scale == SCALE]
MEMBERS = 15
Marks = Callable[[Random, int, float, str], int | None]


def plan_of(**changes: Any) -> cycles.CyclePlan:
    groups = tuple(
        replace(group, instrument_code=INSTRUMENT.code, instrument_hash=INSTRUMENT.content_hash())
        for group in plan().groups
    )
    rule: dict[str, Any] = {"item_least_r": 0.2, "item_most_unable": 0.3}
    limits: dict[str, Any] = {"minimum_reliability": 0.0, "load_cap": 14}
    return replace(plan(), groups=groups, **(rule | limits | changes))


def noisy(chance: Random, _subject: int, person: float, item: str) -> int | None:
    """All items follow person and rater but one, which is chance; some cannot be judged."""
    if chance.random() < (0.08 if item == NAMED else 0.02):
        return None
    middle = 3.0 if item == NAMED else person
    return min(5, max(1, round(chance.gauss(middle, 1.1 if item == NAMED else 0.5))))


def ballots_of(frame: CycleFrame, marks: Marks = noisy) -> list[Ballot]:
    chance, found = Random(5), []
    who = {employee: rank for rank, employee in enumerate(sorted(frame.subject_ids))}
    about = [who[frame.subject_ids[place]] for place in frame.asked.subject.tolist()]
    papers = zip(
        frame.asked.rater.tolist(),
        about,
        frame.asked.subject.tolist(),
        frame.asked.group.tolist(),
        strict=True,
    )
    for rater, rank, subject, g in sorted(papers):  # nothing rests on the random names of subjects
        group = frame.groups[g]
        person = 3.2 + (rank % 5 - 2) * 0.35 + chance.gauss(0, 0.5)
        given = {item: marks(chance, rank, person, item) for item in group.items}
        said = rating.Said(
            group.layout.instrument,
            {item: step for item, step in given.items() if step is not None},
            {item: "not_seen" for item, step in given.items() if step is None},
        )
        token = Random(f"{rater} {subject} {g}").randbytes(TOKEN_BYTES)
        scope = scope_name(frame.subject_keys[subject], group.rater_group)
        found.append(said.ballot(frame.cycle, scope, Signed(token, b"")))
    return found


@dataclass(frozen=True)
class Done:
    """A cycle that was counted, and the ballots that nobody has any more."""

    cycle: Cycle
    frame: CycleFrame
    ballots: list[Ballot]

    def rows(self, rater_group: str) -> tuple[np.ndarray, np.ndarray]:
        """(ballots, items) NaN where not judged, and the place of the subject."""
        group = next(one for one in self.frame.groups if one.rater_group == rater_group)
        own = [(split_scope(ballot.scope), ballot) for ballot in self.ballots]
        kept = [(key, ballot) for (key, name), ballot in own if name == rater_group]
        table = [[ballot.answers.get(item, np.nan) for item in group.items] for _key, ballot in kept]
        return np.array(table), np.array([self.frame.subject_keys.index(key) for key, _ballot in kept])


def counted(
    databases: Databases,
    settings: Settings,
    marks: Marks = noisy,
    members: int = MEMBERS,
    **changes: Any,
) -> Done:
    with transaction(databases.people) as people:
        make_team(people, make_unit(people), members)
    cycle = open_cycle(databases, settings, plan_of(**changes))
    with transaction(databases.people) as people:
        found = cycles.find_cycle(people, cycle.public_id)
        cycles.advance(people, found, "close")
        frame = read_frame(people, found)
    ballots = ballots_of(frame, marks)
    with transaction(databases.answers) as answers:
        vault_store.replace_vault(answers, frame, tally.count(frame, ballots), len(ballots))
    close_cycle.appraise(databases, frame.cycle, frame)
    return Done(cycle, frame, ballots)
