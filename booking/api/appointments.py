"""Calls about appointments: book, show, move, cancel."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import Response, jsonify

from app import clock
from app.api.keys import hash_body, read_key
from app.api.openapi import refusals, takes
from app.api.reading import check_body, read_json
from app.db.unit_of_work import reading, retrying_once, unit_of_work
from app.errors import InvalidInputError
from app.i18n import select_locale
from app.security.policy import by_link, public
from booking.api.answers import appointment_members, booked_members, load_appointment
from booking.api.blueprint import ROOT, blueprint
from booking.api.place import Place, Subject, at_appointment, at_workshop, read_again
from booking.api.questions import BookingBody, MoveBody
from booking.api.refusals import NotOfferedError, naming_fields
from booking.api.schemas import AppointmentAnswer, BookedAnswer, NotOfferedProblem, TooLateProblem
from booking.api.workshops import WORKSHOP
from booking.appointments.kept_refusals import Wish, WishRefusedError, find_refusal, list_nearest_to, wish_of
from booking.appointments.nearest import list_nearest_for
from booking.appointments.operations.answer_once import LINK, Call, FirstAnswer, book_once, find_answer
from booking.appointments.operations.cancel_online import cancel_online
from booking.appointments.operations.move import move_online
from booking.appointments.requests import API, BookingRequest, MoveRequest
from booking.errors import SlotTakenError

APPOINTMENT = "/appointments/<manage_token>"
PUBLIC_CALLER = "public"
PAST_REACH = timedelta(days=60)
FUTURE_REACH = timedelta(days=3660)
LINKS = {
    name: {"operationId": name, "parameters": {"manage_token": "$response.body#/manage_token"}}
    for name in ("get_appointment", "move_appointment", "cancel_appointment")
}
BOOKED = {
    "headers": {
        "Location": {
            "description": "The appointment's address in this API.",
            "required": True,
            "schema": {"type": "string", "format": "uri-reference"},
        }
    },
}


@blueprint.post(f"{WORKSHOP}/appointments")
@blueprint.doc(
    operation_id="book_appointment",
    responses={201: BOOKED} | refusals(400, 404, 413, 415, 422, conflict=NotOfferedProblem),
)
@blueprint.output(BookedAnswer, status_code=201, links=LINKS)
@takes(body=BookingBody, idempotency_key=True)
@public
def book(garage: str, workshop: str) -> Response:
    """Book an appointment.

    Sent again within 24 hours with the same Idempotency-Key, the same body gets the first answer
    and another body is refused. A time that is not offered now answers 409 with the reason and up to
    three alternatives.
    """
    with at_workshop(garage, workshop) as place:
        call, body = _read_call(place)
        request = body.request(
            arrives_at=bring_near(body.arrives_at),
            locale=select_locale(),
            own_country=place.garage.country,
        )
        with naming_fields(services="services"):
            answer = _book(place, request, call)
    response = jsonify(answer.members)
    response.status_code = 201
    response.headers["Location"] = f"{ROOT}/appointments/{answer.token}"
    return response


@blueprint.get(APPOINTMENT)
@blueprint.doc(operation_id="get_appointment", responses=refusals(404))
@blueprint.output(AppointmentAnswer)
@by_link
def get_appointment(manage_token: str) -> dict[str, Any]:
    """Show an appointment."""
    with at_appointment(manage_token) as subject, reading() as session:
        loaded = load_appointment(session, subject.garage_id, subject.appointment_id)
    return appointment_members(loaded, token=manage_token)


@blueprint.patch(APPOINTMENT)
@blueprint.doc(
    operation_id="move_appointment",
    responses=refusals(400, 404, 413, 415, 422, conflict=(NotOfferedProblem, TooLateProblem)),
)
@blueprint.output(AppointmentAnswer)
@takes(body=MoveBody)
@by_link
def move(manage_token: str) -> dict[str, Any]:
    """Move an appointment to another arrival.

    Services, mode, class, energy, courtesy car and status stay; the new time is subject to the
    rules of booking. A time that is not offered answers 409 with the reason and up to three
    alternatives, and the old place stands. Past the workshop's time limit, or once the car has
    arrived, 409 with the number to phone. The arrival that it has already changes nothing.
    """
    with at_appointment(manage_token) as subject:
        body = check_body(MoveBody, read_json(), context={})
        _move(subject, MoveRequest(bring_near(body.arrives_at)))
        with reading() as session:
            loaded = load_appointment(session, subject.garage_id, subject.appointment_id)
    return appointment_members(loaded, token=manage_token)


@blueprint.delete(APPOINTMENT)
@blueprint.doc(operation_id="cancel_appointment", responses=refusals(404, conflict=TooLateProblem))
@blueprint.output(AppointmentAnswer)
@by_link
def cancel(manage_token: str) -> dict[str, Any]:
    """Cancel an appointment.

    It stays to be seen, as cancelled; cancelling again answers the same. Past the workshop's time
    limit, or once the car has arrived, 409 with the number to phone.
    """
    with at_appointment(manage_token) as subject:

        def cancel_it() -> None:
            with unit_of_work() as session:
                cancel_online(
                    session, garage_id=subject.garage_id, appointment_id=subject.appointment_id, actor=API
                )

        retrying_once(cancel_it)
        with reading() as session:
            loaded = load_appointment(session, subject.garage_id, subject.appointment_id)
    return appointment_members(loaded, token=manage_token)


def bring_near(moment: datetime) -> datetime:
    """``moment``, or the end of what any workshop could offer: it keeps odd years out of reckoning."""
    now = clock.now()
    return min(max(moment, now - PAST_REACH), now + FUTURE_REACH)


def _read_call(place: Place) -> tuple[Call, BookingBody]:
    """Key and body; raises InvalidInputError that names what is wrong in either."""
    errors: dict[str, str] = {}
    raw = read_json()
    try:
        key = read_key()
    except InvalidInputError as error:
        errors |= error.errors
    try:
        body = check_body(BookingBody, raw, context={"country": place.garage.country})
    except InvalidInputError as error:
        errors |= error.errors
    if errors:
        raise InvalidInputError(errors)
    body_hash = hash_body(raw, scope=f"workshop {place.workshop.id}")
    return Call(caller=PUBLIC_CALLER, key=key, body_hash=body_hash), body


def _move(subject: Subject, request: MoveRequest) -> None:
    """Carry it out; raises NotOfferedError with the nearest slots there are."""

    def move_it() -> None:
        with unit_of_work() as session:
            move_online(
                session,
                garage_id=subject.garage_id,
                appointment_id=subject.appointment_id,
                request=request,
                actor=API,
            )

    try:
        retrying_once(move_it)
    except SlotTakenError as error:
        with reading() as session:
            loaded = load_appointment(session, subject.garage_id, subject.appointment_id)
            slots = list_nearest_for(session, loaded.workshop, loaded.view, wanted_at=request.arrives_at)
        raise NotOfferedError(
            slots, loaded.workshop.timezone, wanted_at=request.arrives_at, reason=error.reason
        ) from error


def _book(place: Place, request: BookingRequest, call: Call) -> FirstAnswer:
    """The answer to the booking; raises NotOfferedError with the nearest slots there are.

    Where it is known already that the arrival is gone nobody waits for the workshop's lock.
    """
    wish = wish_of(place.standing, request.visit, request.arrives_at)
    if (reason := find_refusal(wish)) is not None and not _is_answered(place, call):
        raise _not_offered(wish, reason)

    def book_it() -> FirstAnswer:
        with unit_of_work() as session:
            return book_once(
                session,
                workshop=place.workshop,
                request=request,
                actor=API,
                call=call,
                describe=lambda made: booked_members(made, place.workshop.timezone, token=LINK),
            )

    try:
        return retrying_once(book_it)
    except WishRefusedError as error:
        raise _not_offered(error.wish, error.reason) from error
    except SlotTakenError as error:
        wish = wish_of(read_again(place), request.visit, request.arrives_at)
        raise _not_offered(wish, error.reason) from error


def _is_answered(place: Place, call: Call) -> bool:
    """Whether the same call has its answer already; looked up after what stands was read."""
    with reading() as session:
        return find_answer(session, place.garage.id, call) is not None


def _not_offered(wish: Wish, reason: str | None) -> NotOfferedError:
    return NotOfferedError(
        list_nearest_to(wish), wish.workshop.timezone, wanted_at=wish.arrives_at, reason=reason
    )
