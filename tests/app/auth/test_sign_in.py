"""Sign-in: sessions that are rows, no hint of which accounts exist, no way around the form."""

from __future__ import annotations

import re
from datetime import timedelta
from threading import Event, Thread

import pytest
from flask import Flask
from sqlalchemy import select

from app.auth.errors import SignInRefusedError
from app.auth.models import UserSession
from app.auth.operations import create_user, end_membership, grant_role, open_session, set_password
from app.auth.queries import find_user
from app.auth.roles import Role
from app.auth.views import safe_target
from app.db.unit_of_work import reading, unit_of_work
from app.tenancy.scope import across_garages, scoped_to
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.staff import PASSWORD, make_member
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock
from tests.support.databases import Database

EMAIL = "accueil@martin.example"
BASE = "http://127.0.0.1:8000"


@pytest.fixture
def garage(app: Flask) -> MadeGarage:
    with app.app_context():
        made = make_garage()
        make_member(made, EMAIL, Role.RECEPTIONIST)
    return made


def csrf(client: CarefulClient, address: str = "/sign-in") -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(address).text)
    assert found is not None
    return found.group(1)


def sign_in(
    client: CarefulClient, password: str = PASSWORD, *, email: str = EMAIL, keep: bool = False
) -> int:
    form = {"csrf_token": csrf(client), "email": email, "password": password} | (
        {"keep": "1"} if keep else {}
    )
    return client.post("/sign-in", data=form).status_code


def is_in(client: CarefulClient) -> bool:
    return client.get("/desk/lyon/day").status_code == 200


def test_the_right_password_opens_the_desk(client: CarefulClient, garage: MadeGarage) -> None:
    assert not is_in(client)
    assert sign_in(client) == 302
    assert is_in(client)


def test_a_wrong_password_and_an_unknown_account_answer_alike(
    client: CarefulClient, garage: MadeGarage
) -> None:
    answers = []
    for email in (EMAIL, "nobody@martin.example"):
        form = {"csrf_token": csrf(client), "email": email, "password": "not the password"}
        response = client.post("/sign-in", data=form)
        answers.append((response.status_code, re.sub(r'value="[^"]*"', "", response.text)))
    assert answers[0] == answers[1]
    assert answers[0][0] == 422


def test_what_was_typed_is_kept_but_never_the_password(client: CarefulClient, garage: MadeGarage) -> None:
    form = {"csrf_token": csrf(client), "email": EMAIL, "password": "not the password"}
    text = client.post("/sign-in", data=form).text
    assert EMAIL in text
    assert "not the password" not in text


def test_a_post_without_a_token_is_refused(client: CarefulClient, garage: MadeGarage) -> None:
    assert client.post("/sign-in", data={"email": EMAIL, "password": PASSWORD}).status_code == 400


def test_a_post_from_another_site_is_refused(client: CarefulClient, garage: MadeGarage) -> None:
    form = {"csrf_token": csrf(client), "email": EMAIL, "password": PASSWORD}
    answer = client.post("/sign-in", data=form, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403


def test_the_session_token_is_stored_as_a_hash(client: CarefulClient, app: Flask, garage: MadeGarage) -> None:
    sign_in(client)
    with client.session_transaction(base_url=BASE) as cookie:
        token = cookie["_user_id"]
    with app.app_context(), reading() as session:
        hashes = session.scalars(select(UserSession.token_hash)).all()
    assert token not in hashes
    assert len(hashes) == 1


def test_signing_out_ends_the_session_on_the_server(
    client: CarefulClient, app: Flask, garage: MadeGarage
) -> None:
    sign_in(client)
    with client.session_transaction(base_url=BASE) as cookie:
        token = cookie["_user_id"]
    client.post("/sign-out", data={"csrf_token": csrf(client, "/desk/lyon/day")})
    with client.session_transaction(base_url=BASE) as cookie:
        cookie["_user_id"] = token
    assert not is_in(client)


def test_a_new_password_ends_every_session(client: CarefulClient, app: Flask, garage: MadeGarage) -> None:
    sign_in(client)
    with app.app_context(), unit_of_work() as session:
        set_password(session, email=EMAIL, password="another long one")
    assert not is_in(client)


def test_another_role_ends_every_session(client: CarefulClient, app: Flask, garage: MadeGarage) -> None:
    sign_in(client)
    with app.app_context(), scoped_to(garage.id), unit_of_work() as session:
        user = create_user(session, email=EMAIL, name="")
        grant_role(session, garage_id=garage.id, user_id=user.id, role=Role.TECHNICIAN)
    assert not is_in(client)


def test_who_leaves_the_garage_is_out_at_once(client: CarefulClient, app: Flask, garage: MadeGarage) -> None:
    sign_in(client)
    with app.app_context(), scoped_to(garage.id), unit_of_work() as session:
        user = create_user(session, email=EMAIL, name="")
        end_membership(session, garage_id=garage.id, user_id=user.id)
    assert not is_in(client)
    assert sign_in(client) == 422


@pytest.mark.parametrize(
    ("keep", "after", "still_in"),
    [
        (False, timedelta(hours=11), True),
        (False, timedelta(hours=13), False),
        (True, timedelta(days=20), True),
        (True, timedelta(days=31), False),
    ],
)
def test_a_session_ends_when_it_is_not_used_or_too_old(
    client: CarefulClient,
    garage: MadeGarage,
    clock: MovableClock,
    keep: bool,
    after: timedelta,
    still_in: bool,
) -> None:
    sign_in(client, keep=keep)
    clock.advance(seconds=after.total_seconds())
    assert is_in(client) is still_in


def test_too_many_tries_are_stopped(database: Database, garage: MadeGarage) -> None:
    app = database.another_app(rate_limits="sign_in=3/hour")
    client = app.test_client()
    codes = [sign_in(client, "wrong password") for _ in range(4)]  # type: ignore[arg-type]
    assert codes == [422, 422, 422, 429]


def test_a_stranger_elsewhere_locks_nobody_out(database: Database, garage: MadeGarage) -> None:
    app = database.another_app(rate_limits="sign_in=3/hour")

    def try_from(address: str, password: str) -> int:
        client = app.test_client()
        form = {"csrf_token": csrf(client), "email": EMAIL, "password": password}  # type: ignore[arg-type]
        return client.post("/sign-in", data=form, environ_overrides={"REMOTE_ADDR": address}).status_code

    strange = [try_from(f"2001:db8::{number}", "wrong password") for number in range(1, 5)]
    assert strange == [422, 422, 422, 429], "one IPv6 network is one caller"
    assert try_from("192.0.2.1", PASSWORD) == 302


def test_proving_a_password_keeps_no_writer_waiting(database: Database, garage: MadeGarage) -> None:
    app = database.another_app(rate_limits="off")
    client, is_writing, is_done = app.test_client(), Event(), Event()

    def write() -> None:
        with app.app_context(), unit_of_work():
            is_writing.set()
            is_done.wait(30)

    writer = Thread(target=write)
    writer.start()
    try:
        assert is_writing.wait(30)
        assert sign_in(client, "wrong password") == 422  # type: ignore[arg-type]
        assert not is_done.is_set()
    finally:
        is_done.set()
        writer.join()


def test_a_session_is_not_opened_by_a_password_replaced_meanwhile(app: Flask, garage: MadeGarage) -> None:
    with app.app_context(), across_garages("sign-in names its garage"):
        with reading() as session:
            user = find_user(session, EMAIL)
        with unit_of_work() as session:
            set_password(session, email=EMAIL, password="another long word")
        with pytest.raises(SignInRefusedError), unit_of_work() as session:
            open_session(session, user_id=user.id, proved_hash=user.password_hash, keep=False)  # type: ignore[union-attr, arg-type]


@pytest.mark.parametrize("email", ["a\x00@b.example", "\x00", "é" * 300, "%s" * 200])
def test_an_odd_address_is_a_wrong_one(client: CarefulClient, garage: MadeGarage, email: str) -> None:
    assert sign_in(client, email=email) == 422


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/desk\r\nSet-Cookie: a=b",
        "",
        None,
        "evil",
        "http:/evil.example",
        "///evil.example",
    ],
)
def test_signing_in_never_leads_off_the_site(target: str | None) -> None:
    assert safe_target(target) == "/desk/"


def test_signing_in_leads_back_to_the_page_that_was_asked_for() -> None:
    assert safe_target("/desk/lyon/day?on=2026-12-07") == "/desk/lyon/day?on=2026-12-07"
