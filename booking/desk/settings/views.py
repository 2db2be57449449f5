"""``/desk/…/settings``: the list of all pages of the settings."""

from __future__ import annotations

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.db.unit_of_work import reading
from app.security.policy import staff
from app.tenancy.queries import list_workshops
from booking.desk.settings.page import load_place, render_settings


@staff("manager")
def first() -> ResponseReturnValue:
    """Those of the garage's first workshop; without one, the desk's first page says so."""
    with reading() as session:
        workshops = list_workshops(session, current_user.garage.id)
    if not workshops:
        return redirect(url_for("calendars_board.today"))
    return redirect(url_for(".overview", workshop=workshops[0].slug))


@staff("manager")
def overview(workshop: str) -> ResponseReturnValue:
    """What can be set, page by page."""
    with reading() as session:
        place = load_place(session, workshop)
    return render_settings("booking/desk/settings.html", place)
