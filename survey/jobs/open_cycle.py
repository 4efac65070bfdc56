"""Open a cycle: freeze the list, make a key for every scope, publish the manifest, invite.

May be run again after any failure: keys that were made are kept, and the state changes last.
"""

import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from protocol import blind_rsa
from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.jobs.port import Report
from survey.services.cycles import cycles, holders
from survey.services.papers import ballot_box, bundles, distribution, manifests, stamping
from survey.services.results import officer_parts
from survey.services.secrets import sealing

KIND = "open-cycle"
KEYS_AT_ONCE = 40


def run(settings: Settings, databases: Databases, public_id: str, report: Report) -> None:
    """Run every step in order; each finds out for itself what is done already."""
    box, scopes = _freeze(databases, public_id)
    make_keys(databases, box, scopes, report)
    _publish(settings, databases, public_id, box)
    _open(databases, public_id)
    report("open", 1, 1)


def _freeze(databases: Databases, public_id: str) -> tuple[str, list[str]]:
    with transaction(databases.people) as people:
        cycle = cycles.find_cycle(people, public_id)
        if cycle.state != "open":
            holders.require_ready(people, cycle)
            cycles.advance(people, cycle, "freeze")
        return cycles.box_name(cycle), manifests.scopes_of(people, cycle)


def make_keys(databases: Databases, box: str, scopes: list[str], report: Report) -> None:
    """Give every scope and the box a key: from the pool, and where it is too small fresh ones."""
    with transaction(databases.spool) as spool:
        missing = stamping.scopes_without_key(spool, box, scopes)
        to_make = len(missing) - stamping.spare(spool)
    done = 0
    for keys in fresh_keys(to_make):
        with transaction(databases.spool) as spool:
            stamping.add_spare(spool, keys)
        done += len(keys)
        report("keys", done, to_make)
    with transaction(databases.spool) as spool:
        stamping.give_keys(spool, box, stamping.scopes_without_key(spool, box, scopes))


def fresh_keys(count: int) -> Iterator[list[bytes]]:
    """Private keys, made by all processors, in parts."""
    if count <= 0:
        return
    workers = min(os.cpu_count() or 1, count)
    # A forked child of a threaded server could hang on a lock that a thread held.
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        for start in range(0, count, KEYS_AT_ONCE):
            wanted = min(KEYS_AT_ONCE, count - start)
            yield list(pool.map(_make_one, range(wanted)))


def _make_one(_number: int) -> bytes:
    return blind_rsa.generate()


def _publish(settings: Settings, databases: Databases, public_id: str, box: str) -> None:
    with reading(databases.spool) as spool:
        keys = stamping.public_keys(spool, box)
    with transaction(databases.people) as people:
        cycle = cycles.find_cycle(people, public_id)
        if cycle.state == "open":
            return
        for layer in holders.server_layers(people, cycle):
            path = ballot_box.key_path(settings.key_directory, holders.key_name(box, layer.layer))
            layer.public_key = sealing.make_key(path)
        manifests.store_scopes(people, cycle, keys)
        rule = officer_parts.rule_of(people, cycle)
        manifests.write_manifest(people, cycle, keys[stamping.PASS], bundles.bundle_hash(), rule)
    with transaction(databases.spool) as spool:
        ballot_box.open_cycle_box(spool, box, keys[stamping.PASS])


def _open(databases: Databases, public_id: str) -> None:
    with transaction(databases.people) as people:
        cycle = cycles.find_cycle(people, public_id)
        if cycle.state == "open":
            return
        cycles.advance(people, cycle, "open")
        distribution.issue_invitations(people, cycle)
