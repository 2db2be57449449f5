"""Moving a visit at the desk: to another time, bay or technician, in one form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.db.unit_of_work import reading, retrying_once, unit_of_work
from app.errors import InvalidInputError, StaleVersionError
from app.localtime import local_date
from app.security.policy import staff
from app.tenancy.queries import WorkshopView
from booking.appointments.moving import is_movable, is_unplaced, stays_here
from booking.appointments.nearest import list_nearest_for_desk
from booking.appointments.operations.move import move_at_desk
from booking.appointments.queries import AppointmentView
from booking.desk.move.forms import Wanted, as_it_is, read_move, read_typed
from booking.desk.move.page import (
    Offer,
    Team,
    list_offers,
    load_team,
    say_present,
)
from booking.desk.reasons import passed_of, say_held, say_passed, say_refusal
from booking.desk.visit import (
    MOVE,
    acting_member,
    car_name,
    find_visit,
    load_step_notices,
    visit_address,
)
from booking.desk.ways import way_back
from booking.errors import InTheWayError, MoveNotAllowedError

blueprint = Blueprint("booking_move", __name__, template_folder="../../templates")


@dataclass(frozen=True, slots=True)
class Loaded:
    """What every answer starts from: the visit as it stands, and who may be named."""

    workshop: WorkshopView
    view: AppointmentView
    team: Team


@blueprint.get("/desk/<workshop>/appointments/<int:appointment_id>/move")
@staff("receptionist")
def form(workshop: str, appointment_id: int) -> ResponseReturnValue:
    """The form, filled with the place that the visit has; a visit past moving leads back to its page."""
    loaded = _load(workshop, appointment_id)
    if not is_movable(loaded.view):
        flash(str(MoveNotAllowedError.message), "error")
        return redirect(visit_address(workshop, appointment_id), 303)
    return _page(loaded, as_it_is(loaded.view, loaded.workshop.timezone))


@blueprint.post("/desk/<workshop>/appointments/<int:appointment_id>/move")
@staff("receptionist")
def move(workshop: str, appointment_id: int) -> ResponseReturnValue:
    """Move it there; a place that is not free is answered with the reason and what is near it."""
    typed, loaded = read_typed(request.form), _load(workshop, appointment_id)
    try:
        wanted = read_move(typed, workshop=loaded.workshop, resource_ids=loaded.team.ids())
    except InvalidInputError as refusal:
        return _page(loaded, typed, errors=refusal.errors), refusal.status
    try:
        version = retrying_once(lambda: _move(workshop, appointment_id, wanted))
    except InTheWayError as refusal:
        return _page(loaded, typed, refusal=refusal, offers=_offers(loaded, wanted)), 409
    except (StaleVersionError, MoveNotAllowedError) as refusal:
        flash(str(refusal.message), "error")
    else:
        if version == wanted.version:
            flash(_("Nothing to move: that is where it is already."))
    return redirect(visit_address(workshop, appointment_id, keeps_day=False), 303)


def _load(workshop: str, appointment_id: int) -> Loaded:
    with reading() as session:
        shown, view = find_visit(session, workshop, appointment_id)
        return Loaded(shown, view, load_team(session, shown, lends=view.appointment.courtesy_car))


def _move(workshop: str, appointment_id: int, wanted: Wanted) -> int:
    """Move it; the version that stands afterwards."""
    with unit_of_work() as session:
        find_visit(session, workshop, appointment_id)
        return move_at_desk(
            session,
            garage_id=current_user.garage.id,
            appointment_id=appointment_id,
            request=wanted.request,
            actor=acting_member(),
            version=wanted.version,
        ).version


def _offers(loaded: Loaded, wanted: Wanted) -> list[Offer]:
    """What is free near a place that was refused."""
    with reading() as session:
        near = list_nearest_for_desk(session, loaded.view, wanted.request, workshop=loaded.workshop)
    return list_offers(near, loaded.team, loaded.workshop)


def _page(
    loaded: Loaded,
    typed: dict[str, str],
    *,
    errors: dict[str, str] | None = None,
    refusal: InTheWayError | None = None,
    offers: Sequence[Offer] = (),
) -> str:
    """The form with what was typed; after a refusal with the reason and the nearest free places."""
    workshop, view = loaded.workshop, loaded.view
    passed = passed_of(refusal) if refusal else ()
    with reading() as session:
        notices = load_step_notices(session, workshop, view, steps=(MOVE,))
    return render_template(
        "booking/desk/move.html",
        workshop=workshop,
        view=view,
        is_unplaced=is_unplaced(view),
        stays_here=stays_here(view),
        name=car_name(view),
        present=say_present(view, workshop),
        typed=typed,
        errors=errors or {},
        reason=say_refusal(refusal, workshop) if refusal else "",
        passed=passed,
        named=say_passed(passed),
        held=say_held(refusal, workshop) if refusal else "",
        offers=offers,
        team=loaded.team,
        notices=notices,
        today=local_date(clock.now(), workshop.timezone).isoformat(),
        there=visit_address(workshop.slug, view.id),
        way=way_back(request.args, arrives_on=date.min).query,
    )
