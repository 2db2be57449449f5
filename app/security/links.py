"""Links: an address whose token lets its holder do one thing.

The token is derived, not stored: ``base64url(HMAC-SHA256(key, purpose · garage · subject ·
generation))`` cut to 22 characters (132 bits). The database keeps its SHA-256 to look it up and
the key's name to show it again. Rotating raises the generation; the old token then opens nothing.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app import clock
from app.config import LinkKey
from app.db.base import table_of
from app.errors import NotFoundError
from app.extensions import current_settings
from app.security.models import Link

_INSERT = insert(table_of(Link))  # of rows, not of objects

TOKEN_LENGTH = 22
_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")


@dataclass(frozen=True, slots=True)
class LinkTarget:
    """What a token opens; ``generation`` rises when the link is replaced."""

    garage_id: int
    purpose: str
    subject_id: int
    generation: int = 1


def hash_token(token: str) -> str:
    """What the database keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def create_link(session: Session, *, garage_id: int, purpose: str, subject_id: int) -> str:
    """Make the link of ``purpose`` to a row of the garage and return its token."""
    create_links(session, garage_id=garage_id, purpose=purpose, subject_ids=[subject_id])
    return token_of_new(garage_id=garage_id, purpose=purpose, subject_id=subject_id)


def create_links(session: Session, *, garage_id: int, purpose: str, subject_ids: Collection[int]) -> None:
    """Make the links of several rows in one statement."""
    rows = [
        {
            "garage_id": garage_id,
            "purpose": purpose,
            "subject_id": subject_id,
            "key_name": current_settings().link_keys[0].name,
            "token_hash": hash_token(
                token_of_new(garage_id=garage_id, purpose=purpose, subject_id=subject_id)
            ),
        }
        for subject_id in subject_ids
    ]
    if rows:
        session.execute(_INSERT, rows)


def token_of_new(*, garage_id: int, purpose: str, subject_id: int) -> str:
    """The token of a link that was made in this transaction, without reading it again."""
    key = current_settings().link_keys[0]
    return _derive(key, garage_id=garage_id, purpose=purpose, subject_id=subject_id, generation=1)


def show_link(session: Session, *, garage_id: int, purpose: str, subject_id: int) -> str:
    """The token of a link made before; raises NotFoundError if there is none or it was revoked."""
    link = _get(session, garage_id=garage_id, purpose=purpose, subject_id=subject_id)
    if link.revoked_at is not None:
        raise NotFoundError
    return _token_of(link)


def show_links(
    session: Session, *, garage_id: int, purpose: str, subject_ids: Collection[int]
) -> dict[int, str]:
    """The tokens of several links in one query, by subject; revoked and missing ones are left out."""
    rows = session.scalars(
        select(Link).where(
            Link.garage_id == garage_id,
            Link.purpose == purpose,
            Link.subject_id.in_(subject_ids),
            Link.revoked_at.is_(None),
        )
    )
    known = {key.name for key in current_settings().link_keys}
    return {row.subject_id: _token_of(row) for row in rows if row.key_name in known}


def rotate_link(session: Session, *, garage_id: int, purpose: str, subject_id: int) -> str:
    """Replace the link by its next generation, with the newest key; the old token opens nothing."""
    link = _get(session, garage_id=garage_id, purpose=purpose, subject_id=subject_id)
    link.generation += 1
    link.key_name = current_settings().link_keys[0].name
    link.revoked_at = None
    token = _token_of(link)
    link.token_hash = hash_token(token)
    session.flush()
    return token


def revoke_link(session: Session, *, garage_id: int, purpose: str, subject_id: int) -> None:
    """End the link at once."""
    link = _get(session, garage_id=garage_id, purpose=purpose, subject_id=subject_id)
    link.revoked_at = clock.now()
    session.flush()


def open_link(session: Session, *, purpose: str, token: str) -> LinkTarget:
    """What ``token`` opens, for this purpose alone; raises NotFoundError for anything else.

    The caller stands in :func:`app.tenancy.scope.across_garages`: the token names the garage.
    """
    if not _TOKEN.fullmatch(token):
        raise NotFoundError
    link = session.scalar(
        select(Link).where(
            Link.token_hash == hash_token(token), Link.purpose == purpose, Link.revoked_at.is_(None)
        )
    )
    if link is None:
        raise NotFoundError
    return LinkTarget(
        garage_id=link.garage_id,
        purpose=link.purpose,
        subject_id=link.subject_id,
        generation=link.generation,
    )


def _get(session: Session, *, garage_id: int, purpose: str, subject_id: int) -> Link:
    link = session.scalar(
        select(Link).where(
            Link.garage_id == garage_id, Link.purpose == purpose, Link.subject_id == subject_id
        )
    )
    if link is None:
        raise NotFoundError
    return link


def _token_of(link: Link) -> str:
    key = next((key for key in current_settings().link_keys if key.name == link.key_name), None)
    if key is None:
        raise NotFoundError
    return _derive(
        key,
        garage_id=link.garage_id,
        purpose=link.purpose,
        subject_id=link.subject_id,
        generation=link.generation,
    )


def _derive(key: LinkKey, *, garage_id: int, purpose: str, subject_id: int, generation: int) -> str:
    message = f"{purpose}\x00{garage_id}\x00{subject_id}\x00{generation}".encode()
    digest = hmac.new(key.secret.encode(), message, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode()[:TOKEN_LENGTH]
