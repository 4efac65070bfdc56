"""Who is meant by a row of a file: somebody known, by code, number or name, or somebody new."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from survey.services.organisation.people_difference import Stored
from survey.services.organisation.people_file import EmployeeRow, Headers
from survey.services.organisation.people_problems import Problems


class _Known:
    """The employees of the database by everything that a row may know them by."""

    def __init__(self, stored: Stored) -> None:
        self.employees = stored.employees
        self.by_number = {each.number: code for code, each in stored.employees.items() if each.number}
        self.by_name: dict[str, list[str]] = defaultdict(list)
        for code, each in stored.employees.items():
            if not each.number:
                self.by_name[each.name.casefold()].append(code)


def with_keys(
    rows: Sequence[EmployeeRow], headers: Headers, stored: Stored, problems: Problems
) -> list[EmployeeRow]:
    """The rows with the key of each person, and of each supervisor.

    The code counts first, then the number; without both, the name of somebody without a number in that unit.
    """
    known = _Known(stored)
    keyed = [row._replace(key=_key(row, headers, known, problems)) for row in rows]
    _report_shared_names(keyed, headers, problems)
    return list(_with_supervisors(keyed, headers, known, problems))


def _key(row: EmployeeRow, headers: Headers, known: _Known, problems: Problems) -> str:
    if row.code:
        return _key_of_code(row, headers, known, problems)
    if row.number:
        return known.by_number.get(row.number, row.number)
    return _key_of_name(row, headers, known, problems)


def _key_of_code(row: EmployeeRow, headers: Headers, known: _Known, problems: Problems) -> str:
    column = headers.of["code"]
    if row.code not in known.employees:
        problems.add("employees", row.row, column, "code_unknown", value=row.code)
    elif row.number and known.by_number.get(row.number, row.code) != row.code:
        name = known.employees[row.code].name
        problems.add("employees", row.row, column, "code_of_other", value=row.code, name=name)
    return row.code


def _key_of_name(row: EmployeeRow, headers: Headers, known: _Known, problems: Problems) -> str:
    same_name = known.by_name.get(row.name.casefold(), [])
    here = [code for code in same_name if known.employees[code].unit == row.unit]
    column = headers.of["number"]
    if len(here) > 1:
        problems.add("employees", row.row, column, "name_shared", value=row.name)
    elif not here and same_name:
        other = known.employees[same_name[0]].unit
        values = {"value": row.name, "unit": other, "known_as": same_name[0]}
        problems.warn("employees", row.row, column, "name_elsewhere", **values)
    return here[0] if here else f"{row.name.casefold()} / {row.unit}"


def _report_shared_names(rows: Sequence[EmployeeRow], headers: Headers, problems: Problems) -> None:
    """Two rows must not mean the same person; double codes and numbers were told before."""
    first: dict[str, int] = {}
    for row in rows:
        if first.setdefault(row.key, row.row) != row.row and row.name and not row.code and not row.number:
            problems.add("employees", row.row, headers.of["number"], "name_shared", value=row.name)


def _with_supervisors(
    rows: Sequence[EmployeeRow], headers: Headers, known: _Known, problems: Problems
) -> Iterator[EmployeeRow]:
    named: Mapping[str, str] = {
        **{code: code for code in known.employees},
        **known.by_number,
        **{row.number: row.key for row in rows if row.number},
    }
    for row in rows:
        if row.supervisor and row.supervisor not in named:
            column = headers.of["supervisor"]
            problems.add("employees", row.row, column, "supervisor_unknown", value=row.supervisor)
        yield row._replace(supervisor=named.get(row.supervisor, row.supervisor))
