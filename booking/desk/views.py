"""An appointment at the desk: everything about one visit, its next steps, its history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

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
from booking.appointments.history import HistoryLine, list_history
from booking.appointments.life_cycle import Status
from booking.appointments.moving import is_day_alone, is_movable, is_unplaced
from booking.appointments.operations.change_status import (
    cancel_appointment,
    change_status,
    decline_request,
    is_overdue,
)
from booking.appointments.operations.take_car_back import take_car_back
from booking.appointments.operations.undo import undo_last
from booking.appointments.queries import AppointmentView
from booking.desk.access import is_desk, sees_contact
from booking.desk.acting import carry_out, is_by_script
from booking.desk.forms import read_reason, read_status, read_version
from booking.desk.reasons import say_passed
from booking.desk.standing import Reader, standing_of
from booking.desk.steps import Step, next_steps
from booking.desk.undoing import find_step_back, find_undoable
from booking.desk.visit import BACK, acting_member, find_visit, is_manager, load_step_notices, visit_address
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
        shown, view = find_visit(session, workshop, appointment_id)
        history = list_history(session, garage.id, appointment_id)
        has_contact = sees_contact(view, shown, now)
        shown_panels = list_panels(PANELS) if has_contact else ()
        panels = [(each.template, each.load(session, garage.id, appointment_id)) for each in shown_panels]
        offered = _offered(view, now)
        step_back = find_step_back(history, actor=acting_member(), is_manager=is_manager())
        targets = [*offered.targets, *([BACK] if step_back else [])]
        notices = load_step_notices(session, shown, view, steps=targets)
    reader = Reader(now, shown.timezone)
    way = way_back(request.args, arrives_on=local_date(view.appointment.arrives_at, shown.timezone))
    return render_template(
        "booking/desk/_drawer.html" if is_by_script() else "booking/desk/appointment_detail.html",
        workshop=shown,
        view=view,
        now=now,
        history=history,
        say_passed=say_passed,
        standing=standing_of(view.appointment, history, reader),
        panels=panels,
        notices=notices,
        step_back=step_back,
        may_move=is_desk() and is_movable(view),
        is_unplaced=is_unplaced(view),
        is_day_alone=is_day_alone(view.appointment, shown.timezone),
        offered=offered,
        sees_contact=has_contact,
        sees_money=is_desk(),
        currency=garage.currency,
        country=garage.country,
        way=way,
        errors=errors or {},
        typed=request.form,
        **_way_to_undo(view, history, reader=reader, says=not errors, way=way),
    )


@dataclass(frozen=True, slots=True)
class Offered:
    """The steps that the member may take, as buttons, and those that take a reason."""

    steps: tuple[Step, ...]
    may_cancel: bool
    may_decline: bool
    may_take_car_back: bool = False

    @property
    def targets(self) -> list[str]:
        """The states that they lead to."""
        targets = [step.target.value for step in self.steps]
        targets += [Status.CANCELLED.value] if self.may_cancel else []
        return targets + ([Status.DECLINED.value] if self.may_decline else [])


def _offered(view: AppointmentView, now: datetime) -> Offered:
    if not is_desk():
        return Offered((), may_cancel=False, may_decline=False)
    if is_overdue(view.appointment):
        return Offered((), may_cancel=False, may_decline=False)
    is_car_out = view.appointment.is_car_out
    steps = next_steps(
        view.status,
        is_due=view.appointment.arrives_at <= now and not view.appointment.is_wish,
        is_car_out=is_car_out,
    )
    return Offered(
        steps,
        may_cancel=view.status == Status.CONFIRMED,
        may_decline=view.status == Status.REQUESTED,
        may_take_car_back=is_car_out,
    )


def _way_to_undo(
    view: AppointmentView, history: list[HistoryLine], *, reader: Reader, says: bool, way: Way
) -> dict[str, Any]:
    """Where undoing is sent, and a toast that offers it while its time runs, if the page ``says`` so."""
    actor, place = acting_member(), request.view_args or {}
    href = url_for("booking_desk.appointment_undo", **place, **way.query)
    done = find_undoable(view, history, actor=actor, reader=reader, href=href) if says else None
    return {
        "undo_href": href,
        "toasts": [done] if done else [],
    }


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
                keeps_car=form.keeps_car,
            )

    return carry_out(step, then=visit_address(workshop, appointment_id))


@blueprint.post("/desk/<workshop>/appointments/<int:appointment_id>/cancel")
@staff("receptionist")
def appointment_cancel(workshop: str, appointment_id: int) -> ResponseReturnValue:
    """Give the place back; the customer's reminders are void with it."""
    try:
        form = read_reason(request.form)
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


@blueprint.post("/desk/<workshop>/appointments/<int:appointment_id>/decline")
@staff("receptionist")
def appointment_decline(workshop: str, appointment_id: int) -> ResponseReturnValue:
    """Say no to a request, with the reason that the customer reads."""
    try:
        form = read_reason(request.form)
    except InvalidInputError as refusal:
        return _page(workshop, appointment_id, errors=refusal.errors), refusal.status

    def decline() -> None:
        with unit_of_work() as session:
            find_visit(session, workshop, appointment_id)
            decline_request(
                session,
                garage_id=current_user.garage.id,
                appointment_id=appointment_id,
                actor=acting_member(),
                reason=form.reason,
                version=form.version,
            )

    return carry_out(decline, then=visit_address(workshop, appointment_id))


@blueprint.post("/desk/<workshop>/appointments/<int:appointment_id>/car-back")
@staff("receptionist")
def appointment_car_back(workshop: str, appointment_id: int) -> ResponseReturnValue:
    """The courtesy car is here again; the visit goes on as it was."""
    try:
        version = read_version(request.form)
    except InvalidInputError as refusal:
        return _page(workshop, appointment_id, errors=refusal.errors), refusal.status

    def take_back() -> None:
        with unit_of_work() as session:
            find_visit(session, workshop, appointment_id)
            take_car_back(
                session,
                garage_id=current_user.garage.id,
                appointment_id=appointment_id,
                actor=acting_member(),
                version=version,
            )

    return carry_out(take_back, then=visit_address(workshop, appointment_id))


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
