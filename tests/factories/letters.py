"""One e-mail as a channel gets it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from notifications.channels.protocol import Invitation, Mail, Outgoing
from notifications.channels.smtp.channel import SmtpChannel
from notifications.channels.smtp.server import SmtpServer

INVITATION = Invitation(
    method="REQUEST", content=b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", filename="K7M2QX.ics"
)
MAIL = Mail(
    sender_name="Atelier Martin Lyon",
    reply_to="lyon@atelier-martin.example",
    html="<!doctype html><p>C’est réservé</p>",
    invitation=INVITATION,
)
LETTER = Outgoing(
    garage_id=3,
    message_id=41,
    attempt=1,
    recipient="camille@perrot.example",
    subject="C’est réservé : mar. 24 nov. à 8 h 30",
    text="Bonjour Camille,\n\nC’est réservé.\n",
    marker="m" * 22,
    locale="fr",
    mail=MAIL,
)
SENDER = "rendez-vous@garagenda.example"
HOST = "book.example"


def make_letter(*, mail: dict[str, Any] | None = None, **changes: Any) -> Outgoing:
    """The usual e-mail with some parts changed."""
    return replace(LETTER, mail=replace(MAIL, **(mail or {})), **changes)


def make_channel(port: int, *, host: str = "127.0.0.1", time_limit: float = 5.0, **parts: Any) -> SmtpChannel:
    """A channel to a server of the test's; ``parts`` are the server's, or ``tls``."""
    tls = parts.pop("tls", None)
    server = SmtpServer(host=host, port=port, **parts)
    return SmtpChannel(server, sender=SENDER, host=HOST, tls=tls, time_limit=time_limit)
