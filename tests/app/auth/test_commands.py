"""``user create`` and ``user password`` at a terminal."""

from __future__ import annotations

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from app.auth.errors import SignInRefusedError
from app.auth.models import Membership
from app.auth.sign_in import sign_in
from app.db.unit_of_work import unit_of_work
from app.tenancy.scope import across_garages
from tests.factories.garages import make_garage

EMAIL = "camille@martin.example"
WORD = "vingt-deux vidanges"


def run(app: Flask, *words: str, typed: str = f"{WORD}\n") -> Result:
    return app.test_cli_runner().invoke(args=("user", *words), input=typed)


def create(app: Flask, *more: str, typed: str = f"{WORD}\n") -> Result:
    return run(app, "create", EMAIL, "--name", "Camille", "--password-stdin", *more, typed=typed)


def may_sign_in(app: Flask, word: str) -> bool:
    with app.app_context():
        try:
            sign_in(email=EMAIL, password=word, keep=False)
        except SignInRefusedError:
            return False
    return True


@pytest.fixture
def garage(app: Flask) -> str:
    with app.app_context():
        return make_garage().slug


def test_a_member_of_a_garage_may_sign_in_at_once(app: Flask, garage: str) -> None:
    create(app, "--garage", garage, "--role", "receptionist")
    assert may_sign_in(app, WORD)


def test_the_role_is_the_one_named(app: Flask, garage: str) -> None:
    create(app, "--garage", garage, "--role", "manager")
    with app.app_context(), across_garages("the test looks"), unit_of_work() as session:
        assert session.scalars(select(Membership.role)).all() == ["manager"]


def test_the_password_is_not_printed(app: Flask) -> None:
    assert WORD not in create(app).output


def test_the_password_is_asked_for_twice_at_a_terminal(app: Flask, garage: str) -> None:
    run(
        app,
        *("create", EMAIL, "--name", "Camille", "--garage", garage, "--role", "owner"),
        typed=f"{WORD}\n{WORD}\n",
    )
    assert may_sign_in(app, WORD)


def test_a_short_password_is_refused(app: Flask) -> None:
    result = create(app, typed="short\n")
    assert (result.exit_code, result.stderr) == (1, "error: password: needs at least 10 characters\n")


def test_an_account_is_made_once(app: Flask) -> None:
    create(app)
    result = create(app)
    assert (result.exit_code, result.stderr) == (1, f"error: email: {EMAIL} has an account already\n")


def test_an_address_of_the_wrong_shape_is_refused(app: Flask) -> None:
    result = run(app, "create", "camille", "--name", "Camille", "--password-stdin")
    assert (result.exit_code, result.stderr) == (1, "error: email: 'camille' is not an e-mail address\n")


def test_an_unknown_garage_is_refused_and_no_account_made(app: Flask) -> None:
    create(app, "--garage", "nobody", "--role", "owner")
    assert create(app).exit_code == 0


def test_a_garage_without_a_role_is_refused(app: Flask) -> None:
    assert create(app, "--garage", "martin").exit_code == 2


def test_a_new_password_replaces_the_old_one(app: Flask, garage: str) -> None:
    create(app, "--garage", garage, "--role", "owner")
    run(app, "password", EMAIL, "--password-stdin", typed="another long word\n")
    assert (may_sign_in(app, WORD), may_sign_in(app, "another long word")) == (False, True)


def test_a_password_for_nobody_is_refused(app: Flask) -> None:
    result = run(app, "password", EMAIL, "--password-stdin")
    assert (result.exit_code, result.stderr) == (1, f"error: email: {EMAIL} has no account\n")
