"""Links: shown again, rotated, revoked, bound to their purpose, never stored in clear."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from app.config import LinkKey
from app.db.unit_of_work import reading, unit_of_work
from app.errors import NotFoundError
from app.extensions import SETTINGS_KEY
from app.security.links import (
    LinkTarget,
    create_link,
    open_link,
    revoke_link,
    rotate_link,
    show_link,
)
from app.security.models import Link
from app.tenancy.scope import across_garages, scoped_to
from tests.factories.garages import MadeGarage, make_garage

SUBJECT = {"purpose": "manage", "subject_id": 7}


@pytest.fixture
def garage(app_context: Flask) -> MadeGarage:
    return make_garage()


def write(garage: MadeGarage, use_case: Callable[..., str | None]) -> str:
    with scoped_to(garage.id), unit_of_work() as session:
        return use_case(session, garage_id=garage.id, **SUBJECT) or ""


def opened(token: str, purpose: str = "manage") -> LinkTarget:
    with across_garages("as a public page does"), reading() as session:
        return open_link(session, purpose=purpose, token=token)


def test_a_link_opens_its_subject(garage: MadeGarage) -> None:
    assert opened(write(garage, create_link)) == LinkTarget(garage.id, "manage", 7, 1)


def test_a_token_is_22_characters_of_132_bits(garage: MadeGarage) -> None:
    assert len(write(garage, create_link)) == 22


def test_the_same_link_can_be_shown_again(garage: MadeGarage) -> None:
    token = write(garage, create_link)
    with scoped_to(garage.id), reading() as session:
        assert show_link(session, garage_id=garage.id, **SUBJECT) == token  # type: ignore[arg-type]


def test_a_link_opens_nothing_for_another_purpose(garage: MadeGarage) -> None:
    token = write(garage, create_link)
    with pytest.raises(NotFoundError):
        opened(token, purpose="feed")


def test_a_rotated_link_opens_and_the_old_token_does_not(garage: MadeGarage) -> None:
    old = write(garage, create_link)
    new = write(garage, rotate_link)
    assert opened(new).subject_id == 7
    with pytest.raises(NotFoundError):
        opened(old)


def test_a_revoked_link_opens_nothing_and_is_not_shown(garage: MadeGarage) -> None:
    token = write(garage, create_link)
    write(garage, revoke_link)
    with pytest.raises(NotFoundError):
        opened(token)
    with scoped_to(garage.id), pytest.raises(NotFoundError), reading() as session:
        show_link(session, garage_id=garage.id, **SUBJECT)  # type: ignore[arg-type]


def test_the_database_never_holds_the_token(garage: MadeGarage) -> None:
    token = write(garage, create_link)
    with scoped_to(garage.id), reading() as session:
        row = session.scalar(select(Link).where(Link.garage_id == garage.id))
    assert row is not None
    assert token not in {str(value) for value in vars(row).values()}


def test_an_older_key_still_shows_its_links_while_a_new_one_makes_them(
    garage: MadeGarage, app_context: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = write(garage, create_link)
    settings = app_context.extensions[SETTINGS_KEY]
    keys = (LinkKey("next", "n" * 40), *settings.link_keys)
    monkeypatch.setitem(app_context.extensions, SETTINGS_KEY, replace(settings, link_keys=keys))
    with scoped_to(garage.id), reading() as session:
        assert show_link(session, garage_id=garage.id, **SUBJECT) == old  # type: ignore[arg-type]
    assert write(garage, rotate_link) != old


@pytest.mark.parametrize(
    "token", ["", "x", "x" * 22, "x" * 5000, "é" * 22, "../../etc/passwd", "a" * 21 + "\n"]
)
def test_what_is_no_token_opens_nothing(garage: MadeGarage, token: str) -> None:
    write(garage, create_link)
    with pytest.raises(NotFoundError):
        opened(token)
