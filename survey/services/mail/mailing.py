"""Waves of letters by e-mail: plan one, start, pause or cancel it, and take its letters one by one.

A wave goes to all raters of its units, in the same words, whoever has answered: this module reads no paper,
and may not (import contract). So neither a mailbox, nor the mail server's log, nor HR's page tells who has.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, delete, func, insert, select, update
from sqlalchemy.orm import Session

from survey.db import new_public_id
from survey.exceptions import NotFound, StepNotAllowed, WaveRefused
from survey.models.assignments import Assignment
from survey.models.cycles import Cycle
from survey.models.mail import Bounce, Letter, Wave
from survey.models.people import Employee, Unit
from survey.services.cycles import later_days
from survey.services.mail import letters
from survey.services.mail.mail_server import Outcome

MOST_TRIES = 4
# step -> (states from which it may be taken, state after it)
STEPS: dict[str, tuple[tuple[str, ...], str]] = {
    "start": (("draft", "paused"), "running"),
    "pause": (("running",), "paused"),
    "cancel": (("draft", "running", "paused"), "cancelled"),
}


@dataclass(frozen=True)
class WavePlan:
    """What HR chooses for a wave."""

    kind: str
    unit_ids: frozenset[int] | None  # None: all units
    unit_names: str
    note: str


@dataclass(frozen=True)
class Progress:
    """How many letters of a wave are in which state; the same whoever has answered."""

    waiting: int = 0
    handing: int = 0
    sent: int = 0
    refused: int = 0
    unclear: int = 0

    @property
    def total(self) -> int:
        return self.waiting + self.handing + self.sent + self.refused + self.unclear

    @property
    def done(self) -> int:
        return self.total - self.waiting - self.handing


def plan(session: Session, cycle: Cycle, wanted: WavePlan, today: date) -> Wave:
    """Lay a wave out: one letter for each rater of the units who has an address that works.

    Raises
    ------
    WaveRefused
        Fewer raters who can be reached than the cycle's smallest group, or none with an address; units
        whose time is over.
    """
    if wanted.kind not in letters.KINDS:
        raise WaveRefused("kind_unknown")
    with_time = later_days.units_with_time(session, cycle, today)
    if with_time is not None and (wanted.unit_ids is None or not wanted.unit_ids <= with_time):
        raise WaveRefused("time_over")
    raters = _raters(session, cycle, wanted.unit_ids)
    reachable = {employee: address for employee, address, is_refused in raters if address and not is_refused}
    # A letter to a handful, and then a look at the box: that would tell who answered.
    if not reachable and len(raters) >= cycle.minimum_group_size:
        raise WaveRefused("no_address")
    if len(reachable) < cycle.minimum_group_size:
        raise WaveRefused("too_few")
    wave = Wave(
        cycle_id=cycle.id,
        kind=wanted.kind,
        units=wanted.unit_names,
        note=wanted.note.strip(),
        without_address=len(raters) - len(reachable),
    )
    session.add(wave)
    session.flush()
    rows = [
        {"wave_id": wave.id, "employee_id": employee, "address": address, "key": new_public_id()}
        for employee, address in reachable.items()
    ]
    session.execute(insert(Letter), rows)
    return wave


def _raters(session: Session, cycle: Cycle, unit_ids: frozenset[int] | None) -> list[tuple[int, str, bool]]:
    refused = and_(Bounce.employee_id == Employee.id, Bounce.address == Employee.email)
    found = (
        select(Employee.id, Employee.email, Bounce.employee_id.is_not(None))
        .outerjoin(Bounce, refused)
        .where(
            Employee.is_active,
            Employee.id.in_(select(Assignment.rater_id).where(Assignment.cycle_id == cycle.id)),
        )
    )
    if unit_ids is not None:
        found = found.where(Employee.unit_id.in_(unit_ids))
    return [(employee, address or "", refused) for employee, address, refused in session.execute(found)]


def names_of_units(session: Session, public_ids: Iterable[str]) -> str:
    """The chosen units in words, as they are called today."""
    found = select(Unit.name).where(Unit.public_id.in_(list(public_ids))).order_by(Unit.name)
    return ", ".join(session.scalars(found))


def find_wave(session: Session, public_id: str) -> tuple[Wave, Cycle]:
    """The wave of that name in URLs, and its cycle."""
    found = session.execute(
        select(Wave, Cycle).join(Cycle, Cycle.id == Wave.cycle_id).where(Wave.public_id == public_id)
    ).one_or_none()
    if found is None:
        raise NotFound(public_id)
    wave, cycle = found
    return wave, cycle


def waves_of(session: Session, cycle: Cycle) -> list[tuple[Wave, Progress]]:
    """All waves of a cycle, the newest first, with how far each is; two queries."""
    waves = session.scalars(select(Wave).where(Wave.cycle_id == cycle.id).order_by(Wave.id.desc())).all()
    counted = _progress(session, [wave.id for wave in waves])
    return [(wave, counted.get(wave.id, Progress())) for wave in waves]


def progress(session: Session, wave: Wave) -> Progress:
    """How far a wave is."""
    return _progress(session, [wave.id]).get(wave.id, Progress())


def _progress(session: Session, wave_ids: list[int]) -> dict[int, Progress]:
    rows = session.execute(
        select(Letter.wave_id, Letter.state, func.count())
        .where(Letter.wave_id.in_(wave_ids))
        .group_by(Letter.wave_id, Letter.state)
    )
    counts: dict[int, dict[str, int]] = {}
    for wave_id, state, count in rows:
        counts.setdefault(wave_id, {})[state] = count
    return {wave_id: Progress(**states) for wave_id, states in counts.items()}


def unclear_letters(session: Session, cycle: Cycle) -> int:
    """How many letters of a cycle may or may not have arrived."""
    found = select(func.count()).select_from(Letter).join(Wave, Wave.id == Letter.wave_id)
    return session.scalar(found.where(Wave.cycle_id == cycle.id, Letter.state == "unclear")) or 0


def unclear_names(session: Session, wave: Wave) -> list[str]:
    """Who may or may not have got the letter, because a process died while it was handed over."""
    found = select(Employee.name).join(Letter, Letter.employee_id == Employee.id)
    return list(
        session.scalars(
            found.where(Letter.wave_id == wave.id, Letter.state == "unclear").order_by(Employee.name)
        )
    )


def move(session: Session, wave: Wave, step: str) -> None:
    """Take a step, if the wave's state allows it now; two people at once cannot both take it."""
    allowed, after = STEPS[step]
    taken = session.execute(
        update(Wave).where(Wave.id == wave.id, Wave.state.in_(allowed)).values(state=after, trouble="")
    )
    session.refresh(wave)
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        raise StepNotAllowed(wave.state, step)


def next_wave(session: Session, today: date, now: float) -> tuple[Wave, Cycle] | None:
    """The oldest running wave whose time has come, without letters to people whose time is over."""
    running = select(Wave, Cycle).join(Cycle, Cycle.id == Wave.cycle_id).where(Wave.state == "running")
    due = running.where(Wave.not_before <= int(now)).order_by(Wave.id)
    for wave, cycle in session.execute(due).all():
        if cycle.state == "open" and _take_out_late(session, wave, cycle, today):
            return wave, cycle
        wave.state = "cancelled"
    return None


def _take_out_late(session: Session, wave: Wave, cycle: Cycle, today: date) -> bool:
    """Drop the waiting letters to units that have no time left; false where nobody has."""
    with_time = later_days.units_with_time(session, cycle, today)
    if with_time is None:
        return True
    late = select(Employee.id).where(Employee.unit_id.not_in(with_time))
    session.execute(
        delete(Letter)
        .where(Letter.wave_id == wave.id, Letter.state == "waiting", Letter.employee_id.in_(late))
        .execution_options(synchronize_session=False)
    )
    return bool(with_time)


def earliest_start(session: Session) -> int | None:
    """When the next running wave begins, in seconds since 1970; None where there is none."""
    return session.scalar(select(func.min(Wave.not_before)).where(Wave.state == "running"))


def mark_interrupted(session: Session) -> None:
    """Whatever was being handed over when the process died may have arrived: it is never sent again."""
    session.execute(update(Letter).where(Letter.state == "handing").values(state="unclear"))


def fewest_tries(session: Session, wave: Wave) -> int:
    """How often the waiting letters were tried that were tried least."""
    waiting = select(func.min(Letter.tries)).where(Letter.wave_id == wave.id, Letter.state == "waiting")
    return session.scalar(waiting) or 0


def claim(session: Session, wave: Wave, tries: int) -> Letter | None:
    """Take the next letter to hand over that was tried so often; None where the wave has none, or rests."""
    following = (
        select(Letter)
        .join(Wave, Wave.id == Letter.wave_id)
        .where(
            Letter.wave_id == wave.id,
            Letter.state == "waiting",
            Letter.tries == tries,  # what the server put off is not tried again in the same batch
            Wave.state == "running",
        )
        .order_by(Letter.key)
        .limit(1)
    )
    letter = session.scalar(following)
    if letter is None:
        return None
    taken = session.execute(
        update(Letter)
        .where(Letter.wave_id == wave.id, Letter.employee_id == letter.employee_id, Letter.state == "waiting")
        .values(state="handing", tries=Letter.tries + 1)
    )
    return letter if taken.rowcount == 1 else None  # type: ignore[attr-defined]


def record(session: Session, letter: Letter, outcome: Outcome, code: str) -> None:
    """Keep what became of a letter; what the server puts off again and again counts as refused."""
    found = session.get_one(Letter, (letter.wave_id, letter.employee_id))
    if outcome is Outcome.LATER and found.tries >= MOST_TRIES:
        outcome = Outcome.REFUSED
    found.state = outcome.value
    if outcome is Outcome.REFUSED:
        session.merge(Bounce(employee_id=found.employee_id, address=found.address, reason=code))


def put_back(session: Session, letter: Letter) -> None:
    """A letter that never came near the server: it waits as before, and the try does not count."""
    found = session.get_one(Letter, (letter.wave_id, letter.employee_id))
    found.state, found.tries = "waiting", found.tries - 1


def end(session: Session, wave: Wave, trouble: str) -> None:
    """Keep what hinders a wave, and end it when nothing waits."""
    found = session.get_one(Wave, wave.id)
    found.trouble = trouble
    waiting = select(Letter.employee_id).where(Letter.wave_id == wave.id, Letter.state == "waiting")
    if found.state == "running" and session.scalar(waiting.limit(1)) is None:
        found.state = "done"
