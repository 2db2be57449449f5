"""An appointment at the desk: everything about one visit, its next steps, its history."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.db.unit_of_work import reading, unit_of_work
from app.errors import InvalidInputError
from app.localtime import local_date
from app.security.policy import staff
from app.web.registries import list_panels
from booking.appointments.life_cycle import Status
from booking.appointments.moving import MOVABLE
from booking.appointments.operations.change_status import cancel_appointment, change_status
from booking.appointments.operations.undo import undo_last
from booking.appointments.queries import list_history
from booking.desk.access import is_desk, sees_contact
from booking.desk.forms import read_cancel, read_status, read_version
from booking.desk.standing import Reader, standing_of
from booking.desk.steps import next_steps
from booking.desk.undoing import find_step_back, find_undoable
from booking.desk.visit import acting_member, carry_out, find_visit, is_manager, visit_address
from booking.desk.ways import way_back

blueprint = Blueprint("booking_desk", __name__, template_folder="../templates")

PANELS = "appointment_detail"


@blueprint.get("/desk/<workshop>/appointments/<int:appointment_id>")
@staff("technician")
def appointment_detail(workshop: str, appointment_id: int) -> ResponseReturnValue:
    """One visit: next step first, then customer, work, place, history, and the panels of others."""
    return _page(workshop, appointment_id)


def _page(workshop: str, appointment_id: int, *, errors: dict[str, str] | None = None) -> str:
    """The page; with ``errors`` by field when a form came back, what was typed kept."""
    garage, now, actor = current_user.garage, clock.now(), acting_member()
    with reading() as session:
        shown, view = find_visit(session, workshop, appointment_id)
        history = list_history(session, garage.id, appointment_id)
        has_contact = sees_contact(view, shown, now)
        panels = [
            (panel.template, panel.load(session, garage.id, appointment_id))
            for panel in list_panels(PANELS)
            if has_contact
        ]
    reader = Reader(now, shown.timezone)
    way = way_back(request.args, arrives_on=local_date(view.appointment.arrives_at, shown.timezone))
    undo_href = url_for(
        "booking_desk.appointment_undo", workshop=workshop, appointment_id=appointment_id, **way.query
    )
    done = find_undoable(view, history, actor=actor, reader=reader, href=undo_href)
    return render_template(
        "booking/desk/appointment_detail.html",
        workshop=shown,
        view=view,
        history=history,
        standing=standing_of(view.appointment, history, reader),
        panels=panels,
        steps=next_steps(view.status, is_due=view.appointment.arrives_at <= now) if is_desk() else (),
        step_back=find_step_back(history, actor=actor, is_manager=is_manager()),
        may_move=is_desk() and view.status in MOVABLE,
        may_cancel=is_desk() and view.status in {Status.REQUESTED, Status.CONFIRMED},
        sees_contact=has_contact,
        sees_money=is_desk(),
        currency=garage.currency,
        country=garage.country,
        way=way,
        undo_href=undo_href,
        toasts=[done] if done and not errors else [],
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
            find_visit(session, workshop, appointment_id)
            change_status(
                session,
                garage_id=current_user.garage.id,
                appointment_id=appointment_id,
                target=form.target,
                actor=acting_member(),
                version=form.version,
            )

    return carry_out(step, then=visit_address(workshop, appointment_id))


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
            find_visit(session, workshop, appointment_id)
            cancel_appointment(
                session,
                garage_id=current_user.garage.id,
                appointment_id=appointment_id,
                actor=acting_member(),
                reason=form.reason,
                version=form.version,
            )

    return carry_out(cancel, then=visit_address(workshop, appointment_id))


@blueprint.post("/desk/<workshop>/appointments/<int:appointment_id>/undo")
@staff("receptionist")
def appointment_undo(workshop: str, appointment_id: int) -> ResponseReturnValue:
    """Take the last step or move back: one's own for ten seconds, a manager anybody's at any time."""
    try:
        version = read_version(request.form)
    except InvalidInputError as refusal:
        return _page(workshop, appointment_id, errors=refusal.errors), refusal.status

    def undo() -> None:
        with unit_of_work() as session:
            find_visit(session, workshop, appointment_id)
            undo_last(
                session,
                garage_id=current_user.garage.id,
                appointment_id=appointment_id,
                actor=acting_member(),
                version=version,
                at_any_time=is_manager(),
            )

    said = _("Undone: everything is as it was before.")
    return carry_out(undo, then=visit_address(workshop, appointment_id), said=said)
