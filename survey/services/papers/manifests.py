"""The manifest of a cycle: what is published before it opens, and the lines that prove a scope's key."""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, delete, func, insert, select
from sqlalchemy.orm import Session

from protocol import lists, manifest
from protocol.tokens import scope_name
from survey import rules
from survey.exceptions import NotFound
from survey.models.assignments import Assignment
from survey.models.cycles import Cycle, Subject
from survey.models.protocol import Scope
from survey.services.cycles import cycles, holders
from survey.services.secrets.codes import letters_of

REPLACEMENTS_PERCENT = 2
PUBLISHED_STATES = ("open", "closed", "tallied", "reviewed", "released", "cancelled")
HUNDRED = 100
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
    tree = manifest.scopes_tree([manifest.Scope(name, keys[name], of_scope[name].papers) for name in names])
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
                "path": b"".join(tree.path(place)),
            }
            for place, name in enumerate(names)
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


def write_manifest(
    people: Session, cycle: Cycle, box_key: bytes, bundle: str, citizens: manifest.Citizens | None
) -> None:
    """Write the manifest of a cycle whose keys are all known; `citizens`: the rule of their share, if any."""
    size, scopes = cycles.size(people, cycle), public_scopes(people, cycle)
    parts = manifest.Manifest(
        cycle=cycle.public_id,
        name=cycle.name,
        purpose=cycle.purpose,
        opens_on=cycle.opens_on.isoformat(),
        closes_on=cycle.closes_on.isoformat(),
        mode=cycle.mode,
        minimum=cycle.minimum_group_size,
        fewest_ballots=lists.FEWEST_ITEMS,
        replacements_percent=REPLACEMENTS_PERCENT,
        groups=tuple(
            manifest.Group(group.rater_group, group.instrument_hash, round(group.weight * TEN_THOUSAND))
            for group in cycle.groups
        ),
        counts=manifest.Counts(size.papers, size.raters, len(scopes), size.subjects),
        layers=tuple(
            manifest.Layer(each.layer, each.owner, each.office, each.public_key)
            for each in holders.layers(people, cycle)
        ),
        box_key=box_key,
        scopes_root=manifest.scopes_tree(scopes).root.hex(),
        bundle=bundle,
        item_rule=item_rule_of(cycle),
        citizens=citizens,
    )
    cycle.manifest = manifest.build(parts).decode()


def item_rule_of(cycle: Cycle) -> manifest.ItemRule | None:
    """The rule by which an item may be left out, as it is published; none where the plan has no limit."""
    if cycle.item_least_r is None and cycle.item_most_unable is None:
        return None
    limits = rules.item_exclusion()
    return manifest.ItemRule(
        least_r_hundredths=round(HUNDRED * (cycle.item_least_r or 0)),
        most_cannot_judge_percent=round(HUNDRED * (cycle.item_most_unable or 1)),
        fewest_ballots=int(limits.fewest_ballots.value),
        fewest_subjects=int(limits.fewest_subjects.value),
    )


def by_code(session: Session, typed: str) -> Cycle | None:
    """The published cycle whose rules have this code, typed as carelessly as people type."""
    wanted = letters_of(typed)
    for cycle in published_cycles(session):
        if letters_of(manifest.manifest_code(cycle.manifest.encode())) == wanted:
            return cycle
    return None


def published_cycles(people: Session) -> list[Cycle]:
    """The cycles that were opened with a manifest, the newest first."""
    return [cycle for cycle in cycles.all_cycles(people) if _is_published(cycle)]


def published(people: Session, public_id: str) -> Cycle:
    """A cycle that everybody may know of.

    Raises
    ------
    NotFound
        There is none, it is not open yet, or it was counted before there were manifests.
    """
    found = cycles.find_cycle(people, public_id)
    if not _is_published(found):
        raise NotFound(public_id)
    return found


def _is_published(cycle: Cycle) -> bool:
    return cycle.state in PUBLISHED_STATES and bool(cycle.manifest)


def public_scopes(people: Session, cycle: Cycle) -> list[manifest.Scope]:
    """The public list of scopes: a random name, a key and the number of papers; no name of a person."""
    rows = people.execute(
        select(Subject.key, Scope.rater_group, Scope.public_key, Scope.papers)
        .join(Scope, _same_subject(Scope))
        .where(Subject.cycle_id == cycle.id)
    )
    found = [manifest.Scope(scope_name(subject, group), key, papers) for subject, group, key, papers in rows]
    return sorted(found, key=lambda scope: scope.name)


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
