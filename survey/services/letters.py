"""The words of letters: plain text in both languages, the same for everybody, no personal link."""

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

FOLDER = Path(__file__).resolve().parents[2] / "templates" / "mail"
LANGUAGES = ("id", "en")
KINDS = ("invitation", "reminder")
RULE = "-" * 40


def subject_of(wave: Wave, cycle: Cycle, settings: Settings) -> str:
    """What stands above the letter; neither invitation nor reminder says anything about who has answered."""
    first, _rest = _text(wave, cycle, settings, "id")
    return first


def body_of(wave: Wave, cycle: Cycle, settings: Settings) -> str:
    """The letter in both languages."""
    parts = [_text(wave, cycle, settings, language)[1] for language in LANGUAGES]
    return f"\n{RULE}\n\n".join(parts)


def _text(wave: Wave, cycle: Cycle, settings: Settings, language: str) -> tuple[str, str]:
    words = _template(wave.kind, language).substitute(
        cycle=cycle.name,
        last_day=_day(cycle.closes_on, language),
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


def _day(day: date, language: str) -> str:
    return format_date(day, format="full", locale=language)


def message(wave: Wave, cycle: Cycle, settings: Settings, letter: Letter) -> EmailMessage:
    """The letter to one rater. Its Message-ID is its own for ever, so a second copy would be seen as one."""
    made = written(subject_of(wave, cycle, settings), body_of(wave, cycle, settings), settings)
    made["To"] = letter.address
    made["Message-ID"] = f"<{wave.public_id}.{letter.key}@{_host(settings)}>"
    return made


def written(subject: str, body: str, settings: Settings) -> EmailMessage:
    """A plain text with its sender; no picture, no link that tells who followed it, no receipt asked for."""
    made = EmailMessage()
    made["From"] = settings.mail_from
    made["Subject"] = subject
    made["Date"] = formatdate(localtime=False)
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(body, cte="quoted-printable")
    return made


def _host(settings: Settings) -> str:
    return settings.mail_from.rpartition("@")[2].strip(" >")
