"""SMTP servers of a test's own: a real one that keeps what it gets, and one that answers by a script."""

from __future__ import annotations

import socket
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

CUT, STALL = "cut", "stall"
"""Instead of a reply: hang up, or say nothing until the server ends."""

REPLIES = {
    "GREETING": "220 here",
    "EHLO": "250 here",
    "MAIL": "250 ok",
    "RCPT": "250 ok",
    "DATA": "354 go on",
    "TEXT": "250 taken",
    "QUIT": "221 bye",
}


@dataclass
class MailBox:
    """What a server took: the letters as parsed, their envelopes and who signed in."""

    letters: list[EmailMessage] = field(default_factory=list)
    envelopes: list[Any] = field(default_factory=list)
    accounts: list[tuple[str, str]] = field(default_factory=list)
    is_encrypted: list[bool] = field(default_factory=list)
    port: int = 0

    async def handle_DATA(self, _server: object, session: Any, envelope: Any) -> str:  # noqa: N802  # aiosmtpd's name
        self.letters.append(message_from_bytes(envelope.content, policy=policy.default))
        self.envelopes.append(envelope)
        self.is_encrypted.append(session.ssl is not None)
        return "250 taken"

    def sign_in(
        self, _server: object, _session: object, _envelope: object, mechanism: str, given: Any
    ) -> Any:
        """Any account but one whose password is ``wrong``."""
        assert isinstance(given, LoginPassword), mechanism
        account = (given.login.decode(), given.password.decode())
        self.accounts.append(account)
        return AuthResult(success=account[1] != "wrong", handled=False)


@contextmanager
def mail_server(*, hostname: str = "127.0.0.1", **options: Any) -> Iterator[MailBox]:
    """A real SMTP server (aiosmtpd); ``options`` are its own."""
    box = MailBox(port=free_port(hostname))
    controller = Controller(
        box, hostname=hostname, port=box.port, authenticator=box.sign_in, decode_data=False, **options
    )
    controller.start()
    try:
        yield box
    finally:
        controller.stop()


@contextmanager
def scripted_server(replies: Mapping[str, str]) -> Iterator[ScriptedServer]:
    """A server that takes any number of conversations, each by the same script."""
    server = ScriptedServer({**REPLIES, **replies})
    try:
        yield server
    finally:
        server.stop()


class ScriptedServer:
    """Gives each command the reply of the script, or hangs up, or says nothing."""

    def __init__(self, replies: Mapping[str, str]) -> None:
        self.heard: list[str] = []
        self._replies = replies
        self._over = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _serve(self) -> None:
        while not self._over.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as lines, suppress(OSError):
                self._converse(connection, lines)

    def _converse(self, connection: socket.socket, lines: Any) -> None:
        step = "GREETING"
        while True:
            reply = self._replies[step]
            if reply == STALL:
                self._over.wait(10)
            if reply in {CUT, STALL}:
                return
            connection.sendall(f"{reply}\r\n".encode())
            if step == "QUIT":
                return
            step = self._read_text(lines) if reply.startswith("354") else self._read_step(lines)

    def _read_step(self, lines: Any) -> str:
        words = lines.readline().decode().split()
        if not words:
            raise ConnectionResetError
        self.heard.append(words[0].upper())
        return self.heard[-1]

    def _read_text(self, lines: Any) -> str:
        if self._replies["TEXT"] == CUT:
            lines.readline()
            return "TEXT"
        while lines.readline() not in {b".\r\n", b""}:
            pass
        return "TEXT"


def free_port(hostname: str = "127.0.0.1") -> int:
    """A port that nobody listens on."""
    with socket.socket() as one:
        one.bind((hostname, 0))
        return int(one.getsockname()[1])


def make_certificate(folder: Path, address: str) -> tuple[Path, Path]:
    """A certificate of an IP address, signed by itself, and its key."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-subj", "/CN=mail", "-addext", f"subjectAltName=IP:{address}"),
            *("-keyout", str(key), "-out", str(certificate)),
        ],
        check=True,
        capture_output=True,
    )
    return certificate, key
