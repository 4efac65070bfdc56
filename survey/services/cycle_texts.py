"""What a cycle's questionnaires call things: the behaviours in order, the open questions, the scale."""

from dataclasses import dataclass

from instruments import catalogue
from instruments.schema import Instrument, OpenQuestion, Scale
from survey.models.cycles import Cycle
from survey.services.disclosure import Span


@dataclass(frozen=True)
class CycleTexts:
    """The words and the scale of a cycle, over all its questionnaires."""

    scales: dict[str, Scale]
    questions: dict[str, OpenQuestion]
    span: Span


def read_texts(cycle: Cycle) -> CycleTexts:
    """Gather them from the questionnaires that the cycle fixed by their hash."""
    scales: dict[str, Scale] = {}
    questions: dict[str, OpenQuestion] = {}
    for group in cycle.groups:
        instrument = catalogue.by_hash(group.instrument_hash)
        for scale in instrument.scales_for(group.rater_group):  # type: ignore[arg-type]
            scales.setdefault(scale.code, scale)
        for question in instrument.open_questions_for(group.rater_group):  # type: ignore[arg-type]
            questions.setdefault(question.code, question)
    return CycleTexts(scales, questions, span_of(catalogue.by_hash(cycle.groups[0].instrument_hash)))


def questionnaires(cycle: Cycle) -> dict[str, Instrument]:
    """The questionnaire of each rater group."""
    return {group.rater_group: catalogue.by_hash(group.instrument_hash) for group in cycle.groups}


def span_of(instrument: Instrument) -> Span:
    """First and last step of a questionnaire."""
    values = [option.value for option in instrument.options_for(instrument.items[0])]
    return Span(min(values), max(values))
