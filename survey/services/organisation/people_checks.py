"""What the rows of units and employees owe one another and the database: known units, known supervisors,
no circles.
"""

from collections.abc import Iterable, Mapping, Sequence

from survey.services.organisation.people_file import EmployeeRow, Headers, UnitRow
from survey.services.organisation.people_problems import FileName, Problems

LONGEST_CHAIN = 8


def check_units(
    rows: Sequence[UnitRow], headers: Headers, stored: Mapping[str, str], problems: Problems
) -> None:
    """Every parent is known and no unit lies below itself. `stored` is the parent of each stored code."""
    if "parent" not in headers.of:
        return
    column = headers.of["parent"]
    known = stored.keys() | {row.code for row in rows}
    for row in rows:
        if row.parent and row.parent not in known:
            problems.add("units", row.row, column, "parent_unknown", value=row.parent)
    above = dict(stored) | {row.code: row.parent or "" for row in rows}
    names = {row.code: row.name for row in rows}
    first_row = {row.code: row.row for row in reversed(rows)}
    _report_circles("units", column, above, first_row, names, problems)


def with_unit_codes(
    rows: Sequence[EmployeeRow], headers: Headers, names: Mapping[str, str], problems: Problems
) -> list[EmployeeRow]:
    """The rows with the code of each unit, which a file may name by its code or its whole name."""
    code_of = _codes_by_code_and_name(names)
    checked = []
    for row in rows:
        code = code_of.get(row.unit.casefold(), "")
        if row.unit and not code:
            problems.add("employees", row.row, headers.of["unit"], "unit_unknown", value=row.unit)
        checked.append(row._replace(unit=code))
    return checked


def check_supervisors(
    rows: Sequence[EmployeeRow],
    headers: Headers,
    stored: Mapping[str, str],
    names: Mapping[str, str],
    problems: Problems,
) -> None:
    """Nobody is above herself. `stored`: the supervisor of each stored employee, by key."""
    column = headers.of["supervisor"]
    above = dict(stored)
    for row in rows:
        above[row.key] = "" if row.supervisor == row.key else row.supervisor
        if row.supervisor and row.supervisor == row.key:
            problems.add("employees", row.row, column, "supervisor_self")
    names = dict(names) | {row.key: row.name for row in rows}
    first_row = {row.key: row.row for row in reversed(rows)}
    _report_circles("employees", column, above, first_row, names, problems)


def circles(above: Mapping[str, str]) -> list[list[str]]:
    """Every circle in a chart where each key has at most one key above it (an empty text: none)."""
    found: list[list[str]] = []
    done: set[str] = set()
    for start in above:
        path: dict[str, int] = {}
        here = start
        while above.get(here) and here not in done and here not in path:
            path[here] = len(path)
            here = above[here]
        if here in path:
            found.append(list(path)[path[here] :])
        done.update(path)
    return found


def _codes_by_code_and_name(names: Mapping[str, str]) -> dict[str, str]:
    """Codes come first; a name that two units share stands for neither."""
    code_of: dict[str, str] = {}
    for code, name in names.items():
        key = name.casefold()
        code_of[key] = "" if key in code_of else code
    return code_of | {code.casefold(): code for code in names}


def _report_circles(
    file: FileName,
    column: str,
    above: Mapping[str, str],
    first_row: Mapping[str, int],
    names: Mapping[str, str],
    problems: Problems,
) -> None:
    for circle in circles(above):
        rows = [first_row[key] for key in circle if key in first_row]
        if rows:
            problems.add(
                file, min(rows), column, "circle", chain=_chain(names.get(key, key) for key in circle)
            )


def _chain(names: Iterable[str]) -> str:
    links = list(names)
    shown = links if len(links) <= LONGEST_CHAIN else [*links[:LONGEST_CHAIN], f"… ({len(links)})"]
    return " → ".join([*shown, links[0]])
