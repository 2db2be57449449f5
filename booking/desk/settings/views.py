"""``/desk/…/settings``: the list of all pages of the settings."""

from __future__ import annotations

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.auth.queries import names_of
from app.db.unit_of_work import reading
from app.security.policy import staff
from app.tenancy.queries import list_workshops
from app.tenancy.set_up_log import list_latest_changes
from booking.desk.settings.page import load_place, render_settings
from booking.desk.settings.words import say_change

CHANGES_SHOWN = 12


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
    """What can be set, page by page, and who has set what of late."""
    garage_id = current_user.garage.id
    with reading() as session:
        place = load_place(session, workshop)
        changes = list_latest_changes(session, garage_id, limit=CHANGES_SHOWN)
        names = names_of(session, {row.user_id for row in changes if row.user_id is not None})
    return render_settings(
        "booking/desk/settings.html",
        place,
        changes=[(row, say_change(row), names.get(row.user_id or 0, "")) for row in changes],
    )
