"""E-mail by SMTP: one connection per message, every step within one time limit."""

from __future__ import annotations

import re
import smtplib
import ssl
import time
from email.message import EmailMessage
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from app import clock
from app.config import Settings
from notifications.channels.protocol import Accepted, Answer, Channels, Outgoing, Refused, Unknown
from notifications.channels.smtp import answers
from notifications.channels.smtp.letter import ascii_address, message_id, write_letter
from notifications.channels.smtp.server import SmtpServer, read_server

TIME_LIMIT_SECONDS = 30.0
"""For the whole conversation; well below the lease."""

STEP_SECONDS = 15.0
"""For any one answer of the server."""

# First digits of a reply (RFC 5321 §4.2.1).
_DONE = 2
_WILLING = frozenset({2, 3})
_REFUSALS = frozenset({4, 5})
_READY = 220

_LONE_DOT = re.compile(rb"^\.", re.MULTILINE)


class SmtpChannel:
    """Hands each e-mail to the installation's own mail server and says what it answered."""

    def __init__(
        self,
        server: SmtpServer,
        *,
        sender: str,
        host: str,
        tls: ssl.SSLContext | None = None,
        time_limit: float = TIME_LIMIT_SECONDS,
    ) -> None:
        self._server, self._sender, self._host = server, sender, host
        self._tls = tls
        self._time_limit = time_limit

    def send(self, message: Outgoing) -> Answer:
        """Refused up to the moment the text is handed over; from there a silence is unknown."""
        try:
            letter = write_letter(message, sender=self._sender, host=self._host, now=clock.now())
            content = _content(letter)
        except ValueError:  # an address that no header can hold
            return Refused(answers.NOT_SENDABLE, is_temporary=False)
        try:
            client = self._open()
        except (OSError, smtplib.SMTPException) as error:
            return answers.refused_before_text(error)
        try:
            refused = self._announce(client, message)
            if refused is not None:
                return refused
            return self._hand_over(client, message, content)
        finally:
            client.leave()

    def _open(self) -> _Conversation:
        """A conversation past greeting, TLS and sign-in."""
        client = _Conversation(self._server, host=self._host, tls=self._tls, time_limit=self._time_limit)
        try:
            client.begin()
        except (OSError, smtplib.SMTPException):
            client.close()
            raise
        return client

    def _announce(self, client: _Conversation, message: Outgoing) -> Refused | None:
        """Sender, recipient and the wish to send a text; why not, if the server says no."""
        steps = (
            partial(client.mail, ascii_address(self._sender)),
            partial(client.rcpt, ascii_address(message.recipient)),
            partial(client.docmd, "DATA"),
        )
        try:
            code = 0
            for step in steps:
                code, _reply = step()
                if code // 100 not in _WILLING:
                    return answers.refused_by(code)
        except (OSError, smtplib.SMTPException) as error:
            return answers.refused_before_text(error)
        return None if code == answers.START_MAIL_INPUT else answers.refused_by(code)

    def _hand_over(self, client: _Conversation, message: Outgoing, content: bytes) -> Answer:
        """The text itself. Without the server's answer nobody knows whether it has it."""
        try:
            client.send(content)
            code, _reply = client.getreply()
        except (OSError, smtplib.SMTPException) as error:
            return Unknown(answers.silence(error))
        if code // 100 == _DONE:
            return Accepted(provider_id=message_id(message, self._host))
        return answers.refused_by(code) if code // 100 in _REFUSALS else Unknown(f"smtp_{code}")


class _Conversation(smtplib.SMTP):
    """The library's client under one deadline; without TLS only where no secret could be overheard."""

    def __init__(
        self, server: SmtpServer, *, host: str, tls: ssl.SSLContext | None, time_limit: float
    ) -> None:
        self._to = server
        self._tls = tls or ssl.create_default_context()
        self._ends_at = time.monotonic() + time_limit
        # Named here, the library need not ask DNS for our own name.
        super().__init__(local_hostname=_ehlo_name(host), timeout=min(STEP_SECONDS, time_limit))

    def begin(self) -> None:
        """Greet, go under TLS where that is needed or offered, sign in where we have an account."""
        code, reply = self.connect(self._to.host, self._to.port)
        if code != _READY:
            raise smtplib.SMTPConnectError(code, reply)
        self.ehlo_or_helo_if_needed()
        if not self._to.is_tls and not self._to.is_local:
            self._encrypt()
        if self._to.user:
            self.login(self._to.user, self._to.password)

    def _encrypt(self) -> None:
        """STARTTLS if offered. On this machine it is left out: local relays have certificates of no name."""
        if self.has_extn("starttls"):
            self.starttls(context=self._tls)
            self.ehlo_or_helo_if_needed()
        elif self._to.password:
            raise answers.TlsMissingError

    def _get_socket(self, host: str, port: int, timeout: float) -> Any:
        """The library's hook for connecting; ``smtps`` is under TLS before the first word."""
        self._host = host  # the certificate must be this host's
        plain = super()._get_socket(host, port, timeout)  # type: ignore[misc]  # not in its stubs
        if not self._to.is_tls:
            return plain
        try:
            return self._tls.wrap_socket(plain, server_hostname=host)
        except (OSError, ValueError):
            plain.close()
            raise

    def send(self, s: Any) -> None:
        """Each step has what is left of the time."""
        self._limit()
        super().send(s)

    def getreply(self) -> tuple[int, bytes]:
        """Each answer has what is left of the time."""
        self._limit()
        return super().getreply()

    def leave(self) -> None:
        """Say goodbye; what the server makes of that changes nothing any more."""
        try:
            self.quit()
        except (OSError, smtplib.SMTPException):
            self.close()

    def _limit(self) -> None:
        left = self._ends_at - time.monotonic()
        if left <= 0:
            raise TimeoutError
        if self.sock is not None:
            self.sock.settimeout(min(left, STEP_SECONDS))


def smtp_channels(settings: Settings) -> Channels:
    """E-mail by the server that is configured, if one is."""
    if not settings.smtp_url:
        return {}
    host = urlsplit(settings.public_url).hostname or "localhost"
    return {"email": SmtpChannel(read_server(settings.smtp_url), sender=settings.mail_from, host=host)}


def _content(letter: EmailMessage) -> bytes:
    """The letter's bytes as DATA takes them: a line that starts with a dot has it doubled (§4.5.2)."""
    return _LONE_DOT.sub(b"..", letter.as_bytes()).removesuffix(b"\r\n") + b"\r\n.\r\n"


def _ehlo_name(host: str) -> str:
    """Our name in the greeting; an address stands in brackets (RFC 5321 §4.1.3)."""
    if ":" in host:
        return f"[IPv6:{host}]"
    return f"[{host}]" if host.replace(".", "").isdigit() else host
