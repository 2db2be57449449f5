"""``/screen/<token>``: the workshop's day for whoever holds the link, on a screen that looks by itself."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, make_response, render_template
from flask.typing import ResponseReturnValue

from app import clock
from app.db.unit_of_work import reading, unit_of_work
from app.i18n import use_locale
from app.localtime import to_local
from app.security.links import open_link
from app.security.policy import by_link
from app.tenancy.scope import across_garages, scoped_to
from booking.desk.standing import Reader
from calendars.screen.operations import NOTE_EVERY, SCREEN, note_seen
from calendars.screen.page import show_day
from calendars.screen.queries import ScreenView, get_screen, load_today

blueprint = Blueprint("calendars_screen", __name__, template_folder="../templates")


@blueprint.get("/screen/<token>")
@by_link
def show(token: str) -> ResponseReturnValue:
    """Today by bay, in the screen's own language and colours.

    The version is read before any row, so that the page is never older than it says.
    """
    shown = _open(token)
    now = clock.now()
    with scoped_to(shown.garage_id), reading() as session:
        rows = load_today(session, shown.workshop)
    _note_seen(shown)
    use_locale(shown.locale)
    zone = shown.workshop.timezone
    local = to_local(now, zone)
    page = render_template(
        "calendars/screen/screen.html",
        screen=shown,
        token=token,
        lang=shown.locale,
        theme="" if shown.theme == "device" else shown.theme,
        day=show_day(rows, Reader(now, zone), lang=shown.locale),
        today=local.date(),
        minutes=local.hour * 60 + local.minute,
    )
    return _for_nobody_else(make_response(page))


@blueprint.get("/screen/<token>/version")
@by_link
def version(token: str) -> ResponseReturnValue:
    """The calendar's version, by which the screen sees that something has changed."""
    return _for_nobody_else(jsonify(version=_open(token).calendar_version))


def _open(token: str) -> ScreenView:
    """The screen of the link; every request looks it up, so one that was ended opens nothing at once."""
    with across_garages("the token names its garage"), reading() as session:
        target = open_link(session, purpose=SCREEN, token=token)
    with scoped_to(target.garage_id), reading() as session:
        return get_screen(session, target.garage_id, target.subject_id)


def _note_seen(shown: ScreenView) -> None:
    if shown.seen_at is None or shown.seen_at <= clock.now() - NOTE_EVERY:
        with scoped_to(shown.garage_id), unit_of_work() as session:
            note_seen(session, garage_id=shown.garage_id, screen_id=shown.id)


def _for_nobody_else(response: Response) -> Response:
    """Kept by nobody on the way, and found by no search engine."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
