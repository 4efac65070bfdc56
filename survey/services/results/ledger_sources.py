"""Write the ledger of a counted cycle: from what is stored to be shown, held against the vault.

What the pages of HR, the own reports and the files tell all comes out of the same rows: means of groups,
composites, coefficients of quality. No page tells how often an option of an item was chosen.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.disclosure import coarsened, in_high_band, in_low_band
from analysis.scoring import mapped
from analysis.statistics import Layout, Vault, figures, is_pooled
from survey.models.appraisals import Appraisal, CitizenPart, Quality, ScaleComposite, ScaleScore
from survey.models.cycles import Cycle
from survey.services.accounts.access import WHOLE_CITY
from survey.services.citizens import officer_answers
from survey.services.cycles.cycle_texts import span_of
from survey.services.gate import disclosure
from survey.services.papers import distribution
from survey.services.results import officer_parts
from survey.services.results.cycle_frame import CycleFrame, GroupFrame
from survey.services.results.ledger import CITIZENS, PARTICIPATION, QUALITY, Figure, Ledger, Part, Place
from survey.services.results.quality_figures import WHOLE

REPORT, COMPOSITE = "report", "composite"
POOLED = ("icc1", "icck", "alpha", "omega_total", "rwg", "deviation")
SAME = 1e-9  # two figures this near are one


class _Block(NamedTuple):
    """A subject's block in the vault: its ballots, its mean, and the mean it counts as."""

    n: int
    mean: float
    counts_as: float
    is_banded: bool


class _Stored(NamedTuple):
    """A mean as it is stored to be shown and counted, and whether it gives the exact one away."""

    mean: float
    is_exact: bool


class _Composite(NamedTuple):
    """The composite of one subject on one scale."""

    scale: str
    value: float
    weights: dict[str, float]


@dataclass
class _Writing:
    """What was read so far, and a hash over everything it says."""

    blocks: dict[Place, dict[int, _Block]]
    items: dict[Place, int]
    parts: dict[Place, Part]
    stored: dict[Place, dict[int, _Stored]] = field(default_factory=lambda: defaultdict(dict))
    composites: dict[int, list[_Composite]] = field(default_factory=lambda: defaultdict(list))
    citizens: dict[int, tuple[float, float]] = field(default_factory=dict)  # share, mean on its scale
    values: Any = field(default_factory=hashlib.sha256)

    def say(self, *values: object) -> None:
        """Take a row into the hash; the last bits of a fraction may differ between two computations."""
        texts = (f"{value:.9f}" if isinstance(value, float) else repr(value) for value in values)
        self.values.update(("\t".join(texts) + "\n").encode())

    def tell(self, place: Place, source: str, cell: int, mean: float | None, *, is_exact: bool) -> None:
        """Enter a figure that tells this mean of the ballots about one subject."""
        part, block = self.parts[place], self.blocks[place].get(cell)
        n = part.ballots.setdefault(cell, block.n if block else 0)
        part.figures.append(Figure(source, (cell,), is_exact))
        if is_exact and mean is not None:
            part.totals[cell] = mean * n * self.items[place]


def _flat(values: Iterable[object]) -> Iterator[object]:
    """The values in what holds values, in an order of their own."""
    for value in values:
        if isinstance(value, dict):
            yield from _flat(part for pair in sorted(value.items()) for part in pair)
        elif isinstance(value, list):
            yield from _flat(value)
        else:
            yield value


def write(people: Session, cycle: Cycle, frame: CycleFrame, vault: Vault) -> Ledger:
    """Everything that the pages and files of a counted cycle tell."""
    places = [(group, scale, len(own)) for group in frame.groups for scale, own in group.layout.scales]
    writing = _Writing(
        blocks={(group.rater_group, scale): _blocks(group, vault, scale) for group, scale, _items in places},
        items={(group.rater_group, scale): items for group, scale, items in places},
        parts={(group.rater_group, scale): Part() for group, scale, _items in places},
    )
    cell_of = {employee: place for place, employee in enumerate(frame.subject_ids)}
    _read_scores(people, cycle, frame, writing, cell_of)
    _read_composites(people, cycle, writing, cell_of)
    officers = _read_citizens(people, cycle, writing, cell_of)
    _read_overall(people, cycle, writing, cell_of)
    _read_quality(people, cycle, frame, vault, writing)
    if officers.figures:
        writing.parts[CITIZENS] = officers
    participation = _participation(people, cycle)
    if participation.figures:
        writing.parts[PARTICIPATION] = participation
    return Ledger(cycle.public_id, frame.minimum, writing.parts, writing.values.hexdigest())


def _blocks(group: GroupFrame, vault: Vault, scale: str) -> dict[int, _Block]:
    found = figures.block_means(vault.pool(group.layout.instrument, group.rater_group), scale)
    ends = group.layout.low, group.layout.high
    rows = zip(
        found.block.tolist(),
        found.n.tolist(),
        found.mean.tolist(),
        coarsened(found.mean, *ends).tolist(),
        (in_low_band(found.mean, *ends) | in_high_band(found.mean, *ends)).tolist(),
        strict=True,
    )
    return {block: _Block(*rest) for block, *rest in rows if block >= 0}


def _of_cycle(people: Session, cycle: Cycle, *columns: Any) -> Iterable[Any]:
    """Rows of what is stored about each subject, in an order that no engine decides."""
    rows = select(Appraisal.employee_id, *columns).where(Appraisal.cycle_id == cycle.id)
    if columns[0].class_ is not Appraisal:
        rows = rows.join(columns[0].class_, columns[0].class_.appraisal_id == Appraisal.id)
    return sorted(people.execute(rows).all(), key=lambda row: row[:3])


def _read_scores(
    people: Session, cycle: Cycle, frame: CycleFrame, writing: _Writing, cell_of: dict[int, int]
) -> None:
    """The means of each rater group, as the own report shows them."""
    spans = {group.rater_group: span_of(group.instrument) for group in frame.groups}
    columns = (ScaleScore.scale, ScaleScore.rater_group, ScaleScore.n, ScaleScore.mean)
    for row in _of_cycle(people, cycle, *columns, ScaleScore.standard_error, ScaleScore.reason):
        writing.say(*row)
        if row.mean is None:
            continue
        place, cell = (row.rater_group, row.scale), cell_of[row.employee_id]
        block = writing.blocks[place].get(cell)
        is_coarse = block is not None and block.is_banded and abs(row.mean - block.counts_as) <= SAME
        writing.stored[place][cell] = _Stored(row.mean, not is_coarse)
        shown = disclosure.group_figure(
            spans[row.rater_group], frame.minimum, row.rater_group, row.n, row.mean, row.standard_error
        )
        if not shown.reason:
            writing.tell(place, REPORT, cell, row.mean, is_exact=not is_coarse)


def _read_composites(people: Session, cycle: Cycle, writing: _Writing, cell_of: dict[int, int]) -> None:
    """The composite of each scale: it tells the means it is made of, or else something unknown of them."""
    columns = (ScaleComposite.scale, ScaleComposite.composite, ScaleComposite.standard_error)
    for row in _of_cycle(people, cycle, *columns, ScaleComposite.reason, ScaleComposite.weights):
        writing.say(*row[:-1], *(part for pair in sorted(row.weights.items()) for part in pair))
        if row.composite is None:
            continue
        cell = cell_of[row.employee_id]
        found = _Composite(row.scale, row.composite, row.weights)
        writing.composites[cell].append(found)
        stored = [writing.stored[group, row.scale].get(cell) for group in row.weights]
        means = [weight * one.mean for one, weight in zip(stored, row.weights.values(), strict=True) if one]
        is_as_stored = len(means) == len(stored) and abs(sum(means) - row.composite) <= SAME
        _tell_composite(writing, cell, found, is_as_stored=is_as_stored)


def _tell_composite(writing: _Writing, cell: int, told: _Composite, *, is_as_stored: bool) -> None:
    for group in told.weights:
        stored = writing.stored[group, told.scale].get(cell)
        if is_as_stored and stored is not None:
            writing.tell((group, told.scale), COMPOSITE, cell, stored.mean, is_exact=stored.is_exact)
            continue
        block = writing.blocks[group, told.scale].get(cell)
        writing.tell((group, told.scale), COMPOSITE, cell, block and block.mean, is_exact=True)


def _read_citizens(people: Session, cycle: Cycle, writing: _Writing, cell_of: dict[int, int]) -> Part:
    """What citizens said of officers: told by the own report and, with a share, by the overall figure."""
    part, rule = Part(), officer_parts.published_rule(cycle)
    columns = (CitizenPart.n, CitizenPart.mean, CitizenPart.is_banded, CitizenPart.standard_error)
    for row in _of_cycle(people, cycle, *columns, CitizenPart.reliability):
        writing.say(*row)
        if rule is None:
            continue
        cell, scale = cell_of[row.employee_id], (rule.from_low, rule.from_high)
        on_its_scale = float(mapped(row.mean, scale, (rule.to_low, rule.to_high)))
        writing.citizens[cell] = officer_parts.share_of(rule), on_its_scale
        part.ballots[cell] = row.n
        part.figures.append(Figure(REPORT, (cell,), not row.is_banded))
        if not row.is_banded:
            part.totals[cell] = row.mean * row.n * len(officer_answers.questionnaire().items)
    return part


def _read_overall(people: Session, cycle: Cycle, writing: _Writing, cell_of: dict[int, int]) -> None:
    """The figure over all scales: it tells the composites it is made of."""
    columns = (Appraisal.composite, Appraisal.standard_error, Appraisal.reliability, Appraisal.raters)
    for row in _of_cycle(people, cycle, *columns, Appraisal.usable, Appraisal.reasons):
        writing.say(*row)
        if row.composite is None:
            continue
        cell = cell_of[row.employee_id]
        own, whole = writing.composites[cell], row.composite
        if cell in writing.citizens:
            share, mean = writing.citizens[cell]
            whole = (row.composite - share * mean) / (1 - share)
        if abs(sum(each.value for each in own) - whole * len(own)) > SAME * len(own):
            for each in own:
                _tell_composite(writing, cell, each, is_as_stored=False)


def _read_quality(people: Session, cycle: Cycle, frame: CycleFrame, vault: Vault, writing: _Writing) -> None:
    """Coefficients and tables of items rest on all blocks of single subjects whose mean may be told."""
    layouts: dict[str, Layout] = {group.rater_group: group.layout for group in frame.groups}
    rows = people.scalars(select(Quality).where(Quality.cycle_id == cycle.id)).all()
    for row in sorted(rows, key=lambda row: (row.rater_group, row.scale)):
        writing.say(row.rater_group, row.scale, *_flat([row.figures]))
        if row.scale == WHOLE or all(row.figures.get(name) is None for name in POOLED):
            continue
        layout = layouts[row.rater_group]
        blocks = vault.pool(layout.instrument, row.rater_group).blocks[layout.scale(row.scale)]
        pooled = is_pooled(blocks, layout)
        if not pooled.any():
            continue
        part = writing.parts[row.rater_group, row.scale]
        for cell, n in zip(blocks.block[pooled].tolist(), blocks.n[pooled].tolist(), strict=True):
            part.ballots.setdefault(cell, n)
        part.figures.append(Figure(QUALITY, tuple(blocks.block[pooled].tolist()), True))


def _participation(people: Session, cycle: Cycle) -> Part:
    """The share of used papers that was shown for units of raters while the cycle was open."""
    part = Part()
    for cell, unit in enumerate(distribution.participation(people, WHOLE_CITY, cycle)):
        part.ballots[cell] = unit.raters
        if unit.percent is not None:
            part.figures.append(Figure("participation", (cell,), True))
    return part
