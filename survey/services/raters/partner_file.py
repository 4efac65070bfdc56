"""A file of service partners: read whole, or refused with every row that is wrong."""

from collections import Counter
from dataclasses import dataclass
from typing import BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.models.assignments import ConflictPair
from survey.models.cycles import Cycle
from survey.models.people import Employee
from survey.services.organisation.employee_numbers import digits_of
from survey.services.raters.partners import Above, is_one_chain, superiors
from survey.tables import N_, ProblemList, read_table

SUBJECT, PARTNER = "subject", "partner"
HEADERS = {SUBJECT: ("subject", "pegawai"), PARTNER: ("partner", "mitra layanan", "mitra")}


@dataclass(frozen=True)
class _Known:
    """Active employees by NIP and by code, where they work, and who must not meet whom."""

    by_key: dict[str, int]
    units: dict[int, int]
    above: Above
    barred: set[tuple[int, int]]


def read_pairs(session: Session, cycle: Cycle, source: BinaryIO, filename: str) -> set[tuple[int, int]]:
    """The pairs (subject, partner) of a file, each person known by NIP or employee code.

    Raises
    ------
    BadFile
        A column is missing, or rows name nobody, people of one unit or chain, a pair twice, or somebody above
        the load cap; all are named with their mend.
    """
    table, problems = read_table(source, filename), ProblemList()
    columns = {
        field: next((name for name in table.columns if name.casefold() in names), "")
        for field, names in HEADERS.items()
    }
    for field, name in columns.items():
        if not name:
            problems.add(1, field, N_("This column is missing. The first row must name subject and partner."))
    problems.raise_if_any()
    if not table.rows:
        problems.add(None, None, N_("The file has column names but no rows below them."))
    known, pairs, load = _read_known(session), set[tuple[int, int]](), Counter[int]()
    for row, cells in table.rows:
        people = [_find(known, problems, row, name, cells[name]) for name in columns.values()]
        subject, partner = people
        if subject is None or partner is None:
            continue
        if mend := _fault(known, pairs, subject, partner):
            problems.add(row, columns[PARTNER], mend)
            continue
        pairs.add((subject, partner))
        load[partner] += 1
        if load[partner] == cycle.load_cap + 1:
            problems.add(
                row,
                columns[PARTNER],
                N_("This person is asked about more than %(cap)s people. Name others in some of the rows."),
                cap=cycle.load_cap,
            )
    problems.raise_if_any()
    return pairs


def _read_known(session: Session) -> _Known:
    rows = session.execute(
        select(Employee.id, Employee.number, Employee.code, Employee.unit_id).where(Employee.is_active)
    ).all()
    keys = {key: row.id for row in rows for key in (row.code, row.number) if key}
    barred = session.execute(select(ConflictPair.first_id, ConflictPair.second_id))
    return _Known(
        keys, {row.id: row.unit_id for row in rows}, superiors(session), {(row[0], row[1]) for row in barred}
    )


def _find(known: _Known, problems: ProblemList, row: int, column: str, text: str) -> int | None:
    found = known.by_key.get(digits_of(text)) or known.by_key.get(text.strip().upper())
    if found is None:
        problems.add(
            row, column, N_("Nobody who works here has this NIP or employee code. Check the number.")
        )
    return found


def _fault(known: _Known, pairs: set[tuple[int, int]], subject: int, partner: int) -> str | None:
    """What is wrong with a pair, with its mend."""
    faults = {
        N_("This is the same person as the subject. Name somebody of another unit."): subject == partner,
        N_("Both work in the same unit, so they rate as colleagues. Name somebody of another unit."): (
            known.units[subject] == known.units[partner]
        ),
        N_("One of the two leads the other, so the chart decides. Name somebody outside the chain."): (
            is_one_chain(known.above, subject, partner)
        ),
        N_("These two must not rate each other. Delete the row, or mend the list of such pairs."): (
            (min(subject, partner), max(subject, partner)) in known.barred
        ),
        N_("This pair stands in the file twice. Delete one of the rows."): (subject, partner) in pairs,
    }
    return next((mend for mend, is_fault in faults.items() if is_fault), None)
