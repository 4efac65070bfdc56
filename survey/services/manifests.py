"""The manifest of a cycle: what is published before it opens, and the lines that prove a scope's key."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, delete, func, insert, select
from sqlalchemy.orm import Session

from protocol import lists, manifest, merkle
from protocol.encoding import canonical, to_b64u
from protocol.manifest import ScopeLine
from protocol.tokens import scope_name
from survey.models.assignments import Assignment
from survey.models.cycles import Cycle, Subject
from survey.models.protocol import Scope
from survey.services import cycles, holders

TEN_THOUSAND = 10_000  # weights are told in hundredths of a per cent: canonical JSON has no fractions


def store_scopes(people: Session, cycle: Cycle, keys: Mapping[str, bytes]) -> None:
    """Keep the public key of every scope, with the path that proves it (RFC 6962)."""
    of_scope = {
        scope_name(row.key, row.rater_group): row
        for row in people.execute(
            select(Subject.key, Assignment.subject_id, Assignment.rater_group, func.count().label("papers"))
            .join(Assignment, _same_subject(Assignment))
            .where(Subject.cycle_id == cycle.id)
            .group_by(Subject.key, Assignment.subject_id, Assignment.rater_group)
        )
    }
    names = sorted(of_scope)
    lines = [ScopeLine(name, keys[name], of_scope[name].papers).line for name in names]
    people.execute(delete(Scope).where(Scope.cycle_id == cycle.id))
    people.execute(
        insert(Scope),
        [
            {
                "cycle_id": cycle.id,
                "subject_id": of_scope[name].subject_id,
                "rater_group": of_scope[name].rater_group,
                "public_key": keys[name],
                "papers": of_scope[name].papers,
                "place": place,
                "path": b"".join(path),
            }
            for place, (name, path) in enumerate(zip(names, merkle.paths(lines), strict=True))
        ],
    )


def scopes_of(people: Session, cycle: Cycle) -> list[str]:
    """The names of the scopes of a frozen list."""
    rows = people.execute(
        select(Subject.key, Assignment.rater_group)
        .join(Assignment, _same_subject(Assignment))
        .where(Subject.cycle_id == cycle.id)
        .distinct()
    )
    return sorted(scope_name(subject, group) for subject, group in rows)


def write_manifest(people: Session, cycle: Cycle, box_key: bytes, bundle: str) -> None:
    """Write the manifest of a cycle whose keys are all known."""
    size = cycles.size(people, cycle)
    lines = scope_lines(people, cycle)
    parts: dict[str, Any] = {
        "box_key": to_b64u(box_key),
        "bundle": bundle,
        "closes_on": cycle.closes_on.isoformat(),
        "counts": {
            "papers": size.papers,
            "raters": size.raters,
            "scopes": len(lines),
            "subjects": size.subjects,
        },
        "cycle": cycle.public_id,
        "fewest_ballots": lists.FEWEST_ITEMS,
        "groups": [
            {
                "group": group.rater_group,
                "instrument": group.instrument_hash,
                "weight_percent_hundredths": round(group.weight * TEN_THOUSAND),
            }
            for group in cycle.groups
        ],
        "kind": manifest.KIND,
        "layers": [
            {"key": to_b64u(each.public_key), "layer": each.layer, "office": each.office, "owner": each.owner}
            for each in holders.layers(people, cycle)
        ],
        "minimum": cycle.minimum_group_size,
        "mode": cycle.mode,
        "name": cycle.name,
        "opens_on": cycle.opens_on.isoformat(),
        "purpose": cycle.purpose,
        "scopes_root": merkle.root(lines).hex(),
    }
    cycle.manifest = canonical(parts).decode()


def scope_lines(people: Session, cycle: Cycle) -> list[bytes]:
    """The public list of scopes: a random name, a key and the number of papers; no name of a person."""
    rows = people.execute(
        select(Subject.key, Scope.rater_group, Scope.public_key, Scope.papers)
        .join(Scope, _same_subject(Scope))
        .where(Subject.cycle_id == cycle.id)
    )
    return manifest.scope_lines(
        ScopeLine(scope_name(subject, group), key, papers) for subject, group, key, papers in rows
    )


def scope_keys(people: Session, cycle: Cycle) -> dict[str, bytes]:
    """What the stamps of each scope verify under."""
    rows = people.execute(
        select(Subject.key, Scope.rater_group, Scope.public_key)
        .join(Scope, _same_subject(Scope))
        .where(Subject.cycle_id == cycle.id)
    )
    return {scope_name(subject, group): key for subject, group, key in rows}


def _same_subject(model: type[Assignment] | type[Scope]) -> ColumnElement[bool]:
    return (model.cycle_id == Subject.cycle_id) & (model.subject_id == Subject.employee_id)
