"""A small city under attack: raters with devices of their own, offices that hold keys, one cycle."""

import itertools
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import insert
from sqlalchemy.orm import Session

from instruments import catalogue
from protocol import ballots, box, holder, lists, manifest, opening, sealing
from protocol.holder import FROM_KEY, FROM_SHARES, Answer, HolderKey
from survey.config import Settings, load_settings
from survey.db import Databases, connect_all, reading, transaction
from survey.extensions import EXTENSION
from survey.jobs import close_cycle, open_cycle
from survey.models.assignments import Assignment
from survey.models.cycles import Cycle, Subject
from survey.models.people import Employee
from survey.services.cycles import cycles, holders
from survey.services.papers import distribution
from survey.services.raters import assignments
from survey.services.results import closing
from survey.services.secrets import sealing as key_files
from tests.devices import Device
from tests.factories import TODAY, make_employee, make_unit, plan

OFFICES = {1: "Inspektorat", 2: "Diskominfo"}
QUESTION = "keep_doing"
REASON = "a small cycle of a test"

Keys = Mapping[int, HolderKey]
Watcher = Callable[[], None]


def nobody_watches() -> None:
    """Where no opponent looks on."""


@dataclass
class Site:
    """An installation with one cycle."""

    settings: Settings
    databases: Databases
    app: Flask
    cycle: Cycle
    raters: list[Employee]
    keys: Keys  # of the offices, by layer
    codes: dict[int, str] = field(default_factory=dict)

    @property
    def box(self) -> str:
        return cycles.box_name(self.cycle)

    def device(self, rater: Employee) -> Device:
        """A device with the rater's own code."""
        with transaction(self.databases.people) as people:
            code = distribution.issue_own_code(people, self.cycle, rater.id, TODAY)
        self.codes[rater.id] = code
        return Device(self.app.test_client(), code)


def fresh(directory: Path, migrated: Path, app: Flask) -> tuple[Settings, Databases]:
    """A new installation behind an app that is there already."""
    shutil.rmtree(directory, ignore_errors=True)
    settings = load_settings({"CERMIN_DATA_DIRECTORY": str(directory), "CERMIN_ENVIRONMENT": "test"})
    for name in ("people.sqlite", "answers.sqlite"):
        shutil.copy(migrated / name, directory / name)
    databases = connect_all(settings)
    app.extensions[EXTENSION] |= {"settings": settings, "databases": databases}
    return settings, databases


def one_scope(
    settings: Settings, databases: Databases, app: Flask, raters: int, mode: str = "two_holders"
) -> Site:
    """A cycle in which some colleagues are asked about one and the same person, and about nobody else."""
    with transaction(databases.people) as people:
        unit = make_unit(people)
        team = [make_employee(people, unit, number) for number in range(raters + 1)]
        cycle = cycles.create_cycle(people, plan(mode=mode))
        cycles.advance(people, cycle, "assign")
        subject = {"cycle_id": cycle.id, "employee_id": team[0].id, "unit_id": unit.id, "leads": False}
        people.execute(insert(Subject), [subject])
        people.execute(
            insert(Assignment),
            [
                {"cycle_id": cycle.id, "subject_id": team[0].id, "rater_id": each.id, "rater_group": "peer"}
                for each in team[1:]
            ],
        )
    return opened(settings, databases, app, cycle, team[1:])


def whole_team(
    settings: Settings, databases: Databases, app: Flask, members: int, mode: str = "two_holders"
) -> Site:
    """A cycle over a head and her members, with every rater group of the chart."""
    numbers = itertools.count(1)
    with transaction(databases.people) as people:
        unit = make_unit(people)
        head = make_employee(people, unit, next(numbers))
        team = [head, *(make_employee(people, unit, next(numbers), head) for _member in range(members))]
        cycle = cycles.create_cycle(people, plan(mode=mode))
        assignments.assign_raters(people, cycle)
    return opened(settings, databases, app, cycle, team)


def opened(
    settings: Settings, databases: Databases, app: Flask, cycle: Cycle, raters: list[Employee]
) -> Site:
    """Let the offices bring and prove their keys, and open the cycle."""
    keys = {}
    with transaction(databases.people) as people:
        for state in holders.states(people, cycle):
            if state.owner == holders.OFFICE:
                keys[state.layer] = holder.make_key(cycle.public_id, state.layer, OFFICES[state.layer])
                _bring(people, cycle, keys[state.layer])
    open_cycle.run(settings, databases, cycle.public_id, lambda *_progress: None)
    with reading(databases.people) as people:
        return Site(settings, databases, app, cycles.find_cycle(people, cycle.public_id), raters, keys)


def _bring(people: Session, cycle: Cycle, key: HolderKey) -> None:
    holders.register_key(people, cycle, key.public)
    [row] = [row for row in holders.layers(people, cycle) if row.layer == key.layer]
    for source in (FROM_KEY, FROM_SHARES):
        proof = holder.proof_answer(row.proof_text)
        holders.accept_answer(people, cycle, Answer(cycle.public_id, key.layer, source, proof))


def close(site: Site, watch: Watcher = nobody_watches) -> None:
    """Close and count; `watch` is called whenever a list lies where an opponent could copy it."""
    close_cycle.run(site.settings, site.databases, site.cycle.public_id, lambda *_progress: watch())
    for layer in sorted(site.keys):
        watch()
        open_at_office(site, layer)
        watch()
        close_cycle.run(site.settings, site.databases, site.cycle.public_id, lambda *_progress: watch())
    with reading(site.databases.people) as people:
        site.cycle = cycles.find_cycle(people, site.cycle.public_id)


def open_at_office(site: Site, layer: int) -> None:
    """An office opens its layer with its own tool and brings the list back."""
    private = site.settings.private_directory
    source = closing.list_path(private, site.box, layer)
    brought = site.settings.data_directory.parent / f"office{layer}.list"
    head = lists.read_head(source)
    opening.open_file(source, brought, site.keys[layer].private_key, head, reason=REASON)
    closing.accept_list(private, site.box, layer, brought)
    key_files.destroy(brought)


def sealed(
    device: Device, found: dict[str, Any], paper: str, steps: Mapping[str, int] | int, words: str = ""
) -> bytes:
    """The delivery of a ballot that gives each item its step (or one to all), and says some words."""
    own = device.papers[paper]
    outer, inner = (layer.key for layer in manifest.read(found["cycle"]["manifest"].encode()).layers)
    instrument = catalogue.by_hash(own.entry["instrument"])
    items = instrument.items_for(own.entry["rater_group"], leader=own.entry["leads"])
    ballot = ballots.Ballot(
        found["cycle"]["id"],
        own.entry["scope"],
        own.entry["instrument"],
        own.stamp,
        {item.code: steps if isinstance(steps, int) else steps[item.code] for item in items},
        {},
        {QUESTION: words} if words else {},
    )
    text = sealing.seal(outer, inner, found["cycle"]["id"], ballots.encode(ballot))
    return box.encode(box.Delivery(found["cycle"]["id"], own.box_pass, text))
