"""A visit let go on the board: moved, stretched, or given back to the tray; answered in parts of the page."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.db.unit_of_work import reading, retrying_once, unit_of_work
from app.errors import InvalidInputError, StaleVersionError
from app.security.policy import staff
from app.tenancy.queries import WorkshopView
from booking.appointments.nearest import list_nearest_works
from booking.appointments.operations.move import move_at_desk
from booking.appointments.operations.unplan import unplan
from booking.appointments.queries import AppointmentView
from booking.appointments.requests import MoveRequest
from booking.desk.acting import carry_out, say_done_in_part, say_in_part
from booking.desk.drop.forms import Dropped, read_drop
from booking.desk.drop.page import list_work_offers, request_of
from booking.desk.forms import read_version
from booking.desk.move.page import Team, load_team
from booking.desk.reasons import passed_of, say_held, say_passed, say_refusal
from booking.desk.visit import acting_member, car_name, find_visit, visit_address
from booking.errors import InTheWayError, MoveNotAllowedError

blueprint = Blueprint("booking_drop", __name__, template_folder="../../templates")


@dataclass(frozen=True, slots=True)
class Loaded:
    """What every drop starts from: the visit as it stands, and who may be named."""

    workshop: WorkshopView
    view: AppointmentView
    team: Team


@blueprint.post("/desk/<workshop>/appointments/<int:appointment_id>/drop")
@staff("receptionist")
def drop(workshop: str, appointment_id: int) -> ResponseReturnValue:
    """Move the work there; a place that is not free is answered with the reason and what is near it."""
    with reading() as session:
        shown, view = find_visit(session, workshop, appointment_id)
        loaded = Loaded(shown, view, load_team(session, shown, lends=False))
    try:
        dropped = read_drop(request.form, workshop=shown, resource_ids=loaded.team.ids())
    except InvalidInputError as refusal:
        return _say_first(refusal)
    with reading() as session:
        wanted = request_of(session, view, dropped, workshop=shown)
    try:
        retrying_once(lambda: _move(workshop, appointment_id, wanted, version=dropped.version))
    except InTheWayError as refusal:
        return _refuse(loaded, dropped, wanted, refusal=refusal), refusal.status
    except (StaleVersionError, MoveNotAllowedError) as refusal:
        return say_in_part(str(refusal.message), is_refusal=True), refusal.status
    return say_done_in_part()


@blueprint.post("/desk/<workshop>/appointments/<int:appointment_id>/unplan")
@staff("receptionist")
def plan_later(workshop: str, appointment_id: int) -> ResponseReturnValue:
    """Give the place back: the visit is planned again later, and nobody is told."""
    try:
        version = read_version(request.form)
    except InvalidInputError as refusal:
        return _say_first(refusal)

    def give_back() -> None:
        with unit_of_work() as session:
            find_visit(session, workshop, appointment_id)
            unplan(
                session,
                garage_id=current_user.garage.id,
                appointment_id=appointment_id,
                actor=acting_member(),
                version=version,
            )

    return carry_out(give_back, then=visit_address(workshop, appointment_id))


def _say_first(refusal: InvalidInputError) -> ResponseReturnValue:
    return say_in_part(next(iter(refusal.errors.values())), is_refusal=True), refusal.status


def _move(workshop: str, appointment_id: int, wanted: MoveRequest, *, version: int) -> None:
    with unit_of_work() as session:
        find_visit(session, workshop, appointment_id)
        move_at_desk(
            session,
            garage_id=current_user.garage.id,
            appointment_id=appointment_id,
            request=wanted,
            actor=acting_member(),
            version=version,
        )


def _refuse(loaded: Loaded, dropped: Dropped, wanted: MoveRequest, *, refusal: InTheWayError) -> str:
    """The reason, what may be passed, and the nearest free places."""
    workshop, view = loaded.workshop, loaded.view
    with reading() as session:
        near = list_nearest_works(session, view, wanted, workshop=workshop)
    passed = passed_of(refusal)
    return render_template(
        "booking/desk/_refused.html",
        name=car_name(view),
        reason=say_refusal(refusal, workshop),
        passed=passed,
        named=say_passed(passed),
        held=say_held(refusal, workshop),
        asked={
            "version": dropped.version,
            "works_at": wanted.works_at.isoformat() if wanted.works_at else "",
            "arrives_at": wanted.arrives_at.isoformat(),
            "bay": wanted.bay_id or "",
            "technician": wanted.technician_id or "",
            "work_minutes": wanted.work_minutes or "",
        },
        offers=list_work_offers(near, loaded.team, view, workshop=workshop),
        action=url_for("booking_drop.drop", workshop=workshop.slug, appointment_id=view.id),
    )
