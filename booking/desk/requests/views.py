"""``/desk/requests``: every request that waits for an answer, whatever its day, decided on from the list."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.orm import Session

from app import clock
from app.db.unit_of_work import reading, unit_of_work
from app.errors import InvalidInputError
from app.security.policy import staff
from booking.appointments.life_cycle import Status
from booking.appointments.operations.change_status import change_status, decline_request
from booking.appointments.queries import get_appointment
from booking.desk.acting import carry_out
from booking.desk.forms import read_reason, read_version
from booking.desk.requests.page import load_waiting
from booking.desk.undoing import find_done
from booking.desk.visit import acting_member

blueprint = Blueprint("booking_requests", __name__, template_folder="../../templates")


@blueprint.get("/desk/requests")
@staff("receptionist")
def requests() -> ResponseReturnValue:
    """The requests, that of the nearest end first; ``?decided=`` offers to take that decision back."""
    return _page()


@blueprint.post("/desk/requests/<int:appointment_id>/accept")
@staff("receptionist")
def accept(appointment_id: int) -> ResponseReturnValue:
    """Confirm it, from the version that the list showed."""
    _find(appointment_id)
    try:
        version = read_version(request.form)
    except InvalidInputError as refusal:
        return _page(refused=appointment_id, errors=refusal.errors), refusal.status

    def confirm(session: Session) -> None:
        change_status(
            session,
            garage_id=current_user.garage.id,
            appointment_id=appointment_id,
            target=Status.CONFIRMED,
            actor=acting_member(),
            version=version,
        )

    return _decide(confirm, appointment_id)


@blueprint.post("/desk/requests/<int:appointment_id>/decline")
@staff("receptionist")
def decline(appointment_id: int) -> ResponseReturnValue:
    """Say no, with the reason that the customer reads."""
    _find(appointment_id)
    try:
        form = read_reason(request.form)
    except InvalidInputError as refusal:
        return _page(refused=appointment_id, errors=refusal.errors), refusal.status

    def say_no(session: Session) -> None:
        decline_request(
            session,
            garage_id=current_user.garage.id,
            appointment_id=appointment_id,
            actor=acting_member(),
            reason=form.reason,
            version=form.version,
        )

    return _decide(say_no, appointment_id)


def _find(appointment_id: int) -> None:
    """Another garage's request is not there, whatever its form says."""
    with reading() as session:
        get_appointment(session, current_user.garage.id, appointment_id)


def _decide(operation: Callable[[Session], None], appointment_id: int) -> ResponseReturnValue:
    """Carry out and go back to the list, which offers to take it back; a refusal is said there."""

    def decide() -> None:
        with unit_of_work() as session:
            operation(session)

    return carry_out(decide, then=url_for(".requests", decided=appointment_id))


def _page(*, refused: int | None = None, errors: dict[str, str] | None = None) -> str:
    """The list; ``refused`` is the row whose form came back with ``errors``, what was typed kept."""
    garage_id, now = current_user.garage.id, clock.now()
    with reading() as session:
        waiting = load_waiting(session, garage_id, now=now)
        done = find_done(session, garage_id, request.args.get("decided"), now=now)
    return render_template(
        "booking/desk/requests.html",
        waiting=waiting,
        refused=refused,
        errors=errors or {},
        typed=request.form,
        toasts=[done] if done else [],
    )
