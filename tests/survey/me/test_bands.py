"""A group mean at the end of the scale: no page and no file tells which one it was."""

import io
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import pytest
from flask import Flask
from sqlalchemy import select, update

from analysis.statistics import Pool, Vault, figures
from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.models.appraisals import Appraisal, ScaleScore
from survey.models.cycles import Cycle, CycleGroup, Subject
from survey.models.people import Employee
from survey.services.accounts import accounts
from survey.services.accounts.access import WHOLE_CITY
from survey.services.cycles import cycles
from survey.services.documents.export_files import WRITERS
from survey.services.results import appraising, exports, vault_store
from survey.services.results.cycle_frame import CycleFrame, read_frame
from tests.conftest import PASSWORD, sign_in
from tests.factories import answer, close, make_team, make_unit, open_cycle, plan
from tests.survey.results import Counted, accept, counted, release

SIZES = range(3, 13)
SUPERVISOR_AND_PEERS = [(1, (0.6, 0.2)), (4, (0.25, 0.5)), (5, (0.0, 1.0))]  # mark, weights


def inside_the_band(n: int, band: str) -> list[int]:
    """Every sum of `n` marks from 1 to 5 whose mean is 4.8 or more, or 1.2 or less."""
    sums = range(n, 5 * n + 1)
    return [total for total in sums if (5 * total >= 24 * n if band == "high" else 5 * total <= 6 * n)]


@dataclass
class _Figures:
    """The analysis of the vault with one subject's marks replaced and the pooled components held still."""

    place: int
    marks: dict[str, tuple[float, int]]  # per rater group: mean and number

    def block_means(self, pool: Pool, scale: str) -> figures.BlockMeans:
        found = figures.block_means(pool, scale)
        if pool.group not in self.marks:
            return found
        mean, n = self.marks[pool.group]
        own = found.block == self.place
        assert own.any()
        return replace(found, mean=found.mean * ~own + mean * own, n=found.n * ~own + n * own)

    def __getattr__(self, name: str) -> object:
        return getattr(figures, name)


@dataclass(frozen=True)
class Desk:
    """Appraises the cycle anew with other marks, and reads what comes out."""

    app: Flask
    databases: Databases
    done: Counted
    frame: CycleFrame
    vault: Vault
    monkeypatch: pytest.MonkeyPatch

    def appraise(self, peers: tuple[float, int], supervisor: float) -> None:
        place = self.frame.subject_ids.index(self.done.member.id)
        changed = _Figures(place, {"peer": peers, "supervisor": (supervisor, 1)})
        with self.monkeypatch.context() as patched, transaction(self.databases.people) as people:
            patched.setattr(appraising, "figures", changed)
            cycle = cycles.find_cycle(people, self.done.cycle.public_id)
            appraising.appraise(people, cycle, self.frame, self.vault)

    def weigh(self, supervisor: float, peer: float) -> "Desk":
        with transaction(self.databases.people) as people:
            for group, weight in (("supervisor", supervisor), ("peer", peer), ("subordinate", 0.0)):
                people.execute(
                    update(CycleGroup).where(CycleGroup.rater_group == group).values(weight=weight)
                )
        with reading(self.databases.people) as people:
            cycle = cycles.find_cycle(people, self.done.cycle.public_id)
            return replace(self, frame=read_frame(people, cycle))

    def files(self) -> dict[str, bytes]:
        content: dict[str, bytes] = {}
        for kind, write in WRITERS.items():
            target = io.BytesIO()
            with reading(self.databases.people) as people:
                cycle = cycles.find_cycle(people, self.done.cycle.public_id)
                write(exports.appraisal_table(people, WHOLE_CITY, cycle, str, "en"), target)
            content[kind] = target.getvalue()
        with zipfile.ZipFile(io.BytesIO(content.pop("xlsx"))) as book:  # core.xml holds the time of writing
            content |= {name: book.read(name) for name in book.namelist() if name != "docProps/core.xml"}
        return content


@pytest.fixture
def desk(app: Flask, databases: Databases, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Desk:
    done = counted(databases, settings)
    release(databases, done.cycle)
    with transaction(databases.people) as people:
        people.execute(update(Cycle).values(minimum_group_size=3, minimum_reliability=0.0))
        accounts.create_account(people, "member", PASSWORD, ("employee",), done.member.id)
    with reading(databases.people) as people, reading(databases.answers) as answers:
        frame = read_frame(people, cycles.find_cycle(people, done.cycle.public_id))
        vault = vault_store.read_vault(answers, frame)
    return Desk(app, databases, done, frame, vault, monkeypatch)


@contextmanager
def own_page(desk: Desk) -> Iterator[Callable[[], str]]:
    """Reads the report as the employee sees it, without its head and the name that each making gives it."""
    client = sign_in(desk.app, "member")

    def read() -> str:
        with reading(desk.databases.people) as people:
            name = people.scalars(
                select(Appraisal.public_id).where(Appraisal.employee_id == desk.done.member.id)
            ).one()
        text = client.get(f"/staff/me/appraisals/{name}").text
        return text[text.index("<main") :].replace(name, "NAME")

    yield read


@pytest.mark.parametrize("band", ["low", "high"])
@pytest.mark.parametrize(("mark", "weights"), SUPERVISOR_AND_PEERS)
def test_all_sums_inside_one_band_give_the_same_page_and_the_same_files(
    desk: Desk, band: str, mark: int, weights: tuple[float, float]
) -> None:
    desk = desk.weigh(*weights)
    with own_page(desk) as page:
        for n in SIZES:
            seen = []
            for total in inside_the_band(n, band):
                desk.appraise((total / n, n), mark)
                seen.append((page(), desk.files()))
            assert f"{n} jawaban" in seen[0][0]
            for text, files in seen[1:]:
                assert text == seen[0][0], (n, band)
                assert files == seen[0][1], (n, band)


def test_a_mean_outside_the_band_is_told_as_it_is(desk: Desk) -> None:
    """The test above would pass on pages that say nothing; these differ."""
    with own_page(desk) as page:
        desk.appraise((4.6, 5), 4)
        first = page(), desk.files()["csv"]
        desk.appraise((4.4, 5), 4)
        assert "4,40" in page()
        assert first[0] != page() and first[1] != desk.files()["csv"]


def test_what_is_stored_is_the_middle_of_the_band(desk: Desk) -> None:
    for mean, stored in ((24 / 5, 4.9), (5.0, 4.9), (4.6, 4.6), (1.2, 1.1), (1.0, 1.1)):
        desk.appraise((mean, 5), 5)
        with reading(desk.databases.people) as people:
            scores = people.execute(
                select(ScaleScore.rater_group, ScaleScore.mean)
                .join(Appraisal)
                .where(Appraisal.employee_id == desk.done.member.id)
            ).all()
        means = {group: {row.mean for row in scores if row.rater_group == group} for group, _mean in scores}
        assert means["peer"] == {stored}
        assert means["supervisor"] == {5.0}, "one identifiable person is told as she marked"


def test_real_ballots_inside_one_band_leave_the_same_file(databases: Databases, settings: Settings) -> None:
    """Nothing is held still here: six peers give 5, or one of them 4; everybody else answers alike."""
    rows = [exported(databases, settings, marks) for marks in ((5,), (5, 4))]
    assert rows[0] == rows[1]


def exported(databases: Databases, settings: Settings, marks: tuple[int, ...]) -> list[str]:
    """Count a cycle in which the first member gets these marks from her peers, and export it."""
    name = f"Uji {marks}"
    with transaction(databases.people) as people:
        team = list(people.scalars(select(Employee).order_by(Employee.id)))
        team = team or make_team(people, make_unit(people), 7)
    cycle = open_cycle(databases, settings, plan(name))
    with reading(databases.people) as people:
        pairs = select(Subject.key, Subject.employee_id).where(Subject.cycle_id == cycle.id)
        who = dict(people.execute(pairs).all())
    for place, rater in enumerate(team):

        def value(subject: str, item: str, place: int = place) -> int:
            if who[subject] == team[1].id and place > 1:
                return marks[-1] if place == 2 else marks[0]
            return 2 + (place + who[subject] + len(item)) % 3

        answer(databases, cycle, rater, value)
    close(databases, settings, cycle)
    accept(databases, cycle)
    with reading(databases.people) as people:
        found = cycles.find_cycle(people, cycle.public_id)
        table = exports.appraisal_table(people, WHOLE_CITY, found, str, "en")
        target = io.BytesIO()
        WRITERS["csv"](table, target)
    return target.getvalue().decode("utf-8-sig").replace(name, "Uji").splitlines()
