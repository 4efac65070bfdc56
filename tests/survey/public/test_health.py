"""Signs of life."""

import pytest
from flask.testing import FlaskClient

from survey.db import Databases


@pytest.mark.db
def test_the_process_and_both_databases_answer(client: FlaskClient) -> None:
    assert (client.get("/healthz").text, client.get("/healthz").status_code) == ("ok", 200)
    assert client.get("/readyz").status_code == 200


@pytest.mark.parametrize("world", ["people", "answers"])
def test_a_database_that_is_not_migrated_is_not_ready(
    client: FlaskClient, databases: Databases, world: str
) -> None:
    with getattr(databases, world).begin() as connection:
        connection.exec_driver_sql("DROP TABLE alembic_version")
    assert client.get("/readyz").status_code == 503
    assert client.get("/healthz").status_code == 200
