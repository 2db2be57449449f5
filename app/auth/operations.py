"""Use cases of accounts: make one, set its password, sign in and out."""

from __future__ import annotations

import secrets
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import clock
from app.auth.errors import SignInRefusedError, WeakPasswordError
from app.auth.models import Membership, User, UserSession
from app.auth.passwords import MIN_LENGTH, hash_password
from app.auth.roles import Role
from app.errors import NotFoundError
from app.security.links import hash_token
from app.tenancy.models import Garage

IDLE = timedelta(hours=12)
ABSOLUTE = timedelta(days=30)
SEEN_EVERY = timedelta(minutes=5)


def create_user(session: Session, *, email: str, name: str) -> User:
    """The account of this e-mail address, made if there is none. Flushes."""
    address = email.strip().lower()
    user = session.scalar(select(User).where(User.email == address))
    if user is None:
        user = User(email=address, name=name)
        session.add(user)
        session.flush()
    return user


def set_password(session: Session, *, email: str, password: str) -> None:
    """Give the account a password and end all its sessions.

    Raises WeakPasswordError, or SignInRefusedError if there is no such account.
    """
    if len(password) < MIN_LENGTH:
        raise WeakPasswordError
    user = session.scalar(select(User).where(User.email == email.strip().lower()))
    if user is None:
        raise SignInRefusedError
    user.password_hash = hash_password(password)
    end_sessions(session, user_id=user.id)


def grant_role(session: Session, *, garage_id: int, user_id: int, role: Role) -> None:
    """Make the user a member of the garage with this role; a changed role ends their sessions."""
    membership = session.scalar(
        select(Membership).where(Membership.garage_id == garage_id, Membership.user_id == user_id)
    )
    if membership is None:
        session.add(Membership(garage_id=garage_id, user_id=user_id, role=role.value))
    elif membership.role != role or membership.ended_at is not None:
        membership.role, membership.ended_at = role.value, None
        end_sessions(session, user_id=user_id)
    session.flush()


def end_membership(session: Session, *, garage_id: int, user_id: int) -> None:
    """The user leaves the garage; their sessions end at once."""
    session.execute(
        update(Membership)
        .where(Membership.garage_id == garage_id, Membership.user_id == user_id)
        .values(ended_at=clock.now())
    )
    end_sessions(session, user_id=user_id)


def open_session(session: Session, *, user_id: int, proved_hash: str, keep: bool) -> str:
    """Open a session for the account's garage and return its token, of which the hash is stored.

    ``proved_hash`` is the stored hash that the password was held against before, outside this
    transaction; ``keep`` keeps a tablet signed in for 30 days. Raises SignInRefusedError if the
    password was changed meanwhile, and for a person who belongs to no garage any more.
    """
    user = session.get(User, user_id)
    membership = _first_membership(session, user) if user else None
    if user is None or user.password_hash != proved_hash or membership is None:
        raise SignInRefusedError
    token = secrets.token_urlsafe(32)
    session.add(
        UserSession(
            token_hash=hash_token(token), user_id=user.id, garage_id_chosen=membership.garage_id, keep=keep
        )
    )
    session.flush()
    return token


def choose_garage(session: Session, *, session_id: int, user_id: int, slug: str) -> None:
    """Let this one session work in another of the person's garages; raises NotFoundError for any other."""
    garage_id = session.scalar(
        select(Membership.garage_id)
        .join(Garage, Garage.id == Membership.garage_id)
        .where(Membership.user_id == user_id, Membership.ended_at.is_(None), Garage.slug == slug)
    )
    if garage_id is None:
        raise NotFoundError
    session.execute(
        update(UserSession).where(UserSession.id == session_id).values(garage_id_chosen=garage_id)
    )


def sign_out(session: Session, *, token: str) -> None:
    """End this one session."""
    session.execute(
        update(UserSession).where(UserSession.token_hash == hash_token(token)).values(revoked_at=clock.now())
    )


def end_sessions(session: Session, *, user_id: int) -> None:
    """End every session of the user, on every device."""
    session.execute(
        update(UserSession)
        .where(UserSession.user_id == user_id, UserSession.revoked_at.is_(None))
        .values(revoked_at=clock.now())
    )


def switch_keys(session: Session, *, user_id: int, off: bool) -> None:
    """Let single keys do nothing for this person on any device, or what the page of keys says."""
    session.execute(update(User).where(User.id == user_id).values(keys_off=off))


def touch_session(session: Session, *, session_id: int) -> None:
    """Note that the session was used just now."""
    session.execute(update(UserSession).where(UserSession.id == session_id).values(last_seen_at=clock.now()))


def _first_membership(session: Session, user: User) -> Membership | None:
    return session.scalar(
        select(Membership)
        .where(Membership.user_id == user.id, Membership.ended_at.is_(None))
        .order_by(Membership.id)
        .limit(1)
    )
