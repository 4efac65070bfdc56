"""Make the appraisals of a tallied cycle from its vault: scores per scale and group, composite, quality."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from analysis.scoring import Components, Composite, Limits, Scores, composite
from analysis.scoring.means import mean_error
from analysis.statistics import Vault, figures, wholes
from survey.db import new_public_id
from survey.models.appraisals import Appraisal, CitizenPart, Quality, ScaleComposite, ScaleScore
from survey.models.cycles import Cycle
from survey.services.cycles.cycle_texts import span_of
from survey.services.gate.disclosure import TOO_FEW
from survey.services.results import item_rule, officer_parts, quality_figures
from survey.services.results.cycle_frame import CycleFrame
from survey.services.results.officer_parts import Parts

Table = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Counts = np.ndarray[tuple[int, ...], np.dtype[np.int64]]
Rows = list[dict[str, Any]]
BATCH = 5_000
NO_ANSWER = "no_answer"


@dataclass(frozen=True)
class ShownMeans:
    """The means of the blocks that stand for one subject: (subjects, groups, scales).

    A mean of anonymous raters at the end of the scale is the middle of its band: nothing that is computed,
    stored or shown rests on the exact one, so nothing leads back to it.
    """

    mean: Table
    n: Counts
    error: Table
    named: np.ndarray[tuple[int, int], np.dtype[np.bool_]]
    components: Components


def appraise(
    people: Session,
    cycle: Cycle,
    frame: CycleFrame,
    vault: Vault,
    careless: Mapping[str, dict[str, Any]] | None = None,
    citizens: Parts | None = None,
) -> int:
    """Replace the appraisals and quality figures of a cycle; returns the number of appraisals."""
    shown = shown_means(frame, vault)
    limits = Limits(
        raters=cycle.minimum_group_size,
        reliability=cycle.minimum_reliability,
        cap=cycle.weight_cap,
        scales=_scales_of_everyone(frame),
    )
    result = composite(
        shown.mean,
        shown.n,
        named=shown.named,
        groups=[group.rater_group for group in frame.groups],
        kinds=[group.kind for group in frame.groups],
        weights=[group.weight for group in frame.groups],
        components=shown.components,
        limits=limits,
    )
    citizens = citizens or {}
    overall = officer_parts.join(result.overall, cycle, frame.subject_ids, citizens)
    _remove(people, cycle)
    _store(people, cycle, frame, shown, replace(result, overall=overall), citizens)
    _store_quality(people, cycle, frame, vault, careless or {})
    return len(frame.subject_ids)


def shown_means(frame: CycleFrame, vault: Vault) -> ShownMeans:
    """Read the block means of every subject out of the vault, coarsened at the ends, with their errors.

    The variance components are pooled over all subjects and stay exact.
    """
    shape = (len(frame.subject_ids), len(frame.groups), len(frame.scales))
    mean = np.full(shape, np.nan)
    n = np.zeros(shape, dtype=np.int64)
    named = frame.named
    square = (len(frame.groups), len(frame.scales), len(frame.scales))
    within, between = np.full(square, np.nan), np.full(square, np.nan)
    for g, group in enumerate(frame.groups):
        pool = vault.pool(group.layout.instrument, group.rater_group)
        places = [frame.scales.index(name) for name, _own in group.layout.scales]
        covariance = wholes.scale_covariance(pool)
        within[g][np.ix_(places, places)] = covariance.within
        between[g][np.ix_(places, places)] = covariance.between
        for place, (name, _own) in zip(places, group.layout.scales, strict=True):
            blocks = figures.block_means(pool, name)
            own = blocks.block >= 0
            mean[blocks.block[own], g, place] = blocks.mean[own]
            n[blocks.block[own], g, place] = blocks.n[own]
        coarsened = span_of(group.instrument).coarsened(mean[:, g])
        mean[:, g] = np.where(named[:, g, np.newaxis], mean[:, g], coarsened)
    missing = np.broadcast_to(~frame.applies[:, np.newaxis], shape)
    mean[missing], n[missing] = np.nan, 0
    variance = np.diagonal(within, axis1=1, axis2=2)
    error = np.where(named[:, :, np.newaxis], np.nan, mean_error(variance[np.newaxis], n))
    return ShownMeans(mean, n, error, named, Components(within, between))


def _scales_of_everyone(frame: CycleFrame) -> int:
    """How many scales apply to every subject; acts of leading are asked about leaders only."""
    weighted = {
        name for group in frame.groups if group.kind == "anonymous" for name, _own in group.layout.scales
    }
    of_everyone = zip(frame.scales, ~frame.for_leaders, strict=True)
    return len([scale for scale, applies in of_everyone if applies and scale in weighted])


def _remove(people: Session, cycle: Cycle) -> None:
    of_cycle = select(Appraisal.id).where(Appraisal.cycle_id == cycle.id)
    for model in (ScaleScore, ScaleComposite, CitizenPart):
        people.execute(delete(model).where(model.appraisal_id.in_(of_cycle)))
    people.execute(delete(Appraisal).where(Appraisal.cycle_id == cycle.id))
    people.execute(delete(Quality).where(Quality.cycle_id == cycle.id))


def _store(
    people: Session,
    cycle: Cycle,
    frame: CycleFrame,
    shown: ShownMeans,
    result: Composite,
    citizens: Parts,
) -> None:
    overall = result.overall
    _insert(
        people,
        Appraisal,
        [
            {
                "public_id": new_public_id(),
                "cycle_id": cycle.id,
                "employee_id": employee,
                "composite": _number(overall.score[j]),
                "standard_error": _number(overall.se[j]),
                "reliability": _number(overall.reliability[j]),
                "raters": int(overall.n[j]) if np.isfinite(overall.score[j]) else None,
                "usable": bool(overall.usable[j]),
                "reasons": list(overall.reasons[j]),
                "error_excludes": list(result.error_excludes[j]),
                "method": result.method,
            }
            for j, employee in enumerate(frame.subject_ids)
        ],
    )
    ids = dict(
        people.execute(
            select(Appraisal.employee_id, Appraisal.id).where(Appraisal.cycle_id == cycle.id)
        ).all()
    )
    appraisal_ids = [ids[employee] for employee in frame.subject_ids]
    _insert(people, ScaleScore, _score_rows(frame, shown, appraisal_ids))
    _insert(people, ScaleComposite, _composite_rows(frame, result, appraisal_ids))
    _insert(people, CitizenPart, _citizen_rows(frame, overall, ids, citizens))


def _score_rows(frame: CycleFrame, shown: ShownMeans, appraisal_ids: list[int]) -> Rows:
    """A row for every scale that a group was asked about; with a reason where no figure may be shown."""
    rows: Rows = []
    for g, group in enumerate(frame.groups):
        for name, _own in group.layout.scales:
            s = frame.scales.index(name)
            for j in np.flatnonzero(frame.group_sizes[:, g] * frame.applies[:, s]).tolist():
                has_figure = bool(shown.n[j, g, s])
                rows.append(
                    {
                        "appraisal_id": appraisal_ids[j],
                        "scale": name,
                        "rater_group": group.rater_group,
                        "n": int(shown.n[j, g, s]) if has_figure else None,
                        "mean": _number(shown.mean[j, g, s]),
                        "standard_error": _number(shown.error[j, g, s]),
                        "reason": None if has_figure else TOO_FEW if group.kind == "anonymous" else NO_ANSWER,
                    }
                )
    return rows


def _composite_rows(frame: CycleFrame, result: Composite, appraisal_ids: list[int]) -> Rows:
    scales = result.scales
    rows: Rows = []
    for j, appraisal_id in enumerate(appraisal_ids):
        for s, name in enumerate(frame.scales):
            if not frame.applies[j, s]:
                continue
            reasons = scales.reasons[j * len(frame.scales) + s]
            weights = {
                group.rater_group: float(result.weights[j, g, s])
                for g, group in enumerate(frame.groups)
                if result.weights[j, g, s] > 0
            }
            rows.append(
                {
                    "appraisal_id": appraisal_id,
                    "scale": name,
                    "composite": _number(scales.score[j, s]),
                    "standard_error": _number(scales.se[j, s]),
                    "reason": reasons[0] if reasons else None,
                    "weights": weights,
                }
            )
    return rows


def _citizen_rows(frame: CycleFrame, overall: Scores, ids: Mapping[int, int], citizens: Parts) -> Rows:
    """What stands in an overall figure; without one there is nothing to stand in."""
    return [
        {
            "appraisal_id": ids[employee],
            "n": found.n,
            "mean": found.counts_as,
            "is_banded": bool(found.figure.band),
            "standard_error": found.standard_error,
            "reliability": found.reliability,
        }
        for place, employee in enumerate(frame.subject_ids)
        if (found := citizens.get(employee)) is not None and np.isfinite(overall.score[place])
    ]


def _store_quality(
    people: Session,
    cycle: Cycle,
    frame: CycleFrame,
    vault: Vault,
    careless: Mapping[str, dict[str, Any]],
) -> None:
    rows: Rows = []
    for place, group in enumerate(frame.groups):
        if group.kind == "self":
            continue
        pool = vault.pool(group.layout.instrument, group.rater_group)
        key = {"cycle_id": cycle.id, "rater_group": group.rater_group}
        whole = quality_figures.whole_figures(frame, place, pool)
        whole["careless"] = _as_counted(careless.get(group.rater_group), frame)
        figures_of = {
            name: quality_figures.scale_figures(group, pool, name) for name, _own in group.layout.scales
        }
        figures_of[quality_figures.WHOLE] = whole
        small = [name for name in frame.left_out if name in figures_of and not item_rule.is_large(pool, name)]
        for name in (*small, *([quality_figures.WHOLE] if small else [])):
            figures_of[name] = quality_figures.untold(figures_of[name])
        rows += [{**key, "scale": name, "figures": told} for name, told in figures_of.items()]
    _insert(people, Quality, rows)


def _as_counted(careless: dict[str, Any] | None, frame: CycleFrame) -> dict[str, Any] | None:
    """Figures with and without careless ballots, but of scales that lost an item: they rest on all items."""
    if not careless:
        return careless
    scales = {scale: told for scale, told in careless["scales"].items() if scale not in frame.left_out}
    return {**careless, "scales": scales}


def _insert(people: Session, model: Any, rows: Rows) -> None:
    for start in range(0, len(rows), BATCH):
        people.execute(insert(model), rows[start : start + BATCH])


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
