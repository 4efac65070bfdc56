"""The package with which an auditor recomputes a cycle's figures: the vault, and what was made of it.

Subjects stand in it by the random names that the vault knows them by; no person is named.
"""

import json
from collections import defaultdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from protocol import manifest
from survey.models.appraisals import Appraisal
from survey.models.channels import Officer
from survey.models.citizens import OfficerSpread, OfficerSums
from survey.models.cycles import Cycle, Subject
from survey.models.vault import VaultBlock, VaultCount, VaultPool
from survey.services.auditing import public_log
from survey.services.citizens import officer_answers
from survey.services.papers import manifests, receipts
from survey.services.results import officer_parts, vault_store
from survey.services.results.cycle_frame import CycleFrame, GroupFrame, read_frame

KIND = "cermin vault 1"


def files(people: Session, answers: Session, cycle: Cycle) -> dict[str, bytes]:
    """Name and content of every file of the package: the public ones, the vault and the figures."""
    frame = read_frame(people, cycle)
    return {
        "manifest.json": cycle.manifest.encode(),
        "scopes.txt": manifest.scopes_file(manifests.public_scopes(people, cycle)),
        "log.jsonl": b"".join(public_log.lines(people, cycle.public_id)),
        "receipts.txt": receipts.receipts_file(answers, cycle.public_id),
        "vault.json": _json(vault_package(people, answers, cycle, frame)),
        "figures.json": _json(figures_package(people, cycle)),
    }


def _json(value: dict[str, Any]) -> bytes:
    return json.dumps(value, indent=1, ensure_ascii=False).encode()


def vault_package(people: Session, answers: Session, cycle: Cycle, frame: CycleFrame) -> dict[str, Any]:
    """Everything that the released figures rest on."""
    pools = {
        row.rater_group: row.statistics
        for row in answers.scalars(select(VaultPool).where(VaultPool.cycle == frame.cycle))
    }
    blocks = select(VaultBlock.block, VaultBlock.rater_group, VaultBlock.scale, VaultBlock.n)
    counts = select(
        VaultCount.block, VaultCount.rater_group, VaultCount.item, VaultCount.option, VaultCount.n
    )
    return {
        "kind": KIND,
        "cycle": frame.cycle,
        "weight_cap": cycle.weight_cap,
        "scales": list(frame.scales),
        "left_out": dict(frame.left_out),
        "subjects": _subjects(frame),
        "groups": [_group(group, pools[group.rater_group]) for group in frame.groups],
        "blocks": [list(row) for row in answers.execute(blocks.where(VaultBlock.cycle == frame.cycle))],
        "citizens": _citizens(people, answers, cycle, frame),
        "counts": [list(row) for row in answers.execute(counts.where(VaultCount.cycle == frame.cycle))],
    }


def _citizens(people: Session, answers: Session, cycle: Cycle, frame: CycleFrame) -> dict[str, Any] | None:
    """The sums behind the citizens' parts: those of subjects by their names, those of all without."""
    rule = officer_parts.published_rule(cycle)
    if rule is None:
        return None
    rows = answers.scalars(select(OfficerSums).where(OfficerSums.period == rule.period)).all()
    sums = {row.officer: [row.n, sum(row.items.values())] for row in rows}
    owners = people.execute(select(Officer.key, Officer.employee_id).where(Officer.key.in_(sums)))
    name_of = dict(zip(frame.subject_ids, frame.subject_keys, strict=True))
    return {
        "items": len(officer_answers.questionnaire().items),
        "squares": answers.scalar(select(OfficerSpread.squares).where(OfficerSpread.period == rule.period)),
        "all": sorted(sums.values()),
        "subjects": {name_of[employee]: sums[key] for key, employee in owners if employee in name_of},
    }


def _subjects(frame: CycleFrame) -> list[dict[str, Any]]:
    groups = [group.rater_group for group in frame.groups]
    return [
        {
            "key": key,
            "named": [name for name, is_named in zip(groups, frame.named[j], strict=True) if is_named],
            "scales": [name for name, applies in zip(frame.scales, frame.applies[j], strict=True) if applies],
        }
        for j, key in enumerate(frame.subject_keys)
    ]


def _group(group: GroupFrame, statistics: dict[str, Any]) -> dict[str, Any]:
    layout = group.layout
    return {
        "rater_group": group.rater_group,
        "kind": group.kind,
        "weight": group.weight,
        "low": layout.low,
        "high": layout.high,
        "scales": [name for name, _own in layout.scales],
        "items": {name: [group.items[column] for column in own] for name, own in layout.scales},
        "within": vault_store.within_of(statistics, is_left_out=bool(group.left_out)),
        "within_df": statistics["within_df"],
    }


def figures_package(people: Session, cycle: Cycle) -> dict[str, Any]:
    """What was made of it: means of groups, composites of behaviours, the composite with its error."""
    is_hers = (Appraisal.cycle_id == Subject.cycle_id) & (Appraisal.employee_id == Subject.employee_id)
    rows = people.execute(
        select(Subject.key, Appraisal).join(Appraisal, is_hers).where(Subject.cycle_id == cycle.id)
    )
    return {
        "kind": "cermin figures 1",
        "cycle": cycle.public_id,
        "subjects": {key: _figures(appraisal) for key, appraisal in rows},
    }


def _citizen_part(appraisal: Appraisal) -> dict[str, Any] | None:
    part = appraisal.citizens
    if part is None:
        return None
    names = ("n", "mean", "standard_error", "reliability")
    return {name: getattr(part, name) for name in names}


def _figures(appraisal: Appraisal) -> dict[str, Any]:
    groups: dict[str, dict[str, Any]] = defaultdict(dict)
    for score in appraisal.scale_scores:
        groups[score.scale][score.rater_group] = {
            "n": score.n,
            "mean": score.mean,
            "standard_error": score.standard_error,
        }
    return {
        "composite": appraisal.composite,
        "standard_error": appraisal.standard_error,
        "groups": groups,
        "citizens": _citizen_part(appraisal),
        "scales": {
            each.scale: {
                "composite": each.composite,
                "standard_error": each.standard_error,
                "weights": each.weights,
            }
            for each in appraisal.scale_composites
        },
    }
