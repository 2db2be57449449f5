"""Which SMTP server takes our e-mails: the parts of ``SMTP_URL``."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
PORTS = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Host and port, the account if it needs one, and whether TLS is spoken from the first byte."""

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    is_tls: bool = False

    @property
    def is_local(self) -> bool:
        """Whether what we say never leaves this machine."""
        return self.host in LOCAL


def read_server(url: str) -> SmtpServer:
    """``smtp://user:password@host:port`` or ``smtps://…``; user and password are percent-decoded.

    The port is 587 (submission, RFC 6409), or 465 for ``smtps`` (RFC 8314), if none is named.
    """
    parts = urlsplit(url)
    return SmtpServer(
        host=parts.hostname or "",
        port=parts.port or PORTS[parts.scheme],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        is_tls=parts.scheme == "smtps",
    )
