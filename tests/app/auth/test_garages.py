"""Somebody who works in several garages: one at a time on each device, and only in their own."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from app.auth.operations import end_membership
from app.auth.roles import Role
from app.db.unit_of_work import unit_of_work
from app.tenancy.scope import scoped_to
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.staff import csrf_token, make_member, signed_in
from tests.support.client import CarefulClient

BOTH = "both@martin.example"


@pytest.fixture
def garages(app: Flask) -> tuple[MadeGarage, MadeGarage, MadeGarage]:
    """Two of theirs, whose workshops have the same name in addresses, and a stranger's."""
    with app.app_context():
        made = tuple(
            make_garage(slug=slug, garage={"locale": "en"}) for slug in ("martin", "second", "alien")
        )
        for garage, role in zip(made, (Role.OWNER, Role.TECHNICIAN), strict=False):
            make_member(garage, BOTH, role)
    return made  # type: ignore[return-value]  # three of them


def choose(client: CarefulClient, slug: str) -> int:
    form = {"csrf_token": csrf_token(client.get("/garages").text), "garage": slug}
    return client.post("/garages", data=form).status_code


def garage_here(client: CarefulClient) -> str:
    before = client.get("/garages").text.partition("You are working here.")[0]
    return str(re.findall(r'name="garage" value="(\w+)"', before)[-1])


def test_they_go_on_in_the_other_garage_with_their_role_there(
    client: CarefulClient, app: Flask, garages: tuple[MadeGarage, ...]
) -> None:
    signed_in(client, BOTH)
    page = client.get("/garages").text
    assert [f"Garage {slug}" in page for slug in ("martin", "second", "alien")] == [True, True, False]
    assert garage_here(client) == "martin"
    assert choose(client, "second") == 303
    assert garage_here(client) == "second"
    assert client.get("/desk/lyon/book").status_code == 403, "a technician there"
    elsewhere = signed_in(app.test_client(), BOTH)  # type: ignore[arg-type]
    assert garage_here(elsewhere) == "martin", "another device stays where it is"


@pytest.mark.parametrize("slug", ["alien", "none", "", "\0", "x" * 300])
def test_no_other_garage_can_be_chosen(
    client: CarefulClient, garages: tuple[MadeGarage, ...], slug: str
) -> None:
    signed_in(client, BOTH)
    assert choose(client, slug) == 404
    assert garage_here(client) == "martin"


def test_a_garage_that_was_left_cannot_be_chosen(
    client: CarefulClient, app: Flask, garages: tuple[MadeGarage, ...]
) -> None:
    with app.app_context():
        user_id = make_member(garages[1], BOTH, Role.TECHNICIAN)
        with scoped_to(garages[1].id), unit_of_work() as session:
            end_membership(session, garage_id=garages[1].id, user_id=user_id)
    signed_in(client, BOTH)
    assert choose(client, "second") == 404


def test_the_way_there_is_shown_to_those_who_have_several(
    client: CarefulClient, app: Flask, garages: tuple[MadeGarage, ...]
) -> None:
    with app.app_context():
        make_member(garages[0], "one@martin.example", Role.OWNER)
    assert 'href="/garages"' in signed_in(client, BOTH).get("/desk/lyon/day").text
    only_one = signed_in(app.test_client(), "one@martin.example")  # type: ignore[arg-type]
    assert 'href="/garages"' not in only_one.get("/desk/lyon/day").text
