"""Every route stands behind a guard; anonymous doors take no cookie and set none."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from survey.app import DOORS
from tests.conftest import sign_in

GUARDS = {blueprint.name: guard for blueprint, _prefix, guard in DOORS}


def test_every_route_belongs_to_a_door_with_one_guard(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        door = rule.endpoint.split(".")[0]
        assert app.before_request_funcs[door][0] is GUARDS[door], f"{door}: register it in DOORS"


def paths(app: Flask, prefix: str) -> list[tuple[str, str]]:
    """Every method and address under a prefix, with any value in its variables."""
    with app.test_request_context():
        adapter = app.url_map.bind("localhost")
        return [
            (method, adapter.build(rule.endpoint, dict.fromkeys(rule.arguments, "1"), method=method))
            for rule in app.url_map.iter_rules()
            if str(rule).startswith(prefix)
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        ]


@pytest.mark.parametrize("prefix", ["/i/", "/s/"])
def test_anonymous_doors_refuse_a_session_cookie_and_set_none(
    app: Flask, client: FlaskClient, prefix: str
) -> None:
    found = paths(app, prefix)
    assert found
    for method, path in found:
        answer = client.open(path, method=method)
        assert "Set-Cookie" not in answer.headers, (method, path)
    client.set_cookie("cermin", "x", path="/")
    for method, path in found:
        assert client.open(path, method=method).status_code == 403, (method, path)


def test_the_session_cookie_never_travels_to_anonymous_pages(app: Flask, hr: FlaskClient) -> None:
    cookie = hr.get_cookie("cermin", path="/staff")
    assert cookie is not None
    assert cookie.path == "/staff"
    assert cookie.http_only
    assert cookie.same_site == "Lax"


def test_staff_forms_need_a_token(app: Flask, databases: object, hr: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    assert hr.post("/staff/sign-out").status_code == 400


def test_every_answer_carries_the_security_headers(client: FlaskClient) -> None:
    for path in ("/", "/i/", "/staff/sign-in", "/no-such-page"):
        headers = client.get(path).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"], path
        assert headers["Referrer-Policy"] == "no-referrer", path
        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert headers["Cache-Control"] == "no-store", path


def test_sign_in_leads_only_to_our_own_pages(app: Flask, hr: FlaskClient) -> None:
    for target in ("https://example.org/", "//example.org", "/staff/\\example.org", "/i/"):
        client = app.test_client()
        answer = client.post(
            "/staff/sign-in",
            query_string={"next": target},
            data={"username": "hr", "password": "correct horse battery"},
        )
        assert answer.location == "/staff/hr/", target


def test_a_wrong_password_is_refused_in_the_readers_language(app: Flask, hr: FlaskClient) -> None:
    answer = app.test_client().post("/staff/sign-in?lang=en", data={"username": "hr", "password": "wrong"})
    assert answer.status_code == 422
    assert "do not belong together" in answer.text
    assert sign_in(app, "HR ").get("/staff/hr/").status_code == 200


def test_a_request_that_is_too_large_gets_its_page(client: FlaskClient) -> None:
    answer = client.post("/staff/sign-in", data={"username": "x" * 21_000_000, "lang": "id"})
    assert answer.status_code == 413
    assert "Kiriman terlalu besar" in answer.text


def test_the_menu_marks_the_one_place_where_one_is(hr: FlaskClient) -> None:
    for path in ("/staff/hr/", "/staff/hr/people", "/staff/hr/instruments"):
        page = hr.get(path).text
        assert page.count('aria-current="page"') == 1, path
        assert f'href="{path}" aria-current="page"' in page, path
