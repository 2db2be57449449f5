"""An appointment at the desk: everything about one visit, its next steps, its history."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from app import clock
from app.db.unit_of_work import reading, retrying_once, unit_of_work
from app.errors import DomainError, InvalidInputError, NotFoundError
from app.localtime import local_date
from app.security.policy import staff
from app.tenancy.queries import WorkshopView, get_workshop
from app.web.registries import list_panels
from booking.appointments.life_cycle import Status
from booking.appointments.operations.change_status import cancel_appointment, change_status
from booking.appointments.queries import AppointmentView, get_appointment_view, list_history
from booking.appointments.requests import Actor
from booking.desk.access import is_desk, sees_contact
from booking.desk.forms import read_cancel, read_status
from booking.desk.standing import Reader, standing_of
from booking.desk.steps import next_steps
from booking.desk.ways import Way, way_back

blueprint = Blueprint("booking_desk", __name__, template_folder="../templates")

PANELS = "appointment_detail"


@blueprint.get("/desk/<workshop>/appointments/<int:appointment_id>")
@staff("technician")
def appointment_detail(workshop: str, appointment_id: int) -> ResponseReturnValue:
    """One visit: next step first, then customer, work, place, history, and the panels of others."""
    return _page(workshop, appointment_id)


def _page(workshop: str, appointment_id: int, *, errors: dict[str, str] | None = None) -> str:
    """The page; with ``errors`` by field when a form came back, what was typed kept."""
    garage, now = current_user.garage, clock.now()
    with reading() as session:
        shown, view = _find(session, workshop, appointment_id)
        history = list_history(session, garage.id, appointment_id)
        has_contact = sees_contact(view, shown, now)
        panels = [
            (panel.template, panel.load(session, garage.id, appointment_id))
            for panel in list_panels(PANELS)
            if has_contact
        ]
    return render_template(
        "booking/desk/appointment_detail.html",
        workshop=shown,
        view=view,
        history=history,
        standing=standing_of(view.appointment, history, Reader(now, shown.timezone)),
        panels=panels,
        steps=next_steps(view.status, is_due=view.appointment.arrives_at <= now) if is_desk() else (),
        may_cancel=is_desk() and view.status in {Status.REQUESTED, Status.CONFIRMED},
        sees_contact=has_contact,
        sees_money=is_desk(),
        currency=garage.currency,
        country=garage.country,
        way=_way(view.appointment.arrives_at, shown),
        errors=errors or {},
        typed=request.form,
    )


@blueprint.post("/desk/<workshop>/appointments/<int:appointment_id>/status")
@staff("receptionist")
def appointment_status(workshop: str, appointment_id: int) -> ResponseReturnValue:
    """One step along the life cycle, from the version that the page showed."""
    try:
        form = read_status(request.form)
    except InvalidInputError as refusal:
        return _page(workshop, appointment_id, errors=refusal.errors), refusal.status

    def step() -> None:
        with unit_of_work() as session:
            _find(session, workshop, appointment_id)
            change_status(
                session,
                garage_id=current_user.garage.id,
                appointment_id=appointment_id,
                target=form.target,
                actor=_actor(),
                version=form.version,
            )

    return _done(workshop, appointment_id, step, said=_("Noted."))


@blueprint.post("/desk/<workshop>/appointments/<int:appointment_id>/cancel")
@staff("receptionist")
def appointment_cancel(workshop: str, appointment_id: int) -> ResponseReturnValue:
    """Give the place back; the customer's reminders are void with it."""
    try:
        form = read_cancel(request.form)
    except InvalidInputError as refusal:
        return _page(workshop, appointment_id, errors=refusal.errors), refusal.status

    def cancel() -> None:
        with unit_of_work() as session:
            _find(session, workshop, appointment_id)
            cancel_appointment(
                session,
                garage_id=current_user.garage.id,
                appointment_id=appointment_id,
                actor=_actor(),
                reason=form.reason,
                version=form.version,
            )

    return _done(workshop, appointment_id, cancel, said=_("The appointment is cancelled; its place is free."))


def _done(
    workshop: str, appointment_id: int, use_case: Callable[[], None], *, said: str
) -> ResponseReturnValue:
    """Carry out and go back to the page; a refusal is said there, with what stands now."""
    try:
        retrying_once(use_case)
    except NotFoundError:
        raise
    except DomainError as refusal:
        flash(str(refusal.message), "error")
    else:
        flash(said)
    target = url_for(
        "booking_desk.appointment_detail",
        workshop=workshop,
        appointment_id=appointment_id,
        **way_back(request.args, arrives_on=date.min).query,
    )
    return redirect(target, 303)


def _find(session: Session, workshop: str, appointment_id: int) -> tuple[WorkshopView, AppointmentView]:
    shown = get_workshop(session, current_user.garage.id, workshop)
    view = get_appointment_view(session, current_user.garage.id, appointment_id)
    if view.appointment.workshop_id != shown.id:
        abort(404)
    return shown, view


def _way(arrives_at: datetime, workshop: WorkshopView) -> Way:
    return way_back(request.args, arrives_on=local_date(arrives_at, workshop.timezone))


def _actor() -> Actor:
    return Actor("staff", current_user.user_id)
