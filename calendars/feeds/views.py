"""Calendar files for those who hold a link."""

from __future__ import annotations

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue

from app.db.unit_of_work import reading
from app.extensions import current_settings
from app.i18n import LOCALES, speaking
from app.security.links import open_link
from app.security.policy import by_link
from app.tenancy.queries import get_workshop_by_id
from app.tenancy.scope import across_garages, scoped_to
from booking.appointments.operations.book import MANAGE
from booking.appointments.queries import get_appointment_view
from calendars.feeds.appointment_file import appointment_file

blueprint = Blueprint("calendars_feeds", __name__)


@blueprint.get("/a/<token>.ics")
@by_link
def appointment_calendar(token: str) -> ResponseReturnValue:
    """The appointment's calendar file, in its customer's language or ``?lang=``."""
    with across_garages("the token names its garage"), reading() as session:
        target = open_link(session, purpose=MANAGE, token=token)
    with scoped_to(target.garage_id), reading() as session:
        view = get_appointment_view(session, target.garage_id, target.subject_id)
        workshop = get_workshop_by_id(session, target.garage_id, view.appointment.workshop_id)
    asked = request.args.get("lang")
    locale = asked if asked in LOCALES else view.appointment.locale
    link = current_settings().public_url + url_for("booking_public.manage", token=token)
    with speaking(locale):
        body = appointment_file(view, workshop, link=link, locale=locale)
    response = Response(body, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{view.appointment.reference}.ics"'
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
