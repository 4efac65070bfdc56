"""Who was asked about whom in a cycle, as arrays: what counting and appraising need of the people side."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.disclosure import Asked, Kind, replaced_papers, unit_of_block
from analysis.reliability import ItemRule
from analysis.statistics import Layout
from instruments.rater_groups import VOICES
from instruments.schema import Instrument, RaterGroup
from survey.models.assignments import Assignment
from survey.models.cycles import Cycle, Subject
from survey.models.people import Unit
from survey.models.reviews import ItemReview
from survey.services.instruments import questionnaires
from survey.services.papers import paper_office

CITY = "city"
UNIT_PREFIX = "unit:"
NO_RULE = ItemRule()


@dataclass(frozen=True)
class GroupFrame:
    """One rater group of a cycle with its questionnaire."""

    rater_group: RaterGroup
    kind: Kind
    weight: float
    instrument: Instrument
    left_out: frozenset[str] = frozenset()  # items that count in no figure

    @cached_property
    def items(self) -> tuple[str, ...]:
        """The items of the questionnaire that this group sees: the columns of its answers."""
        return tuple(item.code for item in self.instrument.items_for(self.rater_group))

    @cached_property
    def layout(self) -> Layout:
        """The same for the analysis: which columns make which scale, without the items that are left out."""
        visible = self.instrument.items_for(self.rater_group)
        values = [option.value for option in self.instrument.options_for(visible[0])]
        scales = tuple(
            (scale.code, tuple(column for column, item in enumerate(visible) if item.scale == scale.code))
            for scale in self.instrument.scales_for(self.rater_group)
        )
        asked = Layout(self.instrument.content_hash(), scales, len(visible), min(values), max(values))
        return asked.without([column for column, item in enumerate(self.items) if item in self.left_out])


@dataclass(frozen=True)
class CycleFrame:
    """The frozen list of a cycle. Arrays are indexed by subject, in the order of `subject_ids`."""

    cycle: str
    minimum: int
    subject_ids: tuple[int, ...]
    subject_keys: tuple[str, ...]
    leads: np.ndarray[tuple[int], np.dtype[np.bool_]]  # whether the subject leads others
    units: np.ndarray[tuple[int], np.dtype[np.int64]]
    unit_codes: tuple[str, ...]
    parents: np.ndarray[tuple[int], np.dtype[np.int64]]
    groups: tuple[GroupFrame, ...]
    asked: Asked
    item_rule: ItemRule = NO_RULE  # without limits: no item may be left out
    left_out: Mapping[str, str] = field(default_factory=dict)  # item by scale

    @cached_property
    def scales(self) -> tuple[str, ...]:
        """All scales that any group judges, in the order of the questionnaires."""
        return tuple(dict.fromkeys(name for group in self.groups for name, _own in group.layout.scales))

    @cached_property
    def for_leaders(self) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Which scales are acts of leading, asked about those who lead others alone."""
        optional = {
            scale.code
            for group in self.groups
            for scale in group.instrument.scales
            if scale.subjects == "leaders"
        }
        return np.array([name in optional for name in self.scales], dtype=np.bool_)

    @cached_property
    def applies(self) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
        """Which scales exist for which subject: (subjects, scales)."""
        return self.leads[:, np.newaxis] | ~self.for_leaders

    @cached_property
    def papers(self) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
        """How many papers each group got about each subject, replaced ones too: (subjects, groups)."""
        shape = (len(self.subject_ids), len(self.groups))
        flat = np.bincount(
            self.asked.subject * len(self.groups) + self.asked.group, minlength=shape[0] * shape[1]
        )
        return flat.reshape(shape)

    @cached_property
    def replaced(self) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
        """How many of them replaced lost ones, so that one person may have sent both: (subjects, groups)."""
        subjects = len(self.subject_ids)
        columns = [replaced_papers(self.asked, g, subjects) for g in range(len(self.groups))]
        return np.array(columns, dtype=np.int64).reshape(len(self.groups), subjects).T

    @cached_property
    def group_sizes(self) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
        """How many raters of each group were asked about each subject: (subjects, groups)."""
        return np.asarray(self.papers - self.replaced)

    @cached_property
    def named(self) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
        """Where the group is one person who was told so (self or a lone supervisor): (subjects, groups)."""
        kinds = np.array([group.kind for group in self.groups])
        return np.asarray((kinds == "self") | ((kinds == "supervisor") & (self.group_sizes == 1)))

    def leaving_out(self, items: Mapping[str, str]) -> "CycleFrame":
        """The same list with figures that rest on all items but these, one for each scale; none: on all."""
        codes = frozenset(items.values())
        groups = tuple(replace(group, left_out=codes) for group in self.groups)
        return replace(self, groups=groups, left_out=dict(items))

    def block_name(self, block: int) -> str:
        """The name of a block in the vault."""
        if block >= 0:
            return self.subject_keys[block]
        unit = unit_of_block(block)
        if unit is None:
            raise ValueError("block: an unpublished block has no name")
        return CITY if unit == len(self.unit_codes) else UNIT_PREFIX + self.unit_codes[unit]


def read_frame(people: Session, cycle: Cycle) -> CycleFrame:
    """Read the frozen list of a cycle, and which papers were replaced, in five statements."""
    groups = tuple(
        GroupFrame(
            group.rater_group,  # type: ignore[arg-type]
            VOICES[group.rater_group],
            group.weight,
            questionnaires.by_hash(people, group.instrument_hash),
        )
        for group in cycle.groups
    )
    units = people.execute(select(Unit.id, Unit.code, Unit.parent_id).order_by(Unit.code)).all()
    unit_place = {row.id: place for place, row in enumerate(units)}
    subjects = people.execute(
        select(Subject.employee_id, Subject.key, Subject.unit_id, Subject.leads)
        .where(Subject.cycle_id == cycle.id)
        .order_by(Subject.key)
    ).all()
    subject_ids = tuple(row.employee_id for row in subjects)
    chosen = people.get(ItemReview, cycle.id)
    frame = CycleFrame(
        cycle=cycle.public_id,
        minimum=cycle.minimum_group_size,
        subject_ids=subject_ids,
        subject_keys=tuple(row.key for row in subjects),
        leads=np.array([row.leads for row in subjects], dtype=np.bool_),
        units=np.array([unit_place[row.unit_id] for row in subjects], dtype=np.int64),
        unit_codes=tuple(row.code for row in units),
        parents=np.array([unit_place.get(row.parent_id, -1) for row in units], dtype=np.int64),
        groups=groups,
        asked=_read_asked(people, cycle, subject_ids, [group.rater_group for group in groups]),
        item_rule=ItemRule(cycle.item_least_r, cycle.item_most_unable),
    )
    return frame.leaving_out(chosen.named) if chosen and chosen.is_left_out else frame


def _read_asked(
    people: Session, cycle: Cycle, subject_ids: tuple[int, ...], group_names: list[RaterGroup]
) -> Asked:
    place = {employee: index for index, employee in enumerate(subject_ids)}
    assigned = people.execute(
        select(Assignment.rater_id, Assignment.subject_id, Assignment.rater_group).where(
            Assignment.cycle_id == cycle.id
        )
    )
    rows = [*assigned, *paper_office.replacements(people, cycle)]
    return Asked(
        rater=np.array([row.rater_id for row in rows], dtype=np.int64),
        subject=np.array([place[row.subject_id] for row in rows], dtype=np.int64),
        group=np.array([group_names.index(row.rater_group) for row in rows], dtype=np.int64),
    )
