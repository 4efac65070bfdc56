"""Send the letters of all running waves: a batch, then a pause, as many a minute as the mail server bears.

Each letter is marked before it is handed over, and what became of it is kept with the mark of the next one.
If the process dies in between, this one letter may have arrived: it is told as unclear, never sent again.
"""

from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import NamedTuple

from sqlalchemy.orm import Session

from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.jobs import port
from survey.models.cycles import Cycle
from survey.models.mail import Letter, Wave
from survey.services.cycles import later_days
from survey.services.mail import letters, mail_server, mailing, quiet_hours
from survey.services.mail.mail_server import Line, NoMailServer, Outcome

KIND = "send-mail"
ALL = "waves"  # one job for all waves, so that they share what the server bears
LARGEST_BATCH = 200
MINUTE = 60
LETTERS_BETWEEN_REPORTS = 20
AFTER_TROUBLE = timedelta(minutes=5)


class Handed(NamedTuple):
    """A letter with what became of it."""

    letter: Letter
    outcome: Outcome
    code: str


def ask(settings: Settings, databases: Databases) -> None:
    """Ask for the job where a wave is running, in case that nobody did."""
    with transaction(databases.people) as people:
        job = port.latest(people, KIND, ALL)
        if (
            settings.smtp_host
            and mailing.earliest_start(people) is not None
            and (job is None or job.state in port.ENDED)
        ):
            port.enqueue(people, KIND, ALL)


def run(settings: Settings, databases: Databases, _argument: str, report: port.Report) -> datetime | None:
    """Send one batch of the oldest running wave; returns when to go on, None where there is no more."""
    now = settings.now()
    allowed = quiet_hours.of(settings).next_allowed(now)
    with transaction(databases.people) as people:
        mailing.mark_interrupted(people)
        found = mailing.next_wave(people, settings.today(), now.timestamp())
    if found is None or allowed > now:
        return _go_on(databases, allowed)
    wave, cycle = found
    most = min(settings.mail_per_minute, LARGEST_BATCH)
    try:
        with mail_server.line(settings) as line:
            _send(settings, databases, (wave, cycle), line, most, report)
        trouble = ""
    except NoMailServer as fault:
        trouble = str(fault)
    with transaction(databases.people) as people:
        mailing.end(people, wave, trouble)
        is_put_off = mailing.fewest_tries(people, wave) > 0
    pause = timedelta(seconds=MINUTE * most / settings.mail_per_minute)
    return _go_on(databases, now + (AFTER_TROUBLE if trouble or is_put_off else pause))


def _go_on(databases: Databases, earliest: datetime) -> datetime | None:
    """When the next letter may go, not before `earliest`; None where no wave is running."""
    with reading(databases.people) as people:
        start = mailing.earliest_start(people)
    return None if start is None else max(earliest, datetime.fromtimestamp(start, earliest.tzinfo))


def _send(
    settings: Settings,
    databases: Databases,
    of: tuple[Wave, Cycle],
    line: Line,
    most: int,
    report: port.Report,
) -> None:
    wave, cycle = of
    handed: Handed | None = None
    with reading(databases.people) as people:
        tries = mailing.fewest_tries(people, wave)
        words = letters.words_of(wave, cycle, later_days.later_days(people, cycle), settings)
    try:
        for number in range(most):
            if number % LETTERS_BETWEEN_REPORTS == 0:
                report("send", number, most)
            with transaction(databases.people) as people:
                _keep(people, handed)
                handed = None
                letter = mailing.claim(people, wave, tries)
            if letter is None:
                return
            handed = _hand_over(databases, line, letters.message(wave, words, settings, letter), letter)
    finally:
        with transaction(databases.people) as people:
            _keep(people, handed)


def _keep(people: Session, handed: Handed | None) -> None:
    if handed is not None:
        mailing.record(people, handed.letter, handed.outcome, handed.code)


def _hand_over(databases: Databases, line: Line, message: EmailMessage, letter: Letter) -> Handed:
    try:
        outcome, code = line.send(message, letter.address)
    except NoMailServer:
        with transaction(databases.people) as people:
            mailing.put_back(people, letter)
        raise
    return Handed(letter, outcome, code)
