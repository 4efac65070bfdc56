"""No page of staff asks the databases more often because there is more to show.

Every page behind the sign-in is asked for in a small town and in one three times as large, at every stage of
a cycle. `MOST` says how many statements each may take, `USUAL` what a page without a line there may.
"""

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

import msgspec
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from werkzeug.routing import Rule

from survey.app import create_app
from survey.config import STAFF_PATH, Settings
from survey.db import connect_all, reading
from survey.models.vault import Comment
from survey.services.gate import comments
from survey.services.raters import declining
from tests.conftest import sign_in
from tests.town import STAGES, Town, build

SIZES = (1, 3)
WHO = {"approval": "approval", "auditor": "auditor", "me": "member", "team": "head", "offices": "head"}
COUNTED_STATES = ("tallied", "reviewed", "released")
Count = Callable[[Engine], AbstractContextManager[Callable[[], int]]]
SAME = {"nominations": "cycles", "lists": "cycles"}

# Of each kind of page one thing; what stands before it in the address says which.
FIXED = {
    "code": "berakhlak_short",
    "version": "1",
    "kind": "csv",
    "file": "csv",
    "part": "items",
    "place": "0",
    "change": "rename",
    "rater_group": "peer",
    "layer": "1",
    "language": "id",
    "size": "a4",
    "item": "menawarkan_jalan_keluar",
}
OTHERWISE = {
    "hr.quality_plot": {"kind": "items"},
    "hr.template": {"part": "units"},
    "hr.instrument_file": {"kind": "yaml"},
}


def at_most(count: int, door: str, pages: str) -> dict[str, int]:
    return {f"{door}.{page}": count for page in pages.split()}


USUAL = 12  # for a page that has no line
MOST = {
    **at_most(5, "hr", "paper_form_file poster_file"),
    **at_most(8, "offices", "assisted entry paper"),
    **at_most(5, "approval", "home replacement"),
    **at_most(5, "auditor", "acts check_trail"),
    **at_most(5, "hr", "account accounts add_circle add_service_point cancel change_unit channels"),
    **at_most(5, "hr", "choose_files close confirm_slips conflict_pairs desk desk_unit discard"),
    **at_most(5, "hr", "discard_draft draft draft_general draft_part draft_preview drawn"),
    **at_most(5, "hr", "employees_file give_post home imports instrument instrument_file invite items"),
    **at_most(5, "hr", "key_holders leave new_cycle new_instrument people publish_draft quality_plot"),
    **at_most(5, "hr", "raise_minimum refused_addresses service_point service_point_code"),
    **at_most(5, "hr", "service_point_poster service_points slips team template transfer"),
    **at_most(5, "hr", "written_decision"),
    **at_most(8, "me", "decline_to_rate"),
    **at_most(5, "offices", "add_change add_indicator add_promise"),
    **at_most(5, "sign_in", "activation form password"),
    **at_most(8, "hr", "assign black_out change_plan confirm_drawn drawn_scopes employees release"),
    **at_most(8, "hr", "end_post extend instruments item list_briefings list_comments minutes new_wave"),
    **at_most(8, "hr", "nominate open_cycle quality replacements results teams wave waves"),
    **at_most(8, "offices", "bring_values change_promise days home remove_indicator set_users"),
    **at_most(8, "team", "employee home list_briefings nominations"),
    **at_most(12, "hr", "download employee unit"),
    **at_most(12, "me", "appraisal home"),
    **at_most(17, "offices", "report"),
    **at_most(17, "approval", "rater_list"),
    **at_most(25, "hr", "cycle"),
    **at_most(17, "offices", "show"),
    **at_most(25, "hr", "show_feasibility"),
    **at_most(25, "me", "name_peers"),
    **at_most(25, "team", "decide_nomination"),
    **at_most(55, "hr", "past_import"),
}


def test_no_page_of_staff_takes_more_statements_for_more_rows(
    migrated_sqlite: Path, tmp_path: Path, settings: Settings, count_statements: Count
) -> None:
    few, many = (
        dict(_counted(migrated_sqlite, tmp_path / str(size), settings, size, count_statements))
        for size in SIZES
    )
    assert {key: (few[key], many.get(key)) for key in few if many.get(key) != few[key]} == {}
    assert set(MOST) - {page for page, _stage in few} == set(), "nothing answers there"
    assert {key: taken for key, taken in many.items() if taken > MOST.get(key[0], USUAL)} == {}


def _counted(
    migrated: Path, directory: Path, settings: Settings, size: int, count: Count
) -> Iterator[tuple[tuple[str, str], int]]:
    own = msgspec.structs.replace(
        settings,
        data_directory=directory,
        people_url=f"sqlite:///{directory}/people.sqlite",
        answers_url=f"sqlite:///{directory}/answers.sqlite",
    )
    directory.mkdir()
    for name in ("people.sqlite", "answers.sqlite"):
        shutil.copy(migrated / name, directory / name)
    databases = connect_all(own)
    app = create_app(own, databases)
    app.config |= {"WTF_CSRF_ENABLED": False, "RATELIMIT_ENABLED": False}
    town = build(databases, own, size)
    clients = {name: sign_in(app, name) for name in {*WHO.values(), "hr"}}
    for stage, step in STAGES.items():
        if step:
            step(town)
        for rule in _pages(app):
            found = _ask(app, clients, town, rule, stage, count)
            if found is not None:
                yield (rule.endpoint, stage), found
    databases.dispose()


def _pages(app: Flask) -> list[Rule]:
    return sorted(
        (
            rule
            for rule in app.url_map.iter_rules()
            if "GET" in (rule.methods or ()) and str(rule).startswith(STAFF_PATH)
        ),
        key=lambda rule: rule.endpoint,
    )


def _ask(
    app: Flask, clients: dict[str, FlaskClient], town: Town, rule: Rule, stage: str, count: Count
) -> int | None:
    """How many statements a page takes; None where it cannot be had at this stage."""
    client = clients[WHO.get(rule.endpoint.split(".")[0], "hr")]
    values = _values(rule, town, stage)
    if values is None:
        return None
    with app.test_request_context():
        address = app.url_map.bind("localhost").build(rule.endpoint, values)
    engines = (town.databases.people, town.databases.answers, town.databases.spool)
    with ExitStack() as stack:
        counted = [stack.enter_context(count(engine)) for engine in engines]
        answer = client.get(address)
        assert answer.status_code != 500, address
        return sum(each() for each in counted) if answer.status_code == 200 else None


def _values(rule: Rule, town: Town, stage: str) -> dict[str, str] | None:
    """What stands for the variables of an address; None where there is nothing of the kind yet."""
    found: dict[str, str] = {}
    kinds = {variable: kind for kind, variable in re.findall(r"/([a-z-]+)/<(?:\w+:)?(\w+)>", str(rule))}
    for variable in rule.arguments:
        value = _value(rule.endpoint, variable, kinds.get(variable, ""), town, stage)
        if value is None:
            return None
        found[variable] = value
    return found


def _value(endpoint: str, variable: str, segment: str, town: Town, stage: str) -> str | None:
    if variable == "address":
        return _comment(town) if stage in COUNTED_STATES else None
    if variable == "account_id":
        return town.names["accounts"]
    if variable == "point":
        return town.names["service-points"]
    if variable == "unit":
        return town.names["units"] if endpoint.startswith("offices") else town.names.get("unit")
    if endpoint == "me.decline_to_rate" and variable == "subject":
        return _asked_of_the_member(town)
    if variable in ("employee", "subject"):
        return town.names.get("subject")
    if variable in ("public_id", "post"):
        kind = "post" if variable == "post" else segment
        return town.names.get(SAME.get(kind, kind))
    return OTHERWISE.get(endpoint, {}).get(variable, FIXED.get(variable))


def _asked_of_the_member(town: Town) -> str | None:
    with reading(town.databases.people) as people:
        asked = declining.asked_of(people, town.teams[0][1].id)
    return asked[0][1] if asked else None


def _comment(town: Town) -> str | None:
    with reading(town.databases.answers) as answers:
        words = answers.scalar(select(Comment.text).where(Comment.voice == "anonymous").limit(1))
    return comments._address(town.cycle(), town.settings.secret_key, words) if words else None
