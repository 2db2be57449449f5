"""The use case of signing in: a password is proved while no transaction is open."""

from __future__ import annotations

from app.auth.errors import SignInRefusedError
from app.auth.operations import open_session
from app.auth.passwords import verify_password
from app.auth.queries import find_user
from app.db.unit_of_work import reading, unit_of_work
from app.tenancy.scope import across_garages


def sign_in(*, email: str, password: str, keep: bool) -> str:
    """Check the password, open a session and return its token.

    Proving takes a good part of a second on purpose: within a writing transaction it would keep
    every other writer of an SQLite database waiting. Raises SignInRefusedError alike for an unknown
    account, a wrong password, and a person who belongs to no garage any more.
    """
    with across_garages("sign-in: an account may belong to any garage"), reading() as session:
        user = find_user(session, email)
    proved_hash = user.password_hash if user else None
    if not verify_password(proved_hash, password) or user is None or proved_hash is None:
        raise SignInRefusedError
    with across_garages("sign-in: the membership names the garage"), unit_of_work() as session:
        return open_session(session, user_id=user.id, proved_hash=proved_hash, keep=keep)
