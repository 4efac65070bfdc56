"""Settings: frozen, read once from the environment, refused by name when they are weak."""

import os
import secrets
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

PREFIX = "CERMIN_"
STAFF_PATH = "/staff"  # all pages behind a sign-in; the session cookie is bound to it
SHORTEST_SECRET = 32
FROM_FILES = ("secret_key", "smtp_password")  # secrets that may stand in a file of their own
ON_THIS_HOST = ("localhost", "127.0.0.1", "::1")
DEFAULT_PORT = "8360"


class SettingsError(Exception):
    """A setting is missing, malformed or too weak for the chosen environment."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that differs between two installations."""

    environment: Literal["development", "production", "test"] = "development"
    data_directory: Path = Path("var")
    people_url: str = ""
    answers_url: str = ""
    jobs_url: str = ""
    secret_key: str = ""
    base_url: str = f"http://127.0.0.1:{DEFAULT_PORT}"
    city: str = "Kota Bukittinggi"
    contact: str = "BKPSDM"
    complaints_url: str = "https://www.lapor.go.id"  # SP4N-LAPOR, the national way to complain
    time_zone: str = "Asia/Jakarta"
    trusted_proxies: int = 0
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_user: str = ""
    smtp_password: str = ""
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    mail_from: str = ""
    mail_per_minute: int = 120
    mail_quiet_from: Annotated[int, msgspec.Meta(ge=0, le=23)] = 22
    mail_quiet_until: Annotated[int, msgspec.Meta(ge=0, le=23)] = 6
    mail_on_sundays: bool = False
    mail_holidays_file: str = ""  # one day a line

    @property
    def is_production(self) -> bool:
        return self.environment == "production"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def now(self) -> datetime:
        """The time where the city is."""
        return datetime.now(self.zone)

    def today(self) -> date:
        """The date where the city is."""
        return self.now().date()

    @property
    def spool_url(self) -> str:
        """The spool is a file of this host, outside both databases and their backups."""
        return _sqlite_url(self.data_directory / "spool" / "spool.sqlite")

    @property
    def key_directory(self) -> Path:
        """Private keys of the boxes; outside both databases and their backups."""
        return self.data_directory / "keys"

    @property
    def private_directory(self) -> Path:
        """The opened list lies here while a cycle is being closed, and nowhere else."""
        return self.data_directory / "private"


def load_settings(environ: dict[str, str] | None = None) -> Settings:
    """Read ``CERMIN_*`` from the environment, fill in the defaults, refuse what is weak."""
    given = dict(os.environ if environ is None else environ)
    values = {"base_url": f"http://127.0.0.1:{given.get('PORT', DEFAULT_PORT)}"}
    values |= {
        field.name: given[PREFIX + field.name.upper()]
        for field in msgspec.structs.fields(Settings)
        if given.get(PREFIX + field.name.upper())
    }
    _reject_unknown(given)
    for name in FROM_FILES:
        variable = f"{PREFIX}{name.upper()}_FILE"
        if secret_file := given.get(variable):
            values[name] = _read_secret(variable, Path(secret_file))
    try:
        settings = msgspec.convert(values, Settings, strict=False, dec_hook=_decode)
    except msgspec.ValidationError as error:
        raise SettingsError(f"A setting is malformed: {error}") from error
    settings = _with_defaults(settings)
    _check(settings)
    return settings


def _decode(kind: type, value: object) -> object:
    return Path(str(value)) if kind is Path else value


def _reject_unknown(given: dict[str, str]) -> None:
    known = {PREFIX + field.name.upper() for field in msgspec.structs.fields(Settings)}
    known |= {f"{PREFIX}{name.upper()}_FILE" for name in FROM_FILES}
    unknown = sorted(name for name in given if name.startswith(PREFIX) and name not in known)
    if unknown:
        raise SettingsError(f"Unknown setting {unknown[0]}; known are {', '.join(sorted(known))}")


def _read_secret(variable: str, path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingsError(f"{variable} cannot be read: {error}") from error


def _sqlite_url(path: Path) -> str:
    return f"sqlite:///{path.resolve()}"


def _with_defaults(settings: Settings) -> Settings:
    directory = settings.data_directory
    is_embedded = not settings.people_url or settings.people_url.startswith("sqlite")
    return msgspec.structs.replace(
        settings,
        people_url=settings.people_url or _sqlite_url(directory / "people.sqlite"),
        answers_url=settings.answers_url or _sqlite_url(directory / "answers.sqlite"),
        # The engine's tables have a schema of their own in the database of people, where that is a server's.
        jobs_url=settings.jobs_url
        or (_sqlite_url(directory / "jobs.sqlite") if is_embedded else settings.people_url),
        secret_key=settings.secret_key or _development_secret(settings),
    )


def _development_secret(settings: Settings) -> str:
    """A secret of this machine's own, so that sign-ins outlive a restart during development."""
    if settings.is_production:
        return ""
    path = settings.data_directory / "secret_key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48), encoding="utf-8")
    return path.read_text(encoding="utf-8").strip()


def _check(settings: Settings) -> None:
    try:
        _ = settings.zone
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise SettingsError(f"CERMIN_TIME_ZONE: there is no time zone {settings.time_zone!r}") from error
    if settings.people_url == settings.answers_url:
        raise SettingsError("CERMIN_PEOPLE_URL and CERMIN_ANSWERS_URL must name two databases")
    if settings.smtp_host:
        _check_mail(settings)
    if not settings.is_production:
        return
    if len(settings.secret_key) < SHORTEST_SECRET:
        raise SettingsError(f"CERMIN_SECRET_KEY_FILE must hold {SHORTEST_SECRET} characters or more")
    if not settings.base_url.startswith("https://"):
        raise SettingsError("CERMIN_BASE_URL must begin with https:// in production")


def _check_mail(settings: Settings) -> None:
    if "@" not in settings.mail_from:
        raise SettingsError("CERMIN_MAIL_FROM must name the sender's address, since CERMIN_SMTP_HOST is set")
    if settings.mail_per_minute < 1:
        raise SettingsError("CERMIN_MAIL_PER_MINUTE must be 1 or more")
    if settings.mail_holidays_file and not Path(settings.mail_holidays_file).is_file():
        raise SettingsError(f"CERMIN_MAIL_HOLIDAYS_FILE: there is no file {settings.mail_holidays_file!r}")
    is_open = settings.smtp_security == "none" and settings.smtp_host not in ON_THIS_HOST
    if settings.is_production and is_open:
        raise SettingsError(
            "CERMIN_SMTP_SECURITY must be starttls or tls in production: letters name employees"
        )
