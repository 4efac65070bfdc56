"""Whether a message is genuine."""

from flask.testing import FlaskClient

from protocol import manifest
from survey.config import Settings
from survey.db import Databases, transaction
from survey.services.cycles import cycles
from tests.factories import make_team, make_unit, open_cycle, plan


def test_the_code_of_a_cycle_tells_what_it_belongs_to(
    client: FlaskClient, databases: Databases, settings: Settings
) -> None:
    with transaction(databases.people) as session:
        make_team(session, make_unit(session), 6)
        cycles.create_cycle(session, plan("Rencana"))  # not open: nobody may know of it
    cycle = open_cycle(databases, settings, plan("Semester II"))
    code = manifest.manifest_code(cycle.manifest.encode())
    for typed in (code, code.lower().replace("-", " ")):
        page = client.get("/genuine", query_string={"code": typed, "lang": "en"}).text
        assert "This code is genuine" in page and "Semester II" in page and "BKPSDM" in page
        assert "http://127.0.0.1:8360" in page


def test_an_unknown_code_and_none_say_what_to_do(client: FlaskClient) -> None:
    page = client.get("/genuine?code=ABCD-EFGH-JKMN-PQRS&lang=en").text
    assert "We do not know this code" in page and "do not answer it" in page
    empty = client.get("/genuine?lang=en").text
    assert "We do not know this code" not in empty and "What we never ask" in empty
