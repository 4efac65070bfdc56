"""Speak to the mail server, and know of every letter whether it was taken, refused, or neither."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import SMTP
from enum import Enum

from survey.config import Settings

SECONDS = 30
PERMANENT = 500  # from here on the server wants no second try
OK = 250


class Outcome(Enum):
    """What became of one letter."""

    SENT = "sent"
    REFUSED = "refused"  # for good; the server's code says why
    LATER = "waiting"  # surely not taken, and may be tried again
    UNCLEAR = "unclear"  # the line broke after the letter was given: it may have been taken


class NoMailServer(Exception):
    """The server cannot be spoken to; `args[0]` is the kind of the fault, without any value."""


class Line:
    """An open line to the mail server."""

    def __init__(self, server: smtplib.SMTP, sender: str) -> None:
        self._server = server
        self._sender = sender

    def send(self, letter: EmailMessage, address: str) -> tuple[Outcome, str]:
        """Give one letter to the server; returns what became of it and the server's code."""
        try:
            code = self._address(address)
        except (smtplib.SMTPException, OSError) as fault:
            raise NoMailServer(type(fault).__name__) from None
        if code != OK:
            return (Outcome.REFUSED if code >= PERMANENT else Outcome.LATER), str(code)
        try:
            code, _words = self._server.data(letter.as_bytes(policy=SMTP))
        except smtplib.SMTPDataError as refused:  # it did not even want to hear it
            code = refused.smtp_code
        except (smtplib.SMTPException, OSError):
            return Outcome.UNCLEAR, ""
        if code == OK:
            return Outcome.SENT, ""
        return (Outcome.REFUSED if code >= PERMANENT else Outcome.LATER), str(code)

    def _address(self, address: str) -> int:
        code, _words = self._server.mail(self._sender)
        if code == OK:
            code, _words = self._server.rcpt(address)
        else:
            raise NoMailServer(f"sender refused: {code}")
        if code in (OK, OK + 1):
            return OK
        self._server.rset()
        return code


@contextmanager
def line(settings: Settings) -> Iterator[Line]:
    """A line for as long as it is needed; NoMailServer where none can be had."""
    try:
        server = _connect(settings)
    except (smtplib.SMTPException, OSError) as fault:
        raise NoMailServer(type(fault).__name__) from None
    try:
        yield Line(server, settings.mail_from)
    finally:
        _hang_up(server)


def _connect(settings: Settings) -> smtplib.SMTP:
    host, port = settings.smtp_host, settings.smtp_port
    if settings.smtp_security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            host, port, timeout=SECONDS, context=ssl.create_default_context()
        )
    else:
        server = smtplib.SMTP(host, port, timeout=SECONDS)
    if settings.smtp_security == "starttls":
        server.starttls(context=ssl.create_default_context())
    server.ehlo_or_helo_if_needed()
    if settings.smtp_user:
        server.login(settings.smtp_user, settings.smtp_password)
    return server


def _hang_up(server: smtplib.SMTP) -> None:
    try:
        server.quit()
    except (smtplib.SMTPException, OSError):
        server.close()
