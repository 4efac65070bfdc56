"""Simulated cycles under the eyes of an opponent, in the product and in builds weakened on purpose."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from protocol import blind_rsa, lists, opening, sealing
from protocol.encoding import from_b64u
from survey.db import Databases, reading
from survey.models.protocol import SigningKey
from survey.models.vault import VaultCount
from survey.services.cycles import holders
from survey.services.papers import ballot_box, stamping
from survey.services.secrets.sealing import read_private_key
from tests.attacks import city, opponent
from tests.attacks.chance import Row

RATERS = 10
STEPS = (1, 2, 3, 4, 5)  # each said by two of the ten, so that a blind guess is right once in five
CHANCE = 1 / len(STEPS)
# Of the right guesses in one cycle, over all orders alike: 10 pairs of equals among 45, each 1/45, else 2/45.
DEVIATION = (RATERS * CHANCE * (1 - CHANCE) + RATERS * (1 / 45 + 8 * 2 / 45 - 9 * CHANCE**2)) ** 0.5

Holding = Callable[[dict[int, opponent.Key]], dict[int, opponent.Key]]


@dataclass(frozen=True)
class Situation:
    """What an opponent holds of a cycle besides dated dumps, logs, wire and signing keys."""

    name: str
    layers: tuple[int, ...]  # whose private keys she has
    has_lists: bool  # whether she copied the private files during the count


@dataclass
class Seen:
    """A cycle that was watched from its first paper to its count."""

    evidence: opponent.Evidence
    said: Mapping[int, int]  # the truth
    keys: dict[int, opponent.Key]


def watch_a_cycle(directory: Path, migrated: Path, app: Flask, mode: str, luck: Random) -> Seen:
    """Let ten raters answer, one after the other, each right after taking her paper; copy after every act."""
    settings, databases = city.fresh(directory, migrated, app)
    site = city.one_scope(settings, databases, app, RATERS, mode)
    dumps = opponent.Dumps(settings.data_directory, site.box)
    steps = luck.sample(STEPS * 2, RATERS)
    said = {rater.id: step for rater, step in zip(site.raters, steps, strict=True)}
    wire: dict[int, tuple[bytes, bytes]] = {}
    keeper = opponent.LogKeeper(dumps.log)
    logging.getLogger().addHandler(keeper)
    names: dict[int, list[str]] = {}
    for rater in luck.sample(site.raters, RATERS):
        device = site.device(rater)
        found = device.listed().get_json()
        signed = device.take().get_json()["papers"][0]
        dumps.take()
        [paper] = device.papers
        assert device.cast(device.seal(found, paper, said[rater.id])).status_code == 201
        dumps.take()
        asked = device.requests[paper]
        wire[rater.id] = (from_b64u(asked["stamp"]) + from_b64u(asked["pass"]), from_b64u(signed["stamp"]))
        names[rater.id] = [device.code, paper]
    keys = _keys_of(site)
    signer = _signer(site)
    city.close(site, dumps.take_lists)
    logging.getLogger().removeHandler(keeper)
    published = _published(site)
    databases.dispose()
    held: dict[int, opponent.Key] = {}
    evidence = opponent.Evidence(
        site.cycle.public_id, dumps, held, signer, wire, published, names, Random(luck.random())
    )
    return Seen(evidence, said, keys)


def _keys_of(site: city.Site) -> dict[int, opponent.Key]:
    """The private keys of both layers, whoever owns them."""
    keys = {layer: key.private_key for layer, key in site.keys.items()}
    for layer in {1, 2} - set(keys):
        name = holders.key_name(site.box, layer)
        keys[layer] = read_private_key(ballot_box.key_path(site.settings.key_directory, name))
    return keys


def _signer(site: city.Site) -> blind_rsa.SigningKey:
    with reading(site.databases.spool) as spool:
        of_scope = select(SigningKey.private_key).where(SigningKey.scope != stamping.PASS)
        return blind_rsa.load_private(spool.scalars(of_scope).one())


def _published(site: city.Site) -> list[int]:
    """All that the vault tells of single answers: how often each was given to the first item."""
    with reading(site.databases.answers) as answers:
        rows = answers.execute(select(VaultCount.item, VaultCount.option, VaultCount.n)).all()
    first = min(row.item for row in rows)
    told = Counter({row.option: row.n for row in rows if row.item == first})
    return sorted(told.elements())


def attack(seen: Seen, situation: Situation, luck: Random) -> dict[str, tuple[bool, int]]:
    """Whether each way names the answer of one rater, drawn by lot; and of how many of all."""
    evidence = seen.evidence
    held = {layer: seen.keys[layer] for layer in situation.layers}
    copied = evidence.dumps.lists
    if not situation.has_lists:
        evidence.dumps.lists = {}
    evidence.keys = held
    target = luck.choice(sorted(seen.said))
    found = {
        way: (
            guess.get(target) == seen.said[target],
            sum(guess.get(rater) == step for rater, step in seen.said.items()),
        )
        for way, guess in opponent.guesses(evidence).items()
    }
    evidence.dumps.lists = copied
    return found


def table(cycles: Iterable[Seen], situations: Iterable[Situation], luck: Random) -> list[Row]:
    """How often every way succeeded in every situation."""
    hits: Counter[tuple[str, str]] = Counter()
    right: Counter[tuple[str, str]] = Counter()
    tries: Counter[tuple[str, str]] = Counter()
    situations = list(situations)
    for seen in cycles:
        for situation in situations:
            for way, (is_right, number) in attack(seen, situation, luck).items():
                hits[situation.name, way] += is_right
                right[situation.name, way] += number
                tries[situation.name, way] += 1
    return [
        Row(*key, hits[key], cycles_tried, CHANCE, right[key], RATERS, DEVIATION)
        for key, cycles_tried in tries.items()
    ]


# Builds weakened on purpose: the same attacks must succeed against them.


def keep_row_order(patch: pytest.MonkeyPatch) -> None:
    """A box with row numbers, read in their order, and offices that hand lists on as they came."""

    def spooled(spool: Session, _box: str) -> list[tuple[bytes, bytes]]:
        rows = spool.connection().exec_driver_sql("SELECT token, sealed FROM spooled_ballots ORDER BY rowid")
        return [(token, sealed) for token, sealed in rows]

    def merge(answers: Session, box: str, rows: list[tuple[bytes, bytes]]) -> int:
        for token, sealed in rows:
            answers.connection().exec_driver_sql(
                "INSERT INTO numbered_ballots (box, token, sealed) VALUES (?, ?, ?)", (box, token, sealed)
            )
        return len(rows)

    def boxed(answers: Session, _box: str) -> list[tuple[bytes, bytes]]:
        rows = answers.connection().exec_driver_sql(
            "SELECT token, sealed FROM numbered_ballots ORDER BY rowid"
        )
        return [(token, sealed) for token, sealed in rows]

    patch.setattr(ballot_box, "spooled", spooled)
    patch.setattr(ballot_box, "put_into_box", merge)
    patch.setattr(ballot_box, "sealed_ballots", boxed)
    _without_shuffle(patch)


def _without_shuffle(patch: pytest.MonkeyPatch) -> None:
    def opened(source: Path, head: lists.Head, key: opponent.Key, _progress: object) -> dict[bytes, None]:
        items = lists.items(source, head)
        inside = (sealing.open_layer(key, head.cycle, head.layer, item) for item in items)
        return dict.fromkeys(item for item in inside if item is not None)

    patch.setattr(opening, "_opened", opened)
    patch.setattr(opening, "shuffled", list)


def number_the_rows(databases: Databases) -> None:
    """Give the two tables of ballots a row number, as an ordinary table has."""
    with databases.spool.begin() as spool:
        spool.exec_driver_sql("DROP TABLE spooled_ballots")
        spool.exec_driver_sql(
            "CREATE TABLE spooled_ballots (box TEXT, token BLOB, sealed BLOB, PRIMARY KEY (box, token))"
        )
    with databases.answers.begin() as answers:
        answers.exec_driver_sql("CREATE TABLE numbered_ballots (box TEXT, token BLOB, sealed BLOB)")


def do_not_blind(patch: pytest.MonkeyPatch) -> None:
    """Devices whose blinding factor is always one."""

    def blind(public_bytes: bytes, message: bytes) -> blind_rsa.Blinded:
        return blind_rsa.blind_with(public_bytes, message, salt=bytes(blind_rsa.SALT_BYTES), factor=1)

    patch.setattr(blind_rsa, "blind", blind)
