"""The outlook of each subject in words and as a list: a page at a time, or whole as a file."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from instruments.rater_groups import ANONYMOUS_GROUPS
from survey.services.documents.export_files import Cell, Sheet
from survey.services.documents.listing import ListPage, Wanted, page_of_rows, rows_as_wanted
from survey.services.raters.feasibility import GroupOutlook, SubjectOutlook
from survey.tables import N_

OUTLOOK_WORDS = {
    "never": N_("cannot reach the minimum"),
    "unlikely": N_("unlikely"),
    "likely": N_("likely"),
    "safe": N_("nearly safe"),
}
REASON_WORDS = {
    "alone": N_("nobody shares a supervisor"),
    "circle_small": N_("too few colleagues"),
    "barred": N_("too many pairs who must not rate each other"),
    "load": N_("the colleagues are asked about others already"),
}
MEND_WORDS = {
    "join": N_("put peers and subordinates together"),
    "wide": N_("ask people in the same kind of post of neighbouring units"),
    "parent": N_("what is answered goes into the sum of the unit above"),
}
HEADER = (
    N_("Name"),
    N_("Unit"),
    N_("Peers asked"),
    N_("Peers, chance"),
    N_("Subordinates asked"),
    N_("Subordinates, chance"),
    N_("Service partners asked"),
    N_("Service partners, chance"),
    N_("Outlook"),
    N_("Why"),
    N_("What would help"),
)

Units = Mapping[int, str]


def listed(chosen: Sequence[SubjectOutlook], wanted: Wanted, units: Units) -> ListPage:
    """One page of them, by name unless another order is asked for."""
    return page_of_rows(chosen, wanted, _orders(units), _text_of(units))


def sheet(
    chosen: Sequence[SubjectOutlook], wanted: Wanted, units: Units, translate: Callable[[str], str]
) -> Sheet:
    """All of them, for a file."""
    rows = rows_as_wanted(chosen, wanted, _orders(units), _text_of(units))
    header = [translate(word) for word in HEADER]
    return Sheet(translate(N_("Outlook")), header, _cells(rows, units, translate), numbers=frozenset())


def _orders(units: Units) -> dict[str, Callable[[SubjectOutlook], Any]]:
    return {
        "name": lambda subject: subject.name,
        "unit": lambda subject: units[subject.unit_id],
        "outlook": lambda subject: subject.chance,
    }


def _text_of(units: Units) -> Callable[[SubjectOutlook], str]:
    return lambda subject: f"{subject.name}\n{units[subject.unit_id]}"


def _cells(
    rows: Sequence[SubjectOutlook], units: Units, translate: Callable[[str], str]
) -> Iterator[list[Cell]]:
    for subject in rows:
        yield [
            subject.name,
            units[subject.unit_id],
            *(cell for name in ANONYMOUS_GROUPS for cell in _group(subject.group(name))),
            translate(OUTLOOK_WORDS[subject.outlook]),
            translate(REASON_WORDS[subject.reason]) if subject.reason else "",
            translate(MEND_WORDS[subject.mend]) if subject.mend else "",
        ]


def _group(group: GroupOutlook | None) -> list[Cell]:
    return [group.invited, group.chance] if group else [None, None]
