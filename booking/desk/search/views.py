"""Searching at the desk: a page that works by itself, and its list alone, for the field in the bar."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.db.unit_of_work import reading
from app.security.policy import staff
from app.tenancy.queries import get_workshop, list_workshops
from app.web.filters import capital, localday
from booking.appointments.glances import Glance
from booking.customers.search.question import MOST_TYPED
from booking.desk.access import is_desk
from booking.desk.search.page import find
from booking.desk.standing import Reader

blueprint = Blueprint("booking_search", __name__, template_folder="../../templates")

NEAR = timedelta(days=200)
"""Farther away a date bears its year."""


@blueprint.get("/desk/search")
@staff("technician")
def first() -> ResponseReturnValue:
    """From a page that is of no workshop: the search of the garage's first one."""
    with reading() as session:
        workshops = list_workshops(session, current_user.garage.id)
    if not workshops:
        return redirect("/desk/")
    asked: dict[str, Any] = {
        name: request.args[name][:MOST_TYPED] for name in ("q", "as") if name in request.args
    }
    return redirect(url_for("booking_search.results", workshop=workshops[0].slug, **asked))


@blueprint.get("/desk/<workshop>/search")
@staff("technician")
def results(workshop: str) -> ResponseReturnValue:
    """What ``q`` finds in the whole garage; ``as``: ``list`` for the list without the page."""
    garage, now = current_user.garage, clock.now()
    text = request.args.get("q", "")[:MOST_TYPED].strip()
    with reading() as session:
        sites = list_workshops(session, garage.id)
        shown = next((row for row in sites if row.slug == workshop), None)
        may_book = is_desk() and shown is not None
        shown = shown or get_workshop(session, garage.id, workshop, or_archived=True)
        found = find(session, garage, text, now=now)
    as_list = request.args.get("as") == "list"
    return render_template(
        f"booking/desk/{'_found' if as_list else 'search'}.html",
        workshop=shown,
        found=found,
        as_list=as_list,
        may_book=may_book,
        by_phone=is_desk(),
        several=len(sites) > 1,
        say_when=_say_when,
        country=garage.country,
        asked=text,
    )


def _say_when(glance: Glance) -> str:
    """When the visit is, or was; what is far away with its year."""
    now, zone, moment = clock.now(), glance.workshop.timezone, glance.appointment.arrives_at
    if glance.is_open(now):
        return capital(Reader(now, zone).which_day(moment))
    pattern = "EEE d MMM" if abs(moment - now) < NEAR else "d MMM y"
    return str(_("Last visit: %(day)s", day=localday(moment, zone, pattern)))
