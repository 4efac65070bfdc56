"""The employee's report: what each rater group said, what it comes to, and how sure that is."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.scoring import mapped, self_other_gap
from instruments.rater_groups import RATER_GROUPS
from instruments.schema import Item, OpenQuestion, Scale
from survey.models.appraisals import Appraisal, ScaleScore
from survey.models.cycles import Cycle, Subject
from survey.models.vault import Comment
from survey.services.cycles.cycle_texts import CycleTexts, questionnaires, read_texts
from survey.services.gate import disclosure
from survey.services.gate.disclosure import Figure
from survey.services.results import item_review, officer_parts

ERRORS_OF_A_GAP = 2  # a gap to the self-rating is spoken of beyond two standard errors


@dataclass(frozen=True)
class GroupResult:
    """One rater group's view of one behaviour."""

    rater_group: str
    figure: Figure
    is_named: bool


@dataclass(frozen=True)
class ScaleResult:
    """One behaviour: every group's view, the weighted mean, and how the self-rating lies to others'."""

    scale: Scale
    groups: tuple[GroupResult, ...]
    composite: Figure
    weights: dict[str, float]
    gap: str  # of the self-rating to peers and subordinates: higher, lower, chance; empty if unknown


@dataclass(frozen=True)
class CitizensResult:
    """What citizens said of an officer, on their own scale, and how it counts in the overall figure."""

    figure: Figure
    on_its_scale: float
    share: float
    period: str


@dataclass(frozen=True)
class OwnReport:
    """Everything an employee reads about one cycle, except the words of others."""

    cycle: Cycle
    overall: Figure
    usable: bool
    reasons: list[str]
    reliability: float | None
    error_excludes: list[str]
    scales: tuple[ScaleResult, ...]
    left_out: tuple[Item, ...] = ()  # by the rule of the cycle they count in no figure
    citizens: CitizensResult | None = None

    @property
    def has_shown_group(self) -> bool:
        """Whether an anonymous group is shown anywhere."""
        return any(
            not group.is_named and not group.figure.reason for scale in self.scales for group in scale.groups
        )

    @property
    def weights(self) -> list[tuple[dict[str, float], list[Scale]]]:
        """The weights that were used, each with the behaviours it was used for."""
        used: dict[tuple[tuple[str, float], ...], list[Scale]] = defaultdict(list)
        for result in self.scales:
            if result.weights:
                used[tuple(result.weights.items())].append(result.scale)
        return [(dict(weights), scales) for weights, scales in used.items()]


@dataclass(frozen=True)
class Texts:
    """What was written in answer to one question, by voice, in the order of the alphabet."""

    question: OpenQuestion
    voices: dict[str, list[str]]


def own_report(people: Session, appraisal: Appraisal) -> OwnReport:
    """Lay an appraisal out for the person it is about."""
    cycle = appraisal.cycle
    texts = read_texts(people, cycle)
    scores: dict[str, list[ScaleScore]] = defaultdict(list)
    for score in appraisal.scale_scores:
        scores[score.scale].append(score)
    scales = tuple(
        _scale_result(appraisal, texts, code, scores[code]) for code in texts.scales if scores[code]
    )
    overall = disclosure.composite_figure(
        texts.span,
        appraisal.composite,
        appraisal.standard_error,
        appraisal.raters,
        reason=appraisal.reasons[0] if appraisal.reasons else None,
    )
    return OwnReport(
        cycle=cycle,
        overall=overall,
        usable=appraisal.usable,
        reasons=appraisal.reasons,
        reliability=appraisal.reliability,
        error_excludes=appraisal.error_excludes,
        scales=scales,
        left_out=_left_out(people, cycle),
        citizens=_citizens(appraisal),
    )


def _left_out(people: Session, cycle: Cycle) -> tuple[Item, ...]:
    codes = set(item_review.left_out(people, cycle).values())
    if not codes:
        return ()
    asked = {item.code: item for one in questionnaires(people, cycle).values() for item in one.items}
    return tuple(item for code, item in asked.items() if code in codes)


def _citizens(appraisal: Appraisal) -> CitizensResult | None:
    part, rule = appraisal.citizens, officer_parts.published_rule(appraisal.cycle)
    if part is None or rule is None:
        return None
    span = disclosure.Span(rule.from_low, rule.from_high)
    shown = disclosure.group_figure(span, rule.visits, "citizen", part.n, part.mean, part.standard_error)
    on_its_scale = mapped(part.mean, (rule.from_low, rule.from_high), (rule.to_low, rule.to_high))
    return CitizensResult(shown, float(on_its_scale), officer_parts.share_of(rule), rule.period)


def _scale_result(
    appraisal: Appraisal, texts: CycleTexts, code: str, scores: list[ScaleScore]
) -> ScaleResult:
    minimum = appraisal.cycle.minimum_group_size
    ordered = sorted(scores, key=lambda score: RATER_GROUPS.index(score.rater_group))
    groups = tuple(
        GroupResult(
            score.rater_group,
            disclosure.group_figure(
                texts.span, minimum, score.rater_group, score.n, score.mean, score.standard_error
            ),
            disclosure.is_named(score.rater_group, score.n),
        )
        for score in ordered
    )
    found = next((part for part in appraisal.scale_composites if part.scale == code), None)
    composite = disclosure.composite_figure(
        texts.span,
        found.composite if found else None,
        found.standard_error if found else None,
        None,
        reason=found.reason if found else None,
    )
    weights = found.weights if found else {}
    return ScaleResult(
        texts.scales[code],
        groups,
        composite,
        {group: weights[group] for group in RATER_GROUPS if group in weights},
        _gap(groups, ordered),
    )


def _gap(groups: tuple[GroupResult, ...], scores: list[ScaleScore]) -> str:
    """A band is among the others with the value it counts as; without every error there is no gap."""
    own = next((group.figure.value for group in groups if group.rater_group == "self"), None)
    others = [
        (score.mean, score.n, score.standard_error)
        for group, score in zip(groups, scores, strict=True)
        if not group.is_named and not group.figure.reason
    ]
    if own is None or not others or any(error is None for _mean, _n, error in others):
        return ""
    gap = self_other_gap(own, *np.array(others, dtype=np.float64).T)
    if gap is None or abs(gap.difference) <= ERRORS_OF_A_GAP * gap.se:
        return "chance"
    return "higher" if gap.difference > 0 else "lower"


def own_texts(people: Session, answers: Session, appraisal: Appraisal, report: OwnReport) -> list[Texts]:
    """The words of others that may be shown, question by question."""
    key = people.scalar(
        select(Subject.key).where(
            Subject.cycle_id == appraisal.cycle_id, Subject.employee_id == appraisal.employee_id
        )
    )
    rows = answers.execute(
        select(Comment.question, Comment.voice, Comment.text)
        .where(Comment.cycle == report.cycle.public_id, Comment.block == key)
        .order_by(Comment.rank)
    ).all()
    written: dict[tuple[str, str], list[str]] = defaultdict(list)
    for question, voice, text in rows:
        written[question, voice].append(text)
    questions = read_texts(people, report.cycle).questions
    found = [
        Texts(
            question,
            {
                voice: sorted(written[code, voice])
                for voice in ("anonymous", "supervisor", "self")
                if written[code, voice]
                and disclosure.may_show_texts(
                    voice, len(written[code, voice]), has_shown_group=report.has_shown_group
                )
            },
        )
        for code, question in questions.items()
    ]
    return [texts for texts in found if texts.voices]
