"""Commands for feeds, under ``flask --app wsgi feed``; in English, for operators."""

from __future__ import annotations

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from app.db.unit_of_work import reading, unit_of_work
from app.errors import InvalidInputError, NotFoundError
from app.security.links import show_link
from app.tenancy.commands import refusals_told, require_garage
from app.tenancy.queries import WorkshopView, get_workshop
from app.tenancy.scope import scoped_to
from booking.resources.queries import list_resources
from calendars.feeds.addresses import feed_address, show_addresses
from calendars.feeds.looks import Privacy
from calendars.feeds.models import PRIVACIES
from calendars.feeds.operations import FEED, create_feed, revoke_feed, rotate_feed
from calendars.feeds.queries import list_feeds

feed_commands = AppGroup("feed", help="Calendars that phones and programs subscribe to.")


@feed_commands.command("create")
@click.argument("garage_slug", metavar="GARAGE")
@click.argument("workshop_slug", metavar="WORKSHOP")
@click.option("--technician", help="Only this technician's work.")
@click.option("--bay", help="Only this bay.")
@click.option("--courtesy-car", help="Only this courtesy car.")
@click.option("--privacy", type=click.Choice(PRIVACIES), default="no_contact", show_default=True)
@click.option("--label", default="", help="For whom it is, e.g. 'Nadia's phone'.")
def create(
    *, garage_slug: str, workshop_slug: str, privacy: Privacy, label: str, **names: str | None
) -> None:
    """Make a feed of WORKSHOP, or of one of its resources, and print its address."""
    chosen = {kind: name for kind, name in names.items() if name is not None}
    if len(chosen) > 1:
        raise click.UsageError("name one of --technician, --bay and --courtesy-car")
    with refusals_told():
        garage = require_garage(garage_slug)
        with scoped_to(garage.id), unit_of_work() as session:
            workshop = _find_workshop(session, garage.id, workshop_slug)
            feed = create_feed(
                session,
                garage_id=garage.id,
                workshop_id=workshop.id,
                resource_id=_find_resource(session, workshop, chosen),
                privacy=privacy,
                locale=garage.locale,
                label=label,
            )
            token = show_link(session, garage_id=garage.id, purpose=FEED, subject_id=feed.id)
    click.echo(feed_address(token))


@feed_commands.command("list")
@click.argument("garage_slug", metavar="GARAGE")
def list_all(*, garage_slug: str) -> None:
    """List the feeds of GARAGE: number, what it is of, privacy, last fetch, address, label."""
    with refusals_told():
        garage = require_garage(garage_slug)
    with scoped_to(garage.id), reading() as session:
        feeds = list_feeds(session, garage.id)
        addresses = show_addresses(session, garage.id, [feed.id for feed in feeds])
    for feed in feeds:
        fetched = f"{feed.fetched_at:%Y-%m-%dT%H:%MZ}" if feed.fetched_at else "never"
        subject = f"{feed.workshop.slug}/{feed.kind}/{feed.name}" if feed.resource_id else feed.workshop.slug
        address = addresses.get(feed.id, "(its key is gone: rotate it)")
        click.echo("\t".join([str(feed.id), subject, feed.look.privacy, fetched, address, feed.label]))


@feed_commands.command("rotate")
@click.argument("garage_slug", metavar="GARAGE")
@click.argument("number", type=int)
def rotate(*, garage_slug: str, number: int) -> None:
    """Give feed NUMBER a new address and print it; the old one opens nothing."""
    with refusals_told():
        garage = require_garage(garage_slug)
        with scoped_to(garage.id), unit_of_work() as session:
            rotate_feed(session, garage_id=garage.id, feed_id=number)
            token = show_link(session, garage_id=garage.id, purpose=FEED, subject_id=number)
    click.echo(feed_address(token))


@feed_commands.command("revoke")
@click.argument("garage_slug", metavar="GARAGE")
@click.argument("number", type=int)
def revoke(*, garage_slug: str, number: int) -> None:
    """End feed NUMBER; its address opens nothing from now on."""
    with refusals_told():
        garage = require_garage(garage_slug)
        with scoped_to(garage.id), unit_of_work() as session:
            revoke_feed(session, garage_id=garage.id, feed_id=number)
    click.echo(f"feed {number}: revoked")


def _find_workshop(session: Session, garage_id: int, slug: str) -> WorkshopView:
    try:
        return get_workshop(session, garage_id, slug)
    except NotFoundError as error:
        raise InvalidInputError({"workshop": f"there is no workshop {slug!r}"}) from error


def _find_resource(session: Session, workshop: WorkshopView, chosen: dict[str, str]) -> int | None:
    """The id of the resource of this kind and name; none is chosen for a whole workshop."""
    if not chosen:
        return None
    [(kind, name)] = chosen.items()
    for row in list_resources(session, workshop.garage_id, workshop.id):
        if (row.kind, row.name) == (kind, name):
            return row.id
    raise InvalidInputError({kind: f"{workshop.slug} has none called {name!r}"})
