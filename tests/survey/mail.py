"""A real mail server for tests, and people with addresses."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from typing import Any

import msgspec
from aiosmtpd.controller import Controller
from sqlalchemy import update

from survey.config import Settings
from survey.db import Databases, transaction
from survey.models.people import Employee
from tests.attacks.process import free_port


@dataclass
class PostOffice:
    """Takes letters in, refuses whom it is told to, and can break the line after having taken one."""

    refused: dict[str, str] = field(default_factory=dict)  # address: answer
    breaks_after: str = ""  # the address whose letter is taken without a word
    letters: list[tuple[str, Message]] = field(default_factory=list)
    port: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    async def handle_RCPT(  # noqa: N802 - named so by aiosmtpd
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if answer := self.refused.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        with self._lock:
            self.letters += [(address, message_from_bytes(envelope.content)) for address in envelope.rcpt_tos]
        if self.breaks_after in envelope.rcpt_tos:
            server.transport.abort()
        return "250 taken"

    @property
    def addresses(self) -> list[str]:
        with self._lock:
            return [address for address, _letter in self.letters]


@contextmanager
def post_office() -> Iterator[PostOffice]:
    """A mail server on a free port."""
    office = PostOffice(port=free_port())
    controller = Controller(office, hostname="127.0.0.1", port=office.port)
    controller.start()
    try:
        yield office
    finally:
        controller.stop()


def with_mail(settings: Settings, port: int, **other: Any) -> Settings:
    """These settings with a mail server that takes letters at any hour."""
    values = {
        "smtp_host": "127.0.0.1",
        "smtp_port": port,
        "smtp_security": "none",
        "mail_from": "Umpan Balik <umpanbalik@example.go.id>",
        "mail_quiet_from": 0,
        "mail_quiet_until": 0,
        "mail_on_sundays": True,
        "mail_per_minute": 100_000,
    }
    return msgspec.structs.replace(settings, **{**values, **other})


def give_addresses(databases: Databases) -> None:
    """Everybody gets an address made of the number."""
    with transaction(databases.people) as people:
        people.execute(update(Employee).values(email=Employee.number + "@example.go.id"))
