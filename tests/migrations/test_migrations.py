"""The schema's history: up, down, up again, and in step with the models, on both engines."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, MetaData, inspect

from survey.config import load_settings
from survey.db import AnswersBase, Databases, PeopleBase, connect_all, reading, transaction
from survey.migrate import World, alembic_config, downgrade, upgrade
from survey.models.nominations import Decline, Nomination
from survey.rules import satisfaction_policy
from survey.services.citizens import citizen_merge, citizen_sums
from survey.services.cycles import cycles
from tests.citizens import ballot, sekadau
from tests.factories import make_team, make_unit, plan

WORLDS: tuple[tuple[World, MetaData], ...] = (
    ("people", PeopleBase.metadata),
    ("answers", AnswersBase.metadata),
)


def engine_of(databases: Databases, world: World) -> Engine:
    return databases.people if world == "people" else databases.answers


@pytest.mark.db
@pytest.mark.parametrize(("world", "metadata"), WORLDS)
def test_the_migrations_lead_to_the_models(databases: Databases, world: World, metadata: MetaData) -> None:
    with engine_of(databases, world).connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


@pytest.mark.db
@pytest.mark.parametrize("world", ["people", "answers"])
def test_down_undoes_up_and_up_again_works(databases: Databases, world: World) -> None:
    engine = engine_of(databases, world)
    before = sorted(inspect(engine).get_table_names())
    downgrade(engine, world)
    assert inspect(engine).get_table_names() == ["alembic_version"]
    upgrade(engine, world)
    assert sorted(inspect(engine).get_table_names()) == before


@pytest.mark.parametrize("world", ["people", "answers"])
def test_the_history_is_one_line_in_file_order(world: World) -> None:
    script = ScriptDirectory.from_config(alembic_config(world))
    revisions = [revision.revision for revision in script.walk_revisions()][::-1]
    assert len(script.get_heads()) == 1
    assert revisions == [f"{number:04d}" for number in range(1, len(revisions) + 1)]


def test_a_cycle_under_way_is_closed_before_papers_change(tmp_path: Path) -> None:
    settings = load_settings({"CERMIN_DATA_DIRECTORY": str(tmp_path), "CERMIN_ENVIRONMENT": "test"})
    databases = connect_all(settings)
    upgrade(databases.people, "people", "0001")
    with databases.people.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO cycles (public_id, name, purpose, state, opens_on, closes_on, minimum_group_size, "
            "minimum_decision, minimum_reliability, weight_cap) VALUES "
            "('c', 'c', 'development', 'open', '2026-01-01', '2026-12-31', 5, '', 0.5, 0.6)"
        )
    with pytest.raises(RuntimeError, match="Close it with the version before"):
        upgrade(databases.people, "people")
    databases.dispose()


@pytest.mark.db
def test_answers_that_are_there_already_are_added_up(databases: Databases) -> None:
    policy = satisfaction_policy()
    with transaction(databases.answers) as answers:
        rows = [(bytes([number] * 32), ballot(each)) for number, each in enumerate(sekadau())]
        citizen_merge.merge(answers, "citizen:a:2026-Q4", rows)
        (made,) = citizen_sums.sums_of(answers, ["a"], policy, ("open",))
    downgrade(databases.answers, "answers", "0001")
    upgrade(databases.answers, "answers")
    with reading(databases.answers) as answers:
        (found,) = citizen_sums.sums_of(answers, ["a"], policy, ("open",))
    assert (found.sums.respondents, found.sums.complete, found.profile) == (49, 49, made.profile)
    for name in ("n", "sums", "products"):
        assert getattr(found.sums, name).tolist() == getattr(made.sums, name).tolist()


@pytest.mark.db
def test_people_and_cycles_pass_through_the_change_of_the_organisation(databases: Databases) -> None:
    downgrade(databases.people, "people", "0006")
    with databases.people.begin() as connection:
        connection.exec_driver_sql("INSERT INTO units (public_id, code, name) VALUES ('u', 'U', 'Unit')")
        connection.exec_driver_sql(
            "INSERT INTO employees (public_id, number, kind, name, job_title, unit_id, is_active) "
            "SELECT 'e', '1', 'PNS', 'Ani', '', id, true FROM units"
        )
        connection.exec_driver_sql(
            "INSERT INTO employees "
            "(public_id, number, kind, name, job_title, unit_id, supervisor_id, is_active) "
            "SELECT 'f', '2', 'PNS', 'Budi', '', unit_id, id, true FROM employees"
        )
    upgrade(databases.people, "people")
    with databases.people.begin() as connection:
        codes = connection.exec_driver_sql("SELECT code FROM employees ORDER BY number").scalars().all()
        connection.exec_driver_sql("UPDATE employees SET number = NULL WHERE name = 'Budi'")
    assert all(code.startswith("P-") and len(code) == 10 for code in codes)
    assert len(set(codes)) == 2
    downgrade(databases.people, "people", "0006")
    with databases.people.connect() as connection:
        rows = connection.exec_driver_sql("SELECT number, supervisor_id IS NULL FROM employees ORDER BY name")
        assert [(number, bool(is_top)) for number, is_top in rows] == [("1", True), (codes[1], False)]
    upgrade(databases.people, "people")


@pytest.mark.db
def test_declines_leave_what_was_named_and_come_back_to_it(databases: Databases) -> None:
    def states(what: str) -> list[tuple[object, ...]]:
        with databases.people.connect() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(what)]

    with transaction(databases.people) as session:
        cycle = cycles.create_cycle(session, plan())
        _head, subject, other, *raters = make_team(session, make_unit(session), 5)
        about = {"cycle_id": cycle.id, "subject_id": subject.id}
        session.add(Nomination(**about, rater_id=raters[0].id, state="approved"))
        session.add(Nomination(**about, rater_id=raters[1].id, state="approved"))
        session.add(Nomination(cycle_id=cycle.id, subject_id=other.id, rater_id=raters[0].id))
        session.add(Decline(**about, rater_id=raters[1].id, reason="jauh"))
        session.add(Decline(**about, rater_id=raters[2].id, reason="lama"))  # taken out of the list after
    before = "SELECT state, reason FROM nominations ORDER BY subject_id, rater_id"
    after = "SELECT state FROM nominations ORDER BY subject_id, rater_id"
    downgrade(databases.people, "people", "0020")
    assert states(before) == [("approved", ""), ("declined", "jauh"), ("declined", "lama"), ("named", "")]
    upgrade(databases.people, "people")
    assert states(after) == [("approved",), ("approved",), ("approved",), ("named",)]
    assert states("SELECT reason FROM declines ORDER BY rater_id") == [("jauh",), ("lama",)]
