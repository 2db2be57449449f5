"""People who work in garages: accounts, memberships, and one row per signed-in device."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.auth.roles import Role
from app.db.base import Base, BigId
from app.db.types import UtcDateTime
from app.tenancy.owned import GarageOwned, owned_key

_ROLES = ", ".join(f"'{role}'" for role in Role)


class User(Base):
    """A person with an account; ``email`` is stored lower-case. No password means no sign-in yet.

    ``keys_off``: single keys do nothing for them (WCAG 2.2, criterion 2.1.4).
    """

    __tablename__ = "user_account"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str | None]
    locale: Mapped[str | None]
    keys_off: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)


class Membership(GarageOwned, Base):
    """A user's role in a garage; ended, not deleted, when they leave."""

    __tablename__ = "membership"
    __table_args__ = (
        owned_key("membership"),
        UniqueConstraint("garage_id", "user_id"),
        CheckConstraint(f"role IN ({_ROLES})", name="role_known"),
    )

    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("user_account.id"))
    role: Mapped[str]
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class UserSession(Base):
    """One signed-in device. Only the hash of its token is stored; revoking ends it at once."""

    __tablename__ = "user_session"
    __table_args__ = (Index("ix_user_session_user_id", "user_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("user_account.id"))
    garage_id_chosen: Mapped[int] = mapped_column(BigId, ForeignKey("garage.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    keep: Mapped[bool] = mapped_column(default=False)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
