"""Calendar files for those who hold a link: one appointment's, and feeds."""

from __future__ import annotations

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.db.unit_of_work import reading, unit_of_work
from app.errors import NotFoundError
from app.extensions import current_settings
from app.i18n import LOCALES, speaking
from app.localtime import local_date
from app.security.links import LinkTarget, open_link
from app.security.policy import by_link
from app.tenancy.queries import get_workshop_by_id
from app.tenancy.scope import across_garages, scoped_to
from app.web.compression import find_known_tag
from booking.appointments.operations.book import MANAGE
from booking.appointments.queries import get_appointment_view
from calendars.feeds.appointment_file import appointment_file
from calendars.feeds.content import load_content, write_feed
from calendars.feeds.kept import RENDERING
from calendars.feeds.operations import FEED, NOTE_EVERY, note_fetch
from calendars.feeds.queries import FeedView, get_feed

blueprint = Blueprint("calendars_feeds", __name__, template_folder="../templates")

CALENDAR = "text/calendar; charset=utf-8"


@blueprint.get("/a/<token>.ics")
@by_link
def appointment_calendar(token: str) -> ResponseReturnValue:
    """The appointment's calendar file, in its customer's language or ``?lang=``."""
    target = _open(MANAGE, token)
    with scoped_to(target.garage_id), reading() as session:
        view = get_appointment_view(session, target.garage_id, target.subject_id)
        workshop = get_workshop_by_id(session, target.garage_id, view.appointment.workshop_id)
    if view.appointment.is_wish:
        raise NotFoundError  # no time is promised that a calendar could hold
    asked = request.args.get("lang")
    locale = asked if asked in LOCALES else view.appointment.locale
    link = current_settings().public_url + url_for("booking_public.manage", token=token)
    with speaking(locale):
        body = appointment_file(view, workshop, link=link, locale=locale)
    response = _calendar(body)
    response.headers["Content-Disposition"] = f'attachment; filename="{view.appointment.reference}.ics"'
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/feeds/<token>.ics")
@by_link
def feed(token: str) -> ResponseReturnValue:
    """A feed. Unchanged since the copy that the reader has: 304, and no event is read.

    Every request looks the link up, so one that was replaced or revoked opens nothing from the
    moment it was, in whatever process.
    """
    target = _open(FEED, token)
    with scoped_to(target.garage_id):
        with reading() as session:
            served = get_feed(session, target.garage_id, target.subject_id)
        _note_fetch(served)
        mark = _mark(served, target)
        known = find_known_tag(mark)
        if known is not None:
            return _marked(Response(status=304), known)
        with reading() as session:
            content = load_content(session, served)
    return _marked(_calendar(write_feed(served, content).encode()), mark)


def _open(purpose: str, token: str) -> LinkTarget:
    with across_garages("the token names its garage"), reading() as session:
        return open_link(session, purpose=purpose, token=token)


def _mark(served: FeedView, target: LinkTarget) -> str:
    """Of what the text is made: it changes with the calendar, the feed, the link and the local day.

    Read before the events, so that a copy is at worst newer than its mark.
    """
    today = local_date(clock.now(), served.workshop.timezone)
    parts = (RENDERING, served.calendar_version, target.generation, served.version, today.isoformat())
    return "-".join(map(str, parts))


def _note_fetch(served: FeedView) -> None:
    if served.fetched_at is None or served.fetched_at <= clock.now() - NOTE_EVERY:
        with unit_of_work() as session:
            note_fetch(session, garage_id=served.garage_id, feed_id=served.id)


def _calendar(body: bytes) -> Response:
    response = Response(body, content_type=CALENDAR)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _marked(response: Response, mark: str) -> Response:
    response.set_etag(mark)
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
