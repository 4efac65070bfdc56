"""What a table cannot hold cannot leak: the metadata of the answers and of the spool, walked."""

import pytest
from sqlalchemy import Date, DateTime, Interval, MetaData, Table, Time

from survey.db import AnswersBase, PeopleBase, SpoolBase

ANONYMOUS = [*AnswersBase.metadata.sorted_tables, *SpoolBase.metadata.sorted_tables]
TELLING = ("user", "rater", "person", "employee", "account", "invitation", "address", "created", "updated")
ALLOWED = {"rater_group"}


def names(metadata: MetaData) -> set[str]:
    return set(metadata.tables)


@pytest.mark.parametrize("table", ANONYMOUS, ids=lambda table: table.name)
def test_no_anonymous_table_has_a_clock_a_serial_number_a_link_or_a_person(table: Table) -> None:
    assert not table.foreign_keys, f"{table.name}: answers point at nothing"
    for column in table.columns:
        assert not isinstance(column.type, DateTime | Date | Time | Interval), f"{column}: no clock here"
        assert column.autoincrement is not True, f"{column}: no serial number here"
        assert column.default is None or not column.default.is_callable, f"{column}: no default of its own"
        assert column.server_default is None, f"{column}: no default of the server's"
        if column.name not in ALLOWED:
            assert not any(word in column.name for word in TELLING), f"{column}: nothing about a person"


@pytest.mark.parametrize("table", ANONYMOUS, ids=lambda table: table.name)
def test_anonymous_tables_have_natural_keys_and_no_further_index(table: Table) -> None:
    assert len(table.primary_key.columns) >= 1
    assert not table.indexes
    assert not [column for column in table.primary_key.columns if column.name == "id"]


def test_the_two_worlds_share_no_table() -> None:
    assert not names(PeopleBase.metadata) & (names(AnswersBase.metadata) | names(SpoolBase.metadata))


def test_papers_and_invitations_have_no_clock() -> None:
    for name in (
        "papers",
        "invitations",
        "assignments",
        "drawn_codes",
        "replacement_requests",
        "letters",
        "bounces",
    ):
        for column in PeopleBase.metadata.tables[name].columns:
            assert not isinstance(column.type, DateTime | Date | Time), f"{column}: no clock here"


def test_jobs_hold_no_person_and_no_clock_but_the_start_that_was_asked_for() -> None:
    columns = {column.name for column in PeopleBase.metadata.tables["jobs"].columns}
    assert columns == {
        "id", "public_id", "kind", "argument", "key", "state", "step", "done", "total", "failure",
        "attempt", "not_before",
    }  # fmt: skip
