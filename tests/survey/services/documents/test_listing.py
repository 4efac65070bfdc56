"""Lists of rows in memory: searched, sorted, a page at a time."""

from collections.abc import Callable
from typing import Any

import pytest

from survey.services.documents.listing import ROWS_PER_PAGE, Wanted, page_of_rows, rows_as_wanted

Row = tuple[str, int | None]
ROWS: list[Row] = [("Sawah", 3), ("aur", None), ("Birugo", 3), ("Tarok", 1)]
ORDERS: dict[str, Callable[[Row], Any]] = {"name": lambda row: row[0], "count": lambda row: row[1]}


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        ("", ["Sawah", "aur", "Birugo", "Tarok"]),
        ("name", ["aur", "Birugo", "Sawah", "Tarok"]),
        ("-name", ["Tarok", "Sawah", "Birugo", "aur"]),
        ("count", ["aur", "Tarok", "Sawah", "Birugo"]),
        ("-count", ["Sawah", "Birugo", "Tarok", "aur"]),
        ("address", ["Sawah", "aur", "Birugo", "Tarok"]),
    ],
)
def test_rows_are_sorted_and_what_is_alike_stays_as_it_was(sort: str, names: list[str]) -> None:
    assert [row[0] for row in page_of_rows(ROWS, Wanted(sort=sort), ORDERS).rows] == names


def test_rows_are_searched_whatever_the_case_of_letters() -> None:
    found = page_of_rows(ROWS, Wanted("AR"), ORDERS, lambda row: row[0])
    assert (found.total, [row[0] for row in found.rows]) == (1, ["Tarok"])


def test_a_page_holds_so_many_and_a_file_all() -> None:
    rows: list[Row] = [(f"{number:03d}", number) for number in range(2 * ROWS_PER_PAGE + 1)]
    last = page_of_rows(rows, Wanted(page=99, sort="-count"), ORDERS)
    assert (last.number, last.pages, last.total, last.rows) == (3, 3, len(rows), [("000", 0)])
    assert len(rows_as_wanted(rows, Wanted(page=2), ORDERS)) == len(rows)


def test_a_head_that_does_not_sort_names_no_direction() -> None:
    assert page_of_rows(ROWS, Wanted(), ORDERS).direction("") == ""
    assert page_of_rows(ROWS, Wanted(sort="-name"), ORDERS).direction("name") == "descending"
