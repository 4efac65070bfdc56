"""Citizens' part in the composite of an officer: by the rule that was published before the cycle opened."""

from collections.abc import Mapping

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.scoring import Scores, with_citizens
from protocol import manifest
from survey.exceptions import InvalidPlan
from survey.models.channels import Officer
from survey.models.cycles import Cycle
from survey.rules import officer_policy
from survey.services.citizens import officer_answers, officer_figures, settling
from survey.services.citizens.officer_figures import OfficerFigure
from survey.services.cycles import cycle_texts
from survey.services.cycles.cycles import CyclePlan

TEN_THOUSAND = 10_000

Parts = Mapping[int, OfficerFigure]  # by employee


def checked(plan: CyclePlan) -> CyclePlan:
    """The plan, if nothing can move any more in its half-year when the cycle is counted.

    Raises
    ------
    InvalidPlan
        `citizen_period_late`.
    """
    if plan.citizen_period and settling.last_day(plan.citizen_period) >= plan.closes_on:
        raise InvalidPlan("citizen_period_late")
    return plan


def rule_of(people: Session, cycle: Cycle) -> manifest.Citizens | None:
    """The rule as the plan has it, for the manifest; None where citizens have no share."""
    if not cycle.citizen_weight:
        return None
    policy, scale, onto = officer_policy(), officer_figures.span(), cycle_texts.read_texts(people, cycle).span
    return manifest.Citizens(
        instrument=officer_answers.questionnaire().content_hash(),
        period=cycle.citizen_period,
        visits=policy.visits,
        # A figure below the cycle's own limit would make a usable composite unusable.
        reliability_percent_hundredths=round(
            max(policy.reliability, cycle.minimum_reliability) * TEN_THOUSAND
        ),
        weight_percent_hundredths=round(cycle.citizen_weight * TEN_THOUSAND),
        from_low=scale.low,
        from_high=scale.high,
        to_low=onto.low,
        to_high=onto.high,
    )


def published_rule(cycle: Cycle) -> manifest.Citizens | None:
    """The rule that the manifest of an opened cycle names."""
    return manifest.read(cycle.manifest.encode()).citizens if cycle.manifest else None


def of_cycle(people: Session, answers: Session, cycle: Cycle) -> Parts:
    """The figures that the published rule lets in, by employee."""
    rule = published_rule(cycle)
    if rule is None:
        return {}
    found = officer_figures.of_period(answers, rule.period)
    owners = people.execute(select(Officer.key, Officer.employee_id).where(Officer.key.in_(found)))
    return {employee: found[key] for key, employee in owners if _is_let_in(rule, found[key])}


def _is_let_in(rule: manifest.Citizens, found: OfficerFigure) -> bool:
    has_all = None not in (found.counts_as, found.standard_error, found.reliability)
    limit = rule.reliability_percent_hundredths / TEN_THOUSAND
    return has_all and found.n >= rule.visits and (found.reliability or 0.0) >= limit


def share_of(rule: manifest.Citizens) -> float:
    """The citizens' share of the overall figure."""
    return rule.weight_percent_hundredths / TEN_THOUSAND


def join(scores: Scores, cycle: Cycle, subjects: tuple[int, ...], parts: Parts) -> Scores:
    """The overall figures with the citizens' share in those of officers."""
    rule = published_rule(cycle)
    if rule is None or not parts:
        return scores
    table = np.full((3, len(subjects)), np.nan)
    for place, employee in enumerate(subjects):
        if (found := parts.get(employee)) is not None:
            table[:, place] = found.counts_as, found.standard_error, found.reliability
    return with_citizens(
        scores,
        *table,
        weight=share_of(rule),
        scale=(rule.from_low, rule.from_high),
        onto=(rule.to_low, rule.to_high),
        limit=cycle.minimum_reliability,
    )
