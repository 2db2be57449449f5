"""An e-mail as it goes over the wire (RFC 5322, MIME): headers, text, HTML, invitation."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from notifications.channels.protocol import Invitation, Mail, Outgoing

POLICY = SMTP.clone(cte_type="7bit")
"""Lines end as SMTP wants them, and every server takes seven bits."""

LONGEST_NAME = 80
_SPACES = re.compile(" +")
_LOCAL_PART = re.compile(r"[!-~]+")
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def write_letter(message: Outgoing, *, sender: str, host: str, now: datetime) -> EmailMessage:
    """The whole e-mail from ``sender``, an address; ``host`` is the installation's own name.

    Its Message-ID is made of garage, message and host: a repeat is the same mail, and is shown
    once by whatever received it twice. Raises ValueError for an address that cannot be written.
    """
    mail = message.mail or Mail(sender_name="", reply_to="", html="")
    letter = EmailMessage(policy=POLICY)
    letter["From"] = _address(sender, name=one_line(mail.sender_name))
    letter["To"] = _address(message.recipient)
    if mail.reply_to:
        letter["Reply-To"] = _address(mail.reply_to)
    letter["Subject"] = one_line(message.subject, most=200)
    letter["Date"] = format_datetime(now)
    letter["Message-ID"] = message_id(message, host)
    letter["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday notice comes back
    letter.set_content(message.text)
    if mail.html:
        letter.add_alternative(mail.html, subtype="html")
    if mail.invitation is not None:
        _invite(letter, mail.invitation)
    letter["Content-Language"] = message.locale  # last: adding parts moves what speaks of content
    return letter


def message_id(message: Outgoing, host: str) -> str:
    """The same for every attempt at one message, and nobody else's."""
    return f"<message-{message.garage_id}-{message.message_id}@{host}>"


def ascii_address(address: str) -> str:
    """The address with its domain as DNS knows it (IDNA).

    Raises ValueError for what is no address, and for letters beyond ASCII before the ``@``: few
    servers take them (RFC 6531), and none must.
    """
    local, _, domain = address.rpartition("@")
    if not _LOCAL_PART.fullmatch(local) or not domain:
        raise ValueError("not an address that every server takes")
    return f"{local}@{domain.encode('idna').decode()}"


def one_line(text: str, *, most: int = LONGEST_NAME) -> str:
    """``text`` as a header may hold it: no line break, no control, nothing that turns the writing round.

    Nor an encoded word (RFC 2047): the library would decode it, line breaks and all.
    """
    seen = (" " if unicodedata.category(char) in _UNSEEN else char for char in text)
    return _SPACES.sub(" ", "".join(seen).replace("=?", "= ?"))[:most].strip()


def _address(address: str, *, name: str = "") -> Address:
    return Address(display_name=name, addr_spec=ascii_address(address))


def _invite(letter: EmailMessage, invitation: Invitation) -> None:
    """Twice, as mail programs differ: as one of the ways to read the letter, and as a file."""
    text = invitation.content.decode()
    letter.add_alternative(text, subtype="calendar", params={"method": invitation.method})
    letter.add_attachment(
        invitation.content, maintype="application", subtype="ics", filename=invitation.filename
    )
