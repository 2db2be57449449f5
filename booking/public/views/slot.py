"""Step 3: how and when the car comes."""

from __future__ import annotations

from datetime import date, datetime

from flask import abort, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.db.unit_of_work import reading, retrying_once, unit_of_work
from app.errors import InvalidInputError
from app.localtime import local_date
from app.security.policy import by_link
from app.security.rate_limits import check_rate, hash_caller
from booking.appointments.fields import parse_mode, shared_modes
from booking.appointments.requests import HoldRequest
from booking.appointments.slots import OfferedSlot, list_nearest
from booking.customers.operations import VehicleDetails
from booking.drafts.operations import hold_for_draft
from booking.errors import ModeNotOfferedError, NotInOneVisitError, SlotTakenError, UnknownServiceError
from booking.public.forms import (
    SLOT_FIELDS,
    SlotChoice,
    default_way,
    parse_slot,
    question_of,
    typed,
)
from booking.public.links import asked_day
from booking.public.not_in_one import show_not_in_one
from booking.public.offer import Offer, load_offer
from booking.public.page import show_step, total_of, url_of
from booking.public.place import Visit, at_draft, keep_answers
from booking.public.progress import Asked, asked, chosen_services, vehicle_of
from booking.public.slot_page import chip_at, list_options, slot_context
from booking.public.words import say_gone


@by_link
def show_slot(garage: str, workshop: str, token: str) -> ResponseReturnValue:
    """Ways to come, days and times. ``?day=YYYY-MM-DD`` shows another day."""
    with at_draft(garage, workshop, token) as visit:
        vehicle = vehicle_of(visit)
        try:
            return _show(visit, vehicle, day=asked_day(visit.place.timezone))
        except NotInOneVisitError as refusal:
            return show_not_in_one(visit, vehicle, refusal)


@by_link
def save_slot(garage: str, workshop: str, token: str) -> ResponseReturnValue:
    """Keep the way (``change_mode``) and stay, or way and time, hold it, and go on to the person.

    A time that is not offered any more answers 409 with the nearest ones.
    """
    with at_draft(garage, workshop, token) as found:
        check_rate("public_write")
        visit = keep_answers(found, slot=_typed(found))
        vehicle = vehicle_of(visit)
        try:
            return _save(visit, vehicle)
        except NotInOneVisitError as refusal:
            return show_not_in_one(visit, vehicle, refusal), refusal.status


def _save(visit: Visit, vehicle: VehicleDetails) -> ResponseReturnValue:
    if "change_mode" in request.form:
        return _change_mode(visit, vehicle)
    try:
        parse_slot(visit.draft.answers["slot"])
    except InvalidInputError as refusal:
        return _show(visit, vehicle, day=asked_day(visit.place.timezone), errors=refusal.errors), 422
    steps = asked(visit)
    way, _offer = _load(visit, vehicle, around=local_date(steps.arrives_at, visit.place.timezone))
    if way != visit.draft.answers["slot"]["mode"]:
        errors = {"mode": _("These services cannot be done that way. Choose another one.")}
        return _show(visit, vehicle, day=asked_day(visit.place.timezone), errors=errors), 422
    try:
        retrying_once(lambda: _hold(visit, steps))
    except SlotTakenError as refusal:
        return show_gone_slot(visit, steps, reason=refusal.reason)
    return redirect(url_of(visit, "contact"), 303)


def _hold(visit: Visit, steps: Asked) -> None:
    """Keep the time for the visitor, or go on without where the holds have their fill."""
    wanted = HoldRequest(
        visit=steps.question,
        arrives_at=steps.arrives_at,
        source="page",
        address_hash=hash_caller("hold"),
    )
    with unit_of_work() as session:
        hold_for_draft(session, workshop=visit.place.workshop, draft_id=visit.draft.id, request=wanted)


def show_gone_slot(visit: Visit, steps: Asked, *, reason: str | None) -> ResponseReturnValue:
    """The step again, saying which time is refused, why, and which are free near it; nothing is lost.

    A courtesy car is sought last: where it is all that is missing, the time itself is free without.
    """
    zone = visit.place.timezone
    with reading() as session:
        nearest = list_nearest(
            session,
            visit.place.workshop,
            steps.question,
            wanted_at=max(steps.arrives_at, clock.now()),
        )
    free = [slot for slot in nearest if slot.arrives_at != steps.arrives_at]
    gone = say_gone(steps.arrives_at, [slot.arrives_at for slot in free], zone, reason=reason)
    day = local_date(free[0].arrives_at if free else steps.arrives_at, zone)
    carless_at = steps.arrives_at if reason == "courtesy_car" else None
    return _show(visit, steps.vehicle, day=day, gone=gone, nearest=free, carless_at=carless_at), 409


def _typed(visit: Visit) -> dict[str, str]:
    """What came, over what stood there: a form may leave out the way, or change nothing else."""
    stored = visit.draft.answers.get("slot", {})
    came = typed(request.form, SLOT_FIELDS)
    if "change_mode" in request.form:
        return {**stored, "mode": typed(request.form, ["change_mode"])["change_mode"]}
    return came if "mode" in request.form else {**came, "mode": stored.get("mode", "")}


def _change_mode(visit: Visit, vehicle: VehicleDetails) -> ResponseReturnValue:
    day = asked_day(visit.place.timezone)
    wanted = visit.draft.answers["slot"]["mode"]
    try:
        parse_mode(wanted)
    except ValueError as error:
        return _show(visit, vehicle, day=day, errors={"mode": str(error)}), 422
    return redirect(url_of(visit, "slot", day=day.isoformat() if day else None), 303)


def _show(
    visit: Visit,
    vehicle: VehicleDetails,
    *,
    day: date | None,
    errors: dict[str, str] | None = None,
    gone: str = "",
    nearest: list[OfferedSlot] | None = None,
    carless_at: datetime | None = None,
) -> str:
    stored = _stored_arrival(visit)
    zone = visit.place.timezone
    stored_on = local_date(stored, zone) if stored else None
    way, offer = _load(visit, vehicle, around=day or stored_on or local_date(clock.now(), zone))
    if day is None:
        first = offer.next_free
        day = (
            stored_on if stored_on in offer.by_day else local_date(first.arrives_at, zone) if first else None
        )
    return show_step(
        "slot",
        visit,
        step="slot",
        errors=errors or {},
        gone=gone,
        carless=chip_at(carless_at, zone) if carless_at else None,
        vehicle=vehicle,
        total=total_of(offer.prepared.service_types, visit.place, vehicle_class=vehicle.vehicle_class),
        **slot_context(
            visit, offer, way=way, day=day or offer.first_on, stored=stored, nearest=nearest or []
        ),
    )


def _load(visit: Visit, vehicle: VehicleDetails, *, around: date) -> tuple[str, Offer]:
    """The way the customer comes, and what is offered that way.

    A way that was not chosen, or that these services do not have, gives place to the first they
    have. Leads back to the services when one of them is not offered any more.
    """
    codes, own = visit.draft.answers.get("services", []), visit.draft.hold_id
    way = visit.draft.answers.get("slot", {}).get("mode", "")
    with reading() as session:
        try:
            mode, courtesy_car = parse_mode(way)
            question = question_of(codes, vehicle, SlotChoice(mode, courtesy_car, None), own_hold_id=own)
            offer = load_offer(session, visit.place.workshop, question, around=around)
            if way in [option.value for option in list_options(offer, way)]:
                return way, offer
        except (ValueError, ModeNotOfferedError):
            pass
        except UnknownServiceError:
            abort(redirect(url_of(visit, "services"), 303))
        chosen = chosen_services(session, visit)
        if len(chosen) != len(codes) or not shared_modes(chosen):
            abort(redirect(url_of(visit, "services"), 303))
        way = default_way(chosen)
        mode, courtesy_car = parse_mode(way)
        question = question_of(codes, vehicle, SlotChoice(mode, courtesy_car, None), own_hold_id=own)
        return way, load_offer(session, visit.place.workshop, question, around=around)


def _stored_arrival(visit: Visit) -> datetime | None:
    try:
        return parse_slot(visit.draft.answers.get("slot", {})).arrives_at
    except InvalidInputError:
        return None
