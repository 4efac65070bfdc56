"""Make people, cycles and answers for tests, through the services wherever there is one."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from random import Random

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from instruments import catalogue
from instruments.rater_groups import PRESET_WEIGHTS
from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.jobs import assign_raters, close_cycle, port
from survey.jobs import open_cycle as opening
from survey.models.cycles import Cycle, Subject
from survey.models.people import Employee, Unit
from survey.services.cycles import cycles
from survey.services.instruments import questionnaires
from survey.services.papers import distribution, paper_office, rating
from survey.services.raters import assignments, partners
from survey.services.secrets import sealing

ALWAYS = (date(2020, 1, 1), date(2090, 12, 31))  # no test waits for a day
TODAY = date(2026, 11, 24)


def make_unit(session: Session, code: str = "DINKES", name: str = "Dinas Kesehatan") -> Unit:
    unit = Unit(code=code, name=name)
    session.add(unit)
    session.flush()
    return unit


def make_employee(session: Session, unit: Unit, number: int, supervisor: Employee | None = None) -> Employee:
    """An employee with a valid NIP that ends in `number`."""
    employee = Employee(
        number=f"19800101200501{1}{number:03d}",
        kind="PNS",
        name=f"Pegawai {number:03d}",
        job_title="Analis",
        unit_id=unit.id,
        supervisor_id=supervisor.id if supervisor else None,
    )
    session.add(employee)
    session.flush()
    return employee


def make_team(session: Session, unit: Unit, size: int, first: int = 1) -> list[Employee]:
    """A head and `size` members under her."""
    head = make_employee(session, unit, first)
    return [head] + [make_employee(session, unit, first + place, head) for place in range(1, size + 1)]


def plan(
    name: str = "Uji", purpose: str = "development", minimum: int = 5, mode: str = "server_key"
) -> cycles.CyclePlan:
    """A cycle with the short questionnaire for everybody and the usual weights."""
    instrument = catalogue.get("berakhlak_short")
    groups = tuple(
        cycles.GroupPlan(group, instrument.code, instrument.content_hash(), weight)
        for group, weight in PRESET_WEIGHTS.items()
    )
    return cycles.CyclePlan(
        name,
        purpose,
        *ALWAYS,
        groups,
        minimum_group_size=minimum,
        minimum_decision="" if minimum >= cycles.USUAL_GROUP else "Keputusan uji",
        mode=mode,
    )


def open_cycle(
    databases: Databases,
    settings: Settings,
    cycle_plan: cycles.CyclePlan | None = None,
    names: Iterator[str] | None = None,
    partners_of: Mapping[int, Iterable[int]] | None = None,
) -> Cycle:
    """A cycle over everybody in the database, open for answers; `names` replace what is random in it."""
    with transaction(databases.people) as session:
        cycle = cycles.create_cycle(session, cycle_plan or plan())
        for subject, raters in (partners_of or {}).items():
            partners.replace_pairs(session, cycle, [(subject, rater) for rater in raters])
        assignments.assign_raters(session, cycle, random=Random(7))
        if names is not None:
            cycle.public_id = "alike"
            of_cycle = select(Subject).where(Subject.cycle_id == cycle.id)
            for subject in session.scalars(of_cycle.order_by(Subject.employee_id)):
                subject.key = next(names)
    opening.run(settings, databases, cycle.public_id, lambda *_progress: None)
    with reading(databases.people) as session:
        return cycles.find_cycle(session, cycle.public_id)


def assign(
    hr: FlaskClient, settings: Settings, databases: Databases, page: str, **chosen: str | list[str]
) -> None:
    """Ask for the list of raters on the page of a cycle, and let the job make it."""
    assert hr.post(f"{page}/assign", data=chosen or {"scope": "all"}).status_code == 302
    assert port.run_next(settings, databases, {assign_raters.KIND: assign_raters.run})


def code_for(databases: Databases, cycle: Cycle, employee: Employee) -> str:
    """A working code of one rater."""
    with transaction(databases.people) as session:
        return distribution.issue_own_code(session, cycle, employee.id, TODAY)


def answer(
    databases: Databases,
    cycle: Cycle,
    rater: Employee,
    values: Callable[[str, str], int | None],
    comment: str = "",
    nonces: Random | None = None,
) -> None:
    """Let a rater answer all her papers; `values` gives the step for (subject key, item), None for a skip."""
    code = code_for(databases, cycle, rater)
    with transaction(databases.people) as people:
        papers = paper_office.papers_of(people, code, TODAY)
    with reading(databases.people) as people:
        box = rating.box_of(people, cycle)
    for entry in papers.entries:
        nonce = f"{nonces.getrandbits(190):032x}"[:32] if nonces else sealing.new_nonce()
        with reading(databases.people) as people:
            asked = questionnaires.by_hash(people, entry.instrument_hash)
        items = asked.items_for(entry.rater_group, leader=entry.leads)
        given = {item.code: values(entry.subject_key, item.code) for item in items}
        said = rating.Said(
            entry.instrument_hash,
            {item: step for item, step in given.items() if step is not None},
            {item: "not_seen" for item, step in given.items() if step is None},
            comments={"keep_doing": comment} if comment else {},
        )
        with transaction(databases.people) as people:
            paper_office.take(people, {entry.key: sealing.paper_hash(nonce)})
        with transaction(databases.spool) as spool:
            rating.cast(spool, box, nonce, entry.scope, said)


def close(databases: Databases, settings: Settings, cycle: Cycle) -> None:
    """Run the closing job to its end."""
    close_cycle.run(settings, databases, cycle.public_id, lambda *_progress: None)
