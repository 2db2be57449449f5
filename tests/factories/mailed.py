"""A garage whose e-mails go to a real SMTP server of the test's."""

from __future__ import annotations

from email.message import EmailMessage

from app.extensions import current_settings
from notifications.channels.smtp.channel import SmtpChannel
from notifications.channels.smtp.server import SmtpServer
from notifications.outbox.sending import send_due
from tests.factories.letters import HOST, SENDER
from tests.support.mail_servers import MailBox


def send_by_smtp(box: MailBox) -> None:
    """Send what is due: e-mails to the server of ``box``, no text message."""
    assert current_settings().sandbox_email
    server = SmtpServer(host="127.0.0.1", port=box.port)
    send_due({"email": SmtpChannel(server, sender=SENDER, host=HOST)})


def part_of(letter: EmailMessage, content_type: str) -> str:
    """The text of the letter's one part of a type."""
    (part,) = [part for part in letter.walk() if part.get_content_type() == content_type]
    content = part.get_content()
    return content.decode() if isinstance(content, bytes) else str(content)
