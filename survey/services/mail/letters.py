"""The words of letters: plain text in both languages, the same for everybody, no personal link."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from email.message import EmailMessage
from email.utils import formatdate
from functools import cache
from pathlib import Path
from string import Template

from babel.dates import format_date

from protocol.manifest import manifest_code
from survey.config import Settings
from survey.models.cycles import Cycle
from survey.models.mail import Letter, Wave
from survey.services.cycles.later_days import LaterDay

FOLDER = Path(__file__).resolve().parents[3] / "templates" / "mail"
LANGUAGES = ("id", "en")
UNTIL = {"id": "sampai", "en": "until"}
KINDS = ("invitation", "reminder")
RULE = "-" * 40


@dataclass(frozen=True)
class Words:
    """What a letter says, the same to everybody; neither kind says anything about who has answered."""

    subject: str
    body: str


def words_of(wave: Wave, cycle: Cycle, later: Sequence[LaterDay], settings: Settings) -> Words:
    """The letter in both languages; its subject is Indonesian."""
    parts = [_text(wave, cycle, later, settings, language) for language in LANGUAGES]
    return Words(parts[0][0], f"\n{RULE}\n\n".join(body for _subject, body in parts))


def _text(
    wave: Wave, cycle: Cycle, later: Sequence[LaterDay], settings: Settings, language: str
) -> tuple[str, str]:
    words = _template(wave.kind, language).substitute(
        cycle=cycle.name,
        last_day=_last_day(cycle, later, language),
        start=address(settings, "/i"),
        staff=address(settings, "/staff/me/"),
        promise=address(settings, "/promise"),
        check=address(settings, "/genuine"),
        code=manifest_code(cycle.manifest.encode()),
        city=settings.city,
        contact=settings.contact,
        note=f"{wave.note}\n\n" if wave.note else "",
    )
    subject, _blank, body = words.partition("\n\n")
    return subject, body


def address(settings: Settings, path: str) -> str:
    """A public address of this service, the same for everybody."""
    return settings.base_url.rstrip("/") + path


@cache
def _template(kind: str, language: str) -> Template:
    return Template((FOLDER / f"{kind}.{language}.txt").read_text(encoding="utf-8"))


def _last_day(cycle: Cycle, later: Sequence[LaterDay], language: str) -> str:
    """The cycle's last day, with those of the units that have longer: everybody reads the same."""
    days = "; ".join(f"{each.unit}: {UNTIL[language]} {_day(each.closes_on, language)}" for each in later)
    return _day(cycle.closes_on, language) + (f" ({days})" if days else "")


def _day(day: date, language: str) -> str:
    return format_date(day, format="full", locale=language)


def message(wave: Wave, words: Words, settings: Settings, letter: Letter) -> EmailMessage:
    """The letter to one rater. Its Message-ID is its own for ever, so a second copy would be seen as one."""
    made = written(words, settings)
    made["To"] = letter.address
    made["Message-ID"] = f"<{wave.public_id}.{letter.key}@{_host(settings)}>"
    return made


def written(words: Words, settings: Settings) -> EmailMessage:
    """A plain text with its sender; no picture, no link that tells who followed it, no receipt asked for."""
    made = EmailMessage()
    made["From"] = settings.mail_from
    made["Subject"] = words.subject
    made["Date"] = formatdate(localtime=False)
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(words.body, cte="quoted-printable")
    return made


def _host(settings: Settings) -> str:
    return settings.mail_from.rpartition("@")[2].strip(" >")
