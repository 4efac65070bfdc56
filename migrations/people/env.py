"""Alembic environment of the people database; `survey.migrate` hands the connection over."""

from alembic import context

import survey.models  # noqa: F401 - every table must be known
from survey.db import PeopleBase

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=PeopleBase.metadata,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
