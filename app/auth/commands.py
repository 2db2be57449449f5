"""Commands for accounts, under ``flask --app wsgi user``; in English, for operators."""

from __future__ import annotations

import sys

import click
from email_validator import EmailNotValidError, validate_email
from flask.cli import AppGroup

from app.auth.operations import create_user, grant_role, set_password
from app.auth.passwords import MIN_LENGTH
from app.auth.queries import find_user
from app.auth.roles import Role
from app.db.unit_of_work import reading, unit_of_work
from app.errors import InvalidInputError
from app.tenancy.commands import refusals_told, require_garage
from app.tenancy.scope import scoped_to

user_commands = AppGroup("user", help="Accounts of the people who work in garages.")

ROLES = click.Choice([role.value for role in Role])
from_stdin = click.option(
    "--password-stdin", "is_piped", is_flag=True, help="Read the password from standard input."
)


@user_commands.command("create")
@click.argument("email")
@click.option("--name", required=True, help="The person's name, as colleagues see it.")
@click.option("--garage", "garage_slug", help="The garage they work in.")
@click.option("--role", type=ROLES, help="What they do there.")
@from_stdin
def create(*, email: str, name: str, garage_slug: str | None, role: str | None, is_piped: bool) -> None:
    """Make the account EMAIL with a password, and a member of a garage if one is named."""
    if (garage_slug is None) != (role is None):
        raise click.UsageError("--garage and --role go together")
    with refusals_told():
        address = _checked_email(email)
        garage = require_garage(garage_slug) if garage_slug else None
        if _exists(address):
            raise InvalidInputError({"email": f"{address} has an account already"})
        password = _checked_password(is_piped=is_piped)
        with unit_of_work() as session:
            user_id = create_user(session, email=address, name=name).id
            set_password(session, email=address, password=password)
        if garage is not None and role is not None:
            with scoped_to(garage.id), unit_of_work() as session:
                grant_role(session, garage_id=garage.id, user_id=user_id, role=Role(role))
    click.echo(f"{address}: created{f', {role} of {garage_slug}' if role else ''}")


@user_commands.command("password")
@click.argument("email")
@from_stdin
def password(*, email: str, is_piped: bool) -> None:
    """Set the password of the account EMAIL; it is signed out everywhere."""
    with refusals_told():
        address = _checked_email(email)
        if not _exists(address):
            raise InvalidInputError({"email": f"{address} has no account"})
        word = _checked_password(is_piped=is_piped)
        with unit_of_work() as session:
            set_password(session, email=address, password=word)
    click.echo(f"{address}: password set")


def _checked_email(email: str) -> str:
    try:
        found = validate_email(email.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise InvalidInputError({"email": f"{email!r} is not an e-mail address"}) from error
    return found.normalized.lower()


def _exists(email: str) -> bool:
    with reading() as session:
        return find_user(session, email) is not None


def _checked_password(*, is_piped: bool) -> str:
    if is_piped:
        word = sys.stdin.readline().rstrip("\r\n")
    else:
        word = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    if len(word) < MIN_LENGTH:
        raise InvalidInputError({"password": f"needs at least {MIN_LENGTH} characters"})
    return str(word)
