"""The people of a garage in its file: ``[[staff]]``."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.models import Membership, User
from app.auth.operations import create_user, end_membership, grant_role
from app.auth.roles import Role
from app.tenancy.garage_file.kinds import Key, Table, Tables, Values
from app.tenancy.garage_file.registry import Owner, Section
from app.tenancy.garage_file.values import choice, email, text

STAFF_KEYS = (
    Key("email", email(is_required=True)),
    Key("name", text(most=80), ""),
    Key("role", choice(tuple(role.value for role in Role))),
)


def _store_staff(session: Session, owner: Owner, entries: list[Values]) -> list[str]:
    """Accounts and roles as listed; who is missing leaves, and is signed out at once.

    A name is given to a new account alone: the account belongs to the person, who may work in
    another garage too.
    """
    changes = []
    roles = {user.email: (user.id, role) for user, role in _list_members(session, owner.garage_id)}
    for entry in entries:
        _, role = roles.pop(entry["email"], (0, None))
        if role == entry["role"]:
            continue
        user = create_user(session, email=entry["email"], name=entry["name"])
        grant_role(session, garage_id=owner.garage_id, user_id=user.id, role=Role(entry["role"]))
        changes.append(f"{entry['email']}: {entry['role']}")
    for address, (user_id, _) in roles.items():
        end_membership(session, garage_id=owner.garage_id, user_id=user_id)
        changes.append(f"{address}: left")
    return changes


def _fetch_staff(session: Session, owner: Owner) -> list[Values]:
    return [
        {"email": user.email, "name": user.name, "role": role}
        for user, role in _list_members(session, owner.garage_id)
    ]


def _list_members(session: Session, garage_id: int) -> list[tuple[User, str]]:
    rows = session.execute(
        select(User, Membership.role)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.garage_id == garage_id, Membership.ended_at.is_(None))
        .order_by(Membership.id)
    )
    return [(user, role) for user, role in rows]


STAFF = Section("staff", Tables(Table(STAFF_KEYS), unique="email"), _store_staff, _fetch_staff)
