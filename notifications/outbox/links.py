"""The short link of each message: ``/r/<22 characters>``, also its marker at the provider."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.extensions import current_settings
from app.security import links
from notifications.outbox.models import Message

MESSAGE = "message"
"""Purpose of the link; its subject is the message."""


@dataclass(frozen=True, slots=True)
class ShortLink:
    """A message's link: ``token`` is its marker, ``address`` what a reader taps."""

    token: str

    @property
    def address(self) -> str:
        return f"{current_settings().public_url}/r/{self.token}"


def create_short_link(session: Session, message: Message) -> ShortLink:
    """Make the link of a message that has its id."""
    token = links.create_link(session, garage_id=message.garage_id, purpose=MESSAGE, subject_id=message.id)
    return ShortLink(token)


def create_short_links(session: Session, garage_id: int, message_ids: Collection[int]) -> None:
    """Make the links of several messages of a garage in one statement."""
    links.create_links(session, garage_id=garage_id, purpose=MESSAGE, subject_ids=message_ids)


def show_short_links(session: Session, garage_id: int, message_ids: Collection[int]) -> dict[int, ShortLink]:
    """The links of several messages in one query; one whose key is gone is left out."""
    tokens = links.show_links(session, garage_id=garage_id, purpose=MESSAGE, subject_ids=message_ids)
    return {message_id: ShortLink(token) for message_id, token in tokens.items()}


def show_short_link(session: Session, message: Message) -> ShortLink:
    """The link of a message, as it was made; raises NotFoundError if its key is gone."""
    token = links.show_link(session, garage_id=message.garage_id, purpose=MESSAGE, subject_id=message.id)
    return ShortLink(token)
