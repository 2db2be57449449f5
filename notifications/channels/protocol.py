"""What every channel takes and answers. A channel talks to a provider, never to the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal, Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class Invitation:
    """The visit for the reader's own calendar: an iCalendar text whose METHOD is ``method``."""

    method: str
    content: bytes
    filename: str


@dataclass(frozen=True, slots=True)
class Mail:
    """What an e-mail has beside its text: whose name it bears, who is answered, its look."""

    sender_name: str
    reply_to: str
    html: str
    invitation: Invitation | None = None


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One text to one person, with its link filled in; ``marker`` is that link's token.

    The marker is how a message is found again at the provider when its answer was lost. ``mail`` is
    there on e-mails alone.
    """

    garage_id: int
    message_id: int
    attempt: int
    recipient: str
    subject: str
    text: str
    marker: str
    locale: str
    mail: Mail | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider took it and calls it ``provider_id``."""

    provider_id: str


@dataclass(frozen=True, slots=True)
class Refused:
    """It certainly did not go out: before a byte left or with a plain no.

    ``is_temporary`` tells whether trying again later has a point, not before ``retry_after_seconds``.
    """

    code: str
    is_temporary: bool
    retry_after_seconds: int = 0


@dataclass(frozen=True, slots=True)
class OptedOut:
    """It did not go out: its reader has told the provider to let nothing through from us."""

    code: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may have gone out: cut, timed out, or an error after the provider had it."""

    code: str


Answer = Accepted | Refused | OptedOut | Unknown

Outcome = Literal["accepted", "delivered", "undelivered", "failed", "opted_out"]


@dataclass(frozen=True, slots=True)
class Report:
    """What the provider says later of a message it has; ``code`` says why one did not arrive."""

    provider_id: str
    outcome: Outcome
    code: str = ""


class Cause(StrEnum):
    """Why a message certainly did not arrive, as far as a provider's code tells it."""

    NO_SUCH_ADDRESS = "no_such_address"
    CANNOT_RECEIVE = "cannot_receive"
    OUT_OF_REACH = "out_of_reach"
    HELD_BACK = "held_back"
    NOT_ALLOWED = "not_allowed"
    NOT_TAKEN = "not_taken"
    OTHER = "other"


class Channel(Protocol):
    """One way to reach a person."""

    def send(self, message: Outgoing, /) -> Answer:
        """Hand the message over, within a time limit well below the lease, and say what happened.

        Called outside any transaction. An exception counts as :class:`Unknown`.
        """


@runtime_checkable
class Traceable(Channel, Protocol):
    """A channel whose provider can be asked what became of a message."""

    def find(self, marker: str, /, *, recipient: str, since: datetime) -> Report | None:
        """The provider's word on the text to ``recipient``, sent at ``since`` (UTC), that bears ``marker``.

        None means that its list does not show it, which is no proof that it never got it. Called
        outside any transaction; raises whatever keeps it from reading the list.
        """


Channels = Mapping[str, Channel]
"""By name: ``sms`` and ``email``. A name that is missing keeps its messages waiting."""
