"""What an SMTP server's replies and silences mean (RFC 5321 §4.2.1), up to the end of the text.

Nothing here speaks of the time after DATA has begun: from there on a silence is *unknown*.
"""

from __future__ import annotations

import smtplib
import socket
import ssl

from notifications.channels.protocol import Cause, Refused

UNREACHABLE = "unreachable"
TIMEOUT = "timeout"
CUT = "cut"
NO_TLS = "no_tls"
SIGN_IN = "sign_in"
NOT_SENDABLE = "not_sendable"

SERVICE_NOT_AVAILABLE = 421
START_MAIL_INPUT = 354
_PERMANENT = range(500, 600)

CAUSES = {
    "smtp_550": Cause.NO_SUCH_ADDRESS,
    "smtp_551": Cause.NO_SUCH_ADDRESS,
    "smtp_553": Cause.NO_SUCH_ADDRESS,
    "smtp_556": Cause.NO_SUCH_ADDRESS,
    "smtp_552": Cause.CANNOT_RECEIVE,
    "smtp_554": Cause.HELD_BACK,
}
"""What the codes of letters that were refused for good mean."""


class TlsMissingError(smtplib.SMTPException):
    """The server offers no TLS, and a password must not go to another machine in the clear."""


def refused_by(code: int) -> Refused:
    """A plain no. 5xx stays a no however often we ask; 4xx, and what is no reply at all, may change."""
    return Refused(f"smtp_{code}", is_temporary=code not in _PERMANENT)


def refused_before_text(error: Exception) -> Refused:
    """What broke before the text was handed over: it certainly did not go out.

    A wrong password or a missing TLS is the installation's fault, not the message's: its operator
    can mend it, so the message waits for that with the usual patience.
    """
    if isinstance(error, TlsMissingError | ssl.SSLError):
        return Refused(NO_TLS, is_temporary=True)
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return Refused(SIGN_IN, is_temporary=True)
    if isinstance(error, smtplib.SMTPResponseException):
        return refused_by(error.smtp_code)
    return Refused(silence(error) if _was_connected(error) else UNREACHABLE, is_temporary=True)


def silence(error: BaseException) -> str:
    """Whether the server took too long or hung up."""
    return TIMEOUT if TimeoutError in {type(error), type(error.__context__)} else CUT


def _was_connected(error: Exception) -> bool:
    """False for a host that is not known, refuses connections or cannot be reached."""
    return not isinstance(error, socket.gaierror | ConnectionRefusedError) and (
        isinstance(error, smtplib.SMTPException | TimeoutError | ConnectionError)
    )
