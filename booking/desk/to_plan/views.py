"""``/desk/to-plan``: every visit without a place, whatever its day, placed from the list by one press."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.db.unit_of_work import reading, retrying_once, unit_of_work
from app.errors import InvalidInputError, StaleVersionError
from app.security.policy import staff
from app.tenancy.queries import get_workshop_by_id
from booking.appointments.operations.move import move_at_desk
from booking.appointments.queries import get_appointment
from booking.desk.move.forms import Wanted, read_move, read_typed
from booking.desk.move.page import load_team
from booking.desk.to_plan.page import load_to_plan
from booking.desk.undoing import find_done, read_number
from booking.desk.visit import acting_member
from booking.errors import InTheWayError, MoveNotAllowedError

blueprint = Blueprint("booking_to_plan", __name__, template_folder="../../templates")


@blueprint.get("/desk/to-plan")
@staff("receptionist")
def listing() -> ResponseReturnValue:
    """The visits to place; ``?visit=`` proposes places for that one, ``?placed=`` offers to take it back."""
    garage_id, now = current_user.garage.id, clock.now()
    proposed = read_number(request.args.get("visit"))
    with reading() as session:
        to_plan = load_to_plan(session, garage_id, proposed=proposed)
        done = find_done(session, garage_id, request.args.get("placed"), now=now)
    return render_template(
        "booking/desk/to_plan.html", to_plan=to_plan, proposed=proposed, toasts=[done] if done else []
    )


@blueprint.post("/desk/to-plan/<int:appointment_id>/place")
@staff("receptionist")
def place(appointment_id: int) -> ResponseReturnValue:
    """Give it the place that was pressed; where somebody was quicker, the next ones are proposed."""
    wanted = _read(appointment_id)
    if wanted is None:
        return redirect(url_for(".listing", visit=appointment_id), 303)
    try:
        retrying_once(lambda: _place(appointment_id, wanted))
    except InTheWayError:
        flash(_("That place has just gone. Here are the next ones."), "error")
        return redirect(url_for(".listing", visit=appointment_id), 303)
    except (StaleVersionError, MoveNotAllowedError) as refusal:
        flash(str(refusal.message), "error")
        return redirect(url_for(".listing"), 303)
    return redirect(url_for(".listing", placed=appointment_id), 303)


def _read(appointment_id: int) -> Wanted | None:
    """The place that was pressed; None for what no button sends."""
    garage_id = current_user.garage.id
    with reading() as session:
        visit = get_appointment(session, garage_id, appointment_id)
        workshop = get_workshop_by_id(session, garage_id, visit.workshop_id)
        team = load_team(session, workshop, lends=False)
    try:
        return read_move(read_typed(request.form), workshop=workshop, resource_ids=team.ids())
    except InvalidInputError as refusal:
        flash("\n".join(refusal.errors.values()), "error")
        return None


def _place(appointment_id: int, wanted: Wanted) -> None:
    with unit_of_work() as session:
        move_at_desk(
            session,
            garage_id=current_user.garage.id,
            appointment_id=appointment_id,
            request=wanted.request,
            actor=acting_member(),
            version=wanted.version,
        )
