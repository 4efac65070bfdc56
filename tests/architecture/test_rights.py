"""Every route asked by every kind of account gives the answer that `rights.py` says."""

from collections import Counter

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from survey.db import Databases, transaction
from survey.services.accounts import accounts
from survey.services.accounts.access import ROLES as ROLES_OF_GRANTS
from tests.architecture.rights import EVERYBODY, NAMED, RIGHTS, ROLES
from tests.conftest import PASSWORD, sign_in
from tests.factories import make_employee, make_unit

ENDS_THE_SESSION = "sign_in.sign_out"  # leads to the sign-in by its nature, so it is asked last


def routes(app: Flask) -> list[tuple[str, str, str]]:
    """Endpoint, method and an address with any value in its variables."""
    with app.test_request_context():
        adapter = app.url_map.bind("localhost")
        found = [
            (
                rule.endpoint,
                method,
                adapter.build(rule.endpoint, dict.fromkeys(rule.arguments, "1"), method=method),
            )
            for rule in app.url_map.iter_rules()
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        ]
    return sorted(found, key=lambda route: route[0] == ENDS_THE_SESSION)


def test_the_table_names_every_route_and_no_other(app: Flask) -> None:
    assert {rule.endpoint for rule in app.url_map.iter_rules()} == set(RIGHTS)


def test_the_table_names_no_route_twice() -> None:
    assert sorted(name for name, times in Counter(NAMED).items() if times > 1) == []


def test_the_table_knows_every_role() -> None:
    assert set(ROLES_OF_GRANTS) == ROLES - {"unit_desk"}


@pytest.mark.parametrize("kind", sorted(EVERYBODY))
def test_every_route_answers_every_kind_of_account_as_the_table_says(
    app: Flask, databases: Databases, kind: str
) -> None:
    client = client_of(app, databases, kind)
    wrong = [
        f"{method} {path}: {answer.status_code}"
        for endpoint, method, path in routes(app)
        if comes_in(answer := client.open(path, method=method)) != (kind in RIGHTS[endpoint])
        and endpoint != ENDS_THE_SESSION
    ]
    assert wrong == []


def client_of(app: Flask, databases: Databases, kind: str) -> FlaskClient:
    """A client signed in with one role and nothing beside it."""
    if kind == "stranger":
        return app.test_client()
    with transaction(databases.people) as session:
        unit = make_unit(session)
        person = make_employee(session, unit, 1)
        role, has_unit = ("hr_operator", True) if kind == "unit_desk" else (kind, kind == "unit_head")
        accounts.create_account(
            session, kind, PASSWORD, (role,), person.id, unit_id=unit.id if has_unit else None
        )
    return sign_in(app, kind)


def comes_in(answer: TestResponse) -> bool:
    """Neither refused nor sent to the sign-in; that nothing is found at the address is another matter."""
    is_sent_away = answer.status_code == 302 and answer.location.startswith("/staff/sign-in")
    return answer.status_code != 403 and not is_sent_away


def test_strangers_are_asked_to_sign_in_and_others_are_refused(app: Flask, databases: Databases) -> None:
    stranger, employee = app.test_client(), client_of(app, databases, "employee")
    for endpoint, method, path in routes(app):
        if RIGHTS[endpoint] == EVERYBODY:
            continue
        assert stranger.open(path, method=method).status_code == 302, path
        if "employee" not in RIGHTS[endpoint]:
            assert employee.open(path, method=method).status_code == 403, path
