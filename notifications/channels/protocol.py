"""What every channel takes and answers. A channel talks to a provider, never to the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One text to one person, with its link filled in; ``marker`` is that link's token.

    The marker is how a message is found again at the provider when its answer was lost.
    """

    garage_id: int
    message_id: int
    attempt: int
    recipient: str
    subject: str
    text: str
    marker: str
    locale: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider took it and calls it ``provider_id``."""

    provider_id: str


@dataclass(frozen=True, slots=True)
class Refused:
    """It certainly did not go out: before a byte left or with a plain no.

    ``is_temporary`` tells whether trying again later has a point.
    """

    code: str
    is_temporary: bool


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may have gone out: cut, timed out, or an error after the provider had it."""

    code: str


Answer = Accepted | Refused | Unknown


class Channel(Protocol):
    """One way to reach a person."""

    def send(self, message: Outgoing, /) -> Answer:
        """Hand the message over, within a time limit well below the lease, and say what happened.

        Called outside any transaction. An exception counts as :class:`Unknown`.
        """


Channels = Mapping[str, Channel]
"""By name: ``sms`` and ``email``. A name that is missing keeps its messages waiting."""
