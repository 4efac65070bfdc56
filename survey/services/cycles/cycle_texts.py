"""What a cycle's questionnaires call things: the behaviours in order, the open questions, the scale."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from instruments.schema import Instrument, OpenQuestion, Scale
from survey.models.cycles import Cycle
from survey.services.gate.disclosure import Span
from survey.services.instruments import questionnaires as every


@dataclass(frozen=True)
class CycleTexts:
    """The words and the scale of a cycle, over all its questionnaires."""

    scales: dict[str, Scale]
    questions: dict[str, OpenQuestion]
    span: Span


def read_texts(people: Session, cycle: Cycle) -> CycleTexts:
    """Gather them from the questionnaires that the cycle fixed by their hash."""
    scales: dict[str, Scale] = {}
    questions: dict[str, OpenQuestion] = {}
    asked = questionnaires(people, cycle)
    for group in cycle.groups:
        instrument = asked[group.rater_group]
        for scale in instrument.scales_for(group.rater_group):  # type: ignore[arg-type]
            scales.setdefault(scale.code, scale)
        for question in instrument.open_questions_for(group.rater_group):  # type: ignore[arg-type]
            questions.setdefault(question.code, question)
    return CycleTexts(scales, questions, span_of(asked[cycle.groups[0].rater_group]))


def questionnaires(people: Session, cycle: Cycle) -> dict[str, Instrument]:
    """The questionnaire of each rater group."""
    return {group.rater_group: every.by_hash(people, group.instrument_hash) for group in cycle.groups}


def span_of(instrument: Instrument) -> Span:
    """First and last step of a questionnaire."""
    values = [option.value for option in instrument.options_for(instrument.items[0])]
    return Span(min(values), max(values))
