"""People who work in a garage."""

from __future__ import annotations

import re

from app.auth.operations import create_user, grant_role, set_password
from app.auth.roles import Role
from app.db.unit_of_work import unit_of_work
from app.tenancy.scope import scoped_to
from tests.factories.garages import MadeGarage
from tests.support.client import CarefulClient

PASSWORD = "correct horse battery"


def make_member(garage: MadeGarage, email: str, role: Role, *, name: str = "Camille Perrot") -> int:
    """An account with :data:`PASSWORD` and this role in the garage; returns the user's id."""
    with unit_of_work() as session:
        user_id = create_user(session, email=email, name=name).id
        set_password(session, email=email, password=PASSWORD)
    with scoped_to(garage.id), unit_of_work() as session:
        grant_role(session, garage_id=garage.id, user_id=user_id, role=role)
    return user_id


def signed_in(client: CarefulClient, email: str) -> CarefulClient:
    """The client, signed in through the form."""
    form = {"csrf_token": csrf_token(client.get("/sign-in").text), "email": email, "password": PASSWORD}
    assert client.post("/sign-in", data=form).status_code == 302
    return client


def csrf_token(page: str) -> str:
    """The token of the first form on a page."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    return found.group(1)
