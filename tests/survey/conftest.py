"""Fixtures for the tests of the Flask application."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from sqlalchemy import Engine, event


@pytest.fixture
def count_statements() -> Callable[[Engine], AbstractContextManager[Callable[[], int]]]:
    """Counts the statements an engine runs; a statement run for many rows counts once."""

    @contextmanager
    def counting(engine: Engine) -> Iterator[Callable[[], int]]:
        statements: list[str] = []

        def note(_connection, _cursor, statement, *_rest) -> None:
            if not statement.startswith("BEGIN"):
                statements.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        try:
            yield lambda: len(statements)
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return counting
