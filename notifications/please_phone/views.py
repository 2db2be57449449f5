"""``/desk/please-phone``: the customers whom a message may not have reached."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from app import clock
from app.db.unit_of_work import reading, retrying_once, unit_of_work
from app.errors import InvalidInputError
from app.localtime import day_bounds, local_date
from app.security.policy import staff
from app.tenancy.queries import list_workshops
from booking.appointments.queries import get_appointment
from booking.appointments.requests import Actor
from notifications.please_phone.forms import read_message_ids
from notifications.please_phone.operations import note_phoned, take_back_phoned
from notifications.please_phone.page import lost_lines
from notifications.please_phone.queries import PhoneList, get_phone_list

blueprint = Blueprint("notifications_please_phone", __name__, template_folder="../templates")


@blueprint.get("/desk/please-phone")
@staff("receptionist")
def please_phone() -> ResponseReturnValue:
    """Whom to phone, the most urgent first; below, whom somebody has phoned today."""
    with reading() as session:
        shown = _get_list(session)
    return render_template(
        "notifications/please_phone/please_phone.html",
        rows=[(row, lost_lines(row)) for row in shown.to_phone],
        phoned=shown.phoned,
        has_several_workshops=len(shown.workshops) > 1,
        country=current_user.garage.country,
    )


@blueprint.post("/desk/please-phone/<int:appointment_id>/phoned")
@staff("receptionist")
def phoned(appointment_id: int) -> ResponseReturnValue:
    """The customer has been told; the row goes to those of today."""
    return _mark(note_phoned, appointment_id, said=_("Noted: phoned."))


@blueprint.post("/desk/please-phone/<int:appointment_id>/not-phoned")
@staff("receptionist")
def not_phoned(appointment_id: int) -> ResponseReturnValue:
    """It was a mistake: back on the list."""
    return _mark(take_back_phoned, appointment_id, said=_("Back on the list."))


def _mark(operation: Callable[..., bool], appointment_id: int, *, said: str) -> ResponseReturnValue:
    """Carry out and go back to the list; what a colleague was quicker with is said, not repeated."""

    def mark(message_ids: tuple[int, ...]) -> bool:
        with unit_of_work() as session:
            return operation(
                session,
                garage_id=current_user.garage.id,
                appointment_id=appointment_id,
                message_ids=message_ids,
                actor=Actor("staff", current_user.user_id),
            )

    with reading() as session:
        get_appointment(session, current_user.garage.id, appointment_id)
    try:
        message_ids = read_message_ids(request.form)
    except InvalidInputError as refusal:
        flash(refusal.errors["message"], "error")
    else:
        is_done = retrying_once(lambda: mark(message_ids))
        flash(said if is_done else _("A colleague has already done that."))
    return redirect(url_for("notifications_please_phone.please_phone"), 303)


def _get_list(session: Session) -> PhoneList:
    """Today is the date in the garage's first workshop."""
    garage_id, now = current_user.garage.id, clock.now()
    workshops = list_workshops(session, garage_id)
    zone = workshops[0].timezone if workshops else "UTC"
    return get_phone_list(session, garage_id, since=day_bounds(local_date(now, zone), zone)[0])
