"""What a released composite is made of, as a table: a row for each subject, behaviour and rater group.

Every figure is the one that the employee's own page shows. The self-rating is left out, since it is for the
employee alone; of a behaviour that is not usable no group is told, as its composite is not.
"""

from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import and_
from sqlalchemy.orm import Session

from instruments.rater_groups import RATER_GROUPS
from survey.models.appraisals import Appraisal, ScaleComposite, ScaleScore
from survey.models.cycles import Cycle
from survey.services.accounts.access import Reach
from survey.services.cycles.cycle_texts import CycleTexts, read_texts
from survey.services.documents.export_files import Cell, Sheet
from survey.services.gate import disclosure
from survey.services.gate.disclosure import Figure
from survey.services.results.exports import (
    PURPOSE_WORDS,
    RATER_GROUP_WORDS,
    Translate,
    limits_of,
    subjects_of,
)
from survey.services.results.exports import decimal_text as decimal
from survey.tables import N_

HEADER = (
    N_("Employee number"),
    N_("Name"),
    N_("Unit"),
    N_("Behaviour"),
    N_("Rater group"),
    N_("Shown"),
    N_("Answers"),
    N_("Mean"),
    N_("Standard error"),
    N_("Why not, or how"),
    N_("Cycle"),
    N_("Purpose"),
)
TOO_FEW = N_("Fewer than %(minimum)s answers, so this group’s result is neither shown nor counted.")
NO_RESULT = N_("No result that may be shown.")
ALONE = N_("One person, named as supervisor: no error can be told.")
BANDS = {"high": N_("%(limit)s or more"), "low": N_("%(limit)s or less")}


def group_table(session: Session, reach: Reach, cycle: Cycle, translate: Translate, language: str) -> Sheet:
    """Means of rater groups of a released cycle within reach; two statements whatever their number."""
    disclosure.require_released(cycle)
    told = _Telling(cycle, read_texts(session, cycle), translate, language)
    columns = (
        ScaleScore.scale,
        ScaleScore.rater_group,
        ScaleScore.n,
        ScaleScore.mean,
        ScaleScore.standard_error,
        ScaleComposite.composite,
        ScaleComposite.reason,
    )
    of_scale = and_(
        ScaleComposite.appraisal_id == ScaleScore.appraisal_id, ScaleComposite.scale == ScaleScore.scale
    )
    found = session.execute(
        subjects_of(cycle, reach, *columns)
        .join(ScaleScore, ScaleScore.appraisal_id == Appraisal.id)
        .outerjoin(ScaleComposite, of_scale)
        .where(ScaleScore.rater_group != "self")
    )
    header = [translate(name) for name in HEADER]
    return Sheet(translate(N_("Rater groups")), header, told.rows(found))


class _Telling:
    """One cycle, in one language."""

    def __init__(self, cycle: Cycle, texts: CycleTexts, translate: Translate, language: str) -> None:
        self._cycle, self._texts = cycle, texts
        self._translate, self._language = translate, language
        self._limits = limits_of(cycle, language)
        self._titles = {code: scale.title.in_language(language) for code, scale in texts.scales.items()}
        self._last: list[Cell] = [cycle.name, translate(PURPOSE_WORDS[cycle.purpose])]

    def rows(self, found: Any) -> Iterator[list[Cell]]:
        """Subjects by name; behaviours and groups of each in the order of the questionnaire."""
        scales = list(self._titles)
        for _subject, rows in groupby(found, attrgetter("id")):
            for row in sorted(rows, key=lambda r: (scales.index(r.scale), RATER_GROUPS.index(r.rater_group))):
                yield self._row(row)

    def _row(self, row: Any) -> list[Cell]:
        figure = self._figure(row)
        is_shown = figure.n is not None
        return [
            row.number,
            row.name,
            row.unit,
            self._titles[row.scale],
            self._translate(RATER_GROUP_WORDS[row.rater_group]),
            self._translate(N_("Yes") if is_shown else N_("No")),
            figure.n,
            figure.value,
            figure.standard_error,
            self._note(row.rater_group, figure),
            *self._last,
        ]

    def _figure(self, row: Any) -> Figure:
        if row.composite is None or row.reason:
            return Figure(self._texts.span, reason=row.reason or "development_only")
        minimum = self._cycle.minimum_group_size
        return disclosure.group_figure(
            self._texts.span, minimum, row.rater_group, row.n, row.mean, row.standard_error
        )

    def _note(self, rater_group: str, figure: Figure) -> str:
        if figure.reason == disclosure.TOO_FEW:
            words = NO_RESULT if rater_group == "supervisor" else TOO_FEW
        elif figure.reason:
            words = disclosure.REASONS[figure.reason]
        elif figure.band:
            limit = decimal(figure.limit, 1, self._language)
            return self._translate(BANDS[figure.band]) % {"limit": limit}
        elif disclosure.is_named(rater_group, figure.n):
            words = ALONE
        elif figure.standard_error is None:
            words = disclosure.REASONS["error_unknown"]
        else:
            return ""
        return self._translate(words) % self._limits
