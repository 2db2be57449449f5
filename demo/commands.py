"""The command for the demo garage, under ``flask --app wsgi demo``; in English, for developers."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from app.db.unit_of_work import reading, unit_of_work
from app.extensions import current_settings
from app.tenancy.commands import refusals_told
from app.tenancy.garage_file.operations import loading_scope
from app.tenancy.garage_file.reading import read_garage_file
from app.tenancy.queries import find_garage, list_garages
from app.tenancy.scope import scoped_to
from demo.operations import (
    GARAGE_FILE,
    OWNER,
    PASSWORD,
    SIGN_IN,
    SLUG,
    WORKSHOP,
    make_demo,
    refuse_in_production,
    remove_demo,
)
from notifications.outbox.phone import has_phone_page

demo_commands = AppGroup("demo", help="A made-up garage to try everything with; never in production.")


@demo_commands.command("load")
@click.option("--fresh", is_flag=True, help="Delete the demo garage that stands and make it anew.")
@click.option("--if-empty", is_flag=True, help="Make nothing where there is a garage of any name.")
def load(*, fresh: bool, if_empty: bool) -> None:
    """Make the demo garage with a fortnight of visits around today; one that stands is left alone."""
    with refusals_told():
        refuse_in_production()
        slugs = _list_slugs()
        if slugs and if_empty and SLUG not in slugs:
            click.echo(f"no demo garage beside {', '.join(slugs)}; to make one: flask --app wsgi demo load")
            return
        made = load_demo(is_fresh=fresh)
    click.echo(f"{SLUG}: stands already" if made is None else f"{SLUG}: made, with {made} visits")
    _tell_addresses()


def _list_slugs() -> list[str]:
    with reading() as session:
        return [garage.slug for garage in list_garages(session)]


def _tell_addresses() -> None:
    settings = current_settings()
    address = settings.public_url
    click.echo(f"booking page  {address}/g/{SLUG}/{WORKSHOP}")
    click.echo(f"desk          {address}/desk/  ({SIGN_IN}, password {PASSWORD})")
    click.echo(f"its settings  {address}/desk/{WORKSHOP}/settings  ({OWNER}, the same password)")
    if has_phone_page(settings):
        click.echo(f"phone         {address}/dev/phone")


def load_demo(*, is_fresh: bool = False) -> int | None:
    """The number of visits made, or None if the demo stood already and ``is_fresh`` is not set."""
    with reading() as session:
        standing = find_garage(session, SLUG)
    if standing is not None and not is_fresh:
        return None
    if standing is not None:
        with scoped_to(standing.id), unit_of_work() as session:
            remove_demo(session, garage_id=standing.id)
    content = read_garage_file(GARAGE_FILE.read_text(encoding="utf-8"))
    with loading_scope(SLUG), unit_of_work() as session:
        return make_demo(session, content=content).visits
