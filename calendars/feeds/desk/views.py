"""The desk's pages of feeds: the workshop's list, making one, its address, replacing and ending it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from app import clock
from app.db.unit_of_work import reading, retrying_once, unit_of_work
from app.errors import DomainError, InvalidInputError, NotFoundError
from app.i18n import LOCALE_NAMES, LOCALES
from app.security.policy import staff
from app.tenancy.queries import WorkshopView, get_workshop, list_workshops
from booking.desk.forms import read_version
from booking.desk.standing import Reader
from booking.resources.queries import list_resources
from calendars.feeds.addresses import show_addresses
from calendars.feeds.desk.forms import FIELDS, MAX_LABEL, WHOLE, FeedForm, read_feed
from calendars.feeds.desk.page import list_privacies, list_subjects, row_of, show_address
from calendars.feeds.operations import create_feed, revoke_feed, rotate_feed
from calendars.feeds.queries import FeedView, get_feed, list_feeds

blueprint = Blueprint("calendars_feeds_desk", __name__, template_folder="../../templates")


@blueprint.get("/desk/feeds")
@staff("receptionist")
def first() -> ResponseReturnValue:
    """The feeds of the garage's first workshop; without one, the desk's first page says so."""
    with reading() as session:
        workshops = list_workshops(session, current_user.garage.id)
    if not workshops:
        return redirect(url_for("calendars_board.today"))
    return redirect(url_for(".listing", workshop=workshops[0].slug))


@blueprint.get("/desk/<workshop>/feeds")
@staff("receptionist")
def listing(workshop: str) -> ResponseReturnValue:
    """The workshop's feeds, and the form of a new one."""
    standard = {"of": WHOLE, "privacy": "no_contact", "locale": current_user.garage.locale}
    return _list_page(workshop, typed=standard)


@blueprint.post("/desk/<workshop>/feeds")
@staff("receptionist")
def create(workshop: str) -> ResponseReturnValue:
    """Make a feed and go to its page, where its address stands."""
    with reading() as session:
        shown = get_workshop(session, current_user.garage.id, workshop)
        resource_ids = [row.id for row in list_resources(session, shown.garage_id, shown.id)]
    try:
        form = read_feed(request.form, resource_ids=resource_ids)
    except InvalidInputError as refusal:
        typed = {name: request.form.get(name, "") for name in FIELDS}
        return _list_page(workshop, typed=typed, errors=refusal.errors), refusal.status
    feed_id = retrying_once(lambda: _create(shown, form))
    flash(_("The calendar is ready: its address is on this page."))
    return redirect(url_for(".detail", workshop=workshop, feed_id=feed_id), 303)


@blueprint.get("/desk/<workshop>/feeds/<int:feed_id>")
@staff("receptionist")
def detail(workshop: str, feed_id: int) -> ResponseReturnValue:
    """One feed: its address to copy or scan, how to subscribe, replacing and ending it."""
    with reading() as session:
        feed = _find(session, workshop, feed_id)
        addresses = show_addresses(session, feed.garage_id, [feed.id])
    address = addresses.get(feed.id)
    return render_template(
        "calendars/feeds/detail.html",
        workshop=feed.workshop,
        row=row_of(feed),
        language=LOCALE_NAMES[feed.look.locale],
        address=show_address(address) if address else None,
        reader=_reader(feed.workshop),
    )


@blueprint.post("/desk/<workshop>/feeds/<int:feed_id>/rotate")
@staff("receptionist")
def rotate(workshop: str, feed_id: int) -> ResponseReturnValue:
    """A new address; whoever has the old one reads nothing more."""
    _change(workshop, feed_id, rotate_feed, said=_("The calendar has a new address; the old one is closed."))
    return redirect(url_for(".detail", workshop=workshop, feed_id=feed_id), 303)


@blueprint.post("/desk/<workshop>/feeds/<int:feed_id>/revoke")
@staff("receptionist")
def revoke(workshop: str, feed_id: int) -> ResponseReturnValue:
    """End the feed for good."""
    if not _change(workshop, feed_id, revoke_feed, said=_("The calendar is ended; its address is closed.")):
        return redirect(url_for(".detail", workshop=workshop, feed_id=feed_id), 303)
    return redirect(url_for(".listing", workshop=workshop), 303)


def _list_page(workshop: str, *, typed: dict[str, str], errors: dict[str, str] | None = None) -> str:
    """The list, and the form with what was typed."""
    garage = current_user.garage
    with reading() as session:
        workshops = list_workshops(session, garage.id)
        shown = get_workshop(session, garage.id, workshop)
        feeds = [feed for feed in list_feeds(session, garage.id) if feed.workshop.id == shown.id]
        resources = list_resources(session, garage.id, shown.id)
    return render_template(
        "calendars/feeds/listing.html",
        workshop=shown,
        sites=_sites(workshops, shown),
        rows=[row_of(feed) for feed in feeds],
        reader=_reader(shown),
        subjects=list_subjects(resources),
        privacies=list_privacies(),
        languages=[(code, LOCALE_NAMES[code]) for code in LOCALES],
        most=MAX_LABEL,
        typed=typed,
        errors=errors or {},
    )


def _create(workshop: WorkshopView, form: FeedForm) -> int:
    with unit_of_work() as session:
        return create_feed(
            session,
            garage_id=workshop.garage_id,
            workshop_id=workshop.id,
            resource_id=form.resource_id,
            privacy=form.privacy,
            locale=form.locale,
            label=form.label,
        ).id


def _change(workshop: str, feed_id: int, operation: Callable[..., object], *, said: str) -> bool:
    """Carry out from the version that the page showed; a refusal is said on the next page."""

    def carry_out() -> None:
        version = read_version(request.form)
        with unit_of_work() as session:
            feed = _find(session, workshop, feed_id)
            operation(session, garage_id=feed.garage_id, feed_id=feed.id, version=version)

    try:
        retrying_once(carry_out)
    except NotFoundError:
        raise
    except DomainError as refusal:
        flash(str(refusal.message), "error")
        return False
    flash(said)
    return True


def _find(session: Session, workshop: str, feed_id: int) -> FeedView:
    shown = get_workshop(session, current_user.garage.id, workshop)
    feed = get_feed(session, current_user.garage.id, feed_id)
    if feed.workshop.id != shown.id:
        raise NotFoundError
    return feed


def _sites(workshops: list[WorkshopView], shown: WorkshopView) -> list[dict[str, Any]]:
    return [
        {"label": row.name, "href": url_for(".listing", workshop=row.slug), "current": row.id == shown.id}
        for row in workshops
    ]


def _reader(workshop: WorkshopView) -> Reader:
    return Reader(clock.now(), workshop.timezone)
