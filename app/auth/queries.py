"""Who is signed in: read in a short session of its own into a frozen view."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session, aliased

from app import clock
from app.auth.models import Membership, User, UserSession
from app.auth.operations import ABSOLUTE, IDLE, SEEN_EVERY
from app.auth.roles import Role
from app.security.links import hash_token
from app.tenancy.models import Garage
from app.tenancy.queries import GarageView, garage_view


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The person at the desk. ``has_several``: they belong to more garages than the one they are in.
    ``keys_off``: single keys do nothing for them. ``is_stale`` asks for the session's last use to be noted.
    """

    session_id: int
    token: str
    user_id: int
    name: str
    email: str
    locale: str | None
    role: Role
    garage: GarageView
    keys_off: bool = False
    has_several: bool = False
    is_stale: bool = False
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        """What flask-login keeps in the cookie: the session's own random token."""
        return self.token


_own = aliased(Membership)
_GARAGES = (
    select(func.count(_own.id))
    .where(_own.user_id == User.id, _own.ended_at.is_(None))
    .correlate(User)
    .scalar_subquery()
)
# Made once: every request of the desk asks it, and making it takes longer than the answer.
_SIGNED_IN = (
    select(UserSession, User, Membership.role, Garage, _GARAGES)
    .join(User, User.id == UserSession.user_id)
    .join(
        Membership,
        (Membership.user_id == User.id) & (Membership.garage_id == UserSession.garage_id_chosen),
    )
    .join(Garage, Garage.id == UserSession.garage_id_chosen)
    .where(
        UserSession.token_hash == bindparam("token_hash"),
        UserSession.revoked_at.is_(None),
        Membership.ended_at.is_(None),
    )
)


def find_signed_in(session: Session, token: str) -> SignedIn | None:
    """Who holds this session token, if it is neither revoked nor over and they still belong."""
    row = session.execute(_SIGNED_IN, {"token_hash": hash_token(token)}).first()
    if row is None or _is_over(row[0], clock.now()):
        return None
    held, user, role, garage, garages = row
    return SignedIn(
        session_id=held.id,
        token=token,
        user_id=user.id,
        name=user.name,
        email=user.email,
        locale=user.locale,
        keys_off=user.keys_off,
        role=Role(role),
        garage=garage_view(garage),
        has_several=garages > 1,
        is_stale=clock.now() - held.last_seen_at > SEEN_EVERY,
    )


def list_own_garages(session: Session, user_id: int) -> list[tuple[GarageView, Role]]:
    """The garages that the person belongs to, by name, with their role in each."""
    rows = session.execute(
        select(Garage, Membership.role)
        .join(Membership, Membership.garage_id == Garage.id)
        .where(Membership.user_id == user_id, Membership.ended_at.is_(None))
        .order_by(Garage.name, Garage.id)
    )
    return [(garage_view(garage), Role(role)) for garage, role in rows]


def names_of(session: Session, user_ids: Collection[int]) -> dict[int, str]:
    """What these people are called, by their ids; one statement."""
    rows = session.execute(select(User.id, User.name).where(User.id.in_(user_ids)))
    return {row.id: row.name for row in rows}


def find_user(session: Session, email: str) -> User | None:
    """The account of this e-mail address."""
    if not email.isprintable():  # PostgreSQL refuses NUL in a text
        return None
    return session.scalar(select(User).where(User.email == email.strip().lower()))


def _is_over(held: UserSession, now: datetime) -> bool:
    """12 hours without use end it, unless the tablet is to stay signed in; 30 days end any."""
    return now - held.created_at > ABSOLUTE or (not held.keep and now - held.last_seen_at > IDLE)
