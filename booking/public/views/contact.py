"""Step 4: who comes. Its answer books."""

from __future__ import annotations

from flask import redirect, request
from flask.typing import ResponseReturnValue

from app.db.unit_of_work import reading, retrying_once, unit_of_work
from app.errors import InvalidInputError
from app.security.policy import by_link
from app.security.rate_limits import check_rate
from booking.appointments.requests import BookingRequest
from booking.drafts.operations import book_draft
from booking.errors import (
    CourtesyCarWithWaitError,
    ModeNotOfferedError,
    NotInOneVisitError,
    SlotTakenError,
    UnknownServiceError,
)
from booking.public.forms import CONTACT_FIELDS, typed
from booking.public.page import show_step, total_of, url_of
from booking.public.place import Visit, at_draft, booked_url, keep_answers
from booking.public.progress import Asked, asked, chosen_services, request_of
from booking.public.views.slot import show_gone_slot
from booking.public.words import capital, say_long, say_short, say_time
from booking.resources.queries import get_rules


@by_link
def show_contact(garage: str, workshop: str, token: str) -> ResponseReturnValue:
    """The form of the person, with the visit so far beside it."""
    with at_draft(garage, workshop, token) as visit:
        steps = asked(visit)
        errors = _errors(visit, steps) if "contact" in visit.draft.answers else {}
        return _show(visit, steps, errors=errors)


@by_link
def save_contact(garage: str, workshop: str, token: str) -> ResponseReturnValue:
    """Keep the person and book. Sent again, it leads to the same appointment."""
    with at_draft(garage, workshop, token) as found:
        check_rate("public_write")
        visit = keep_answers(found, contact=typed(request.form, CONTACT_FIELDS))
        steps = asked(visit)
        if errors := _errors(visit, steps):
            return _show(visit, steps, errors=errors), 422
        try:
            appointment_id = _book(visit, request_of(visit, steps))
        except SlotTakenError as refusal:
            return show_gone_slot(visit, steps, reason=refusal.reason)
        except NotInOneVisitError:
            return redirect(url_of(visit, "slot"), 303)
        except (UnknownServiceError, ModeNotOfferedError, CourtesyCarWithWaitError):
            return redirect(url_of(visit, "services"), 303)
        return redirect(booked_url(visit.place.garage.id, appointment_id), 303)


def _book(visit: Visit, wanted: BookingRequest) -> int:
    def book() -> int:
        with unit_of_work() as session:
            return book_draft(session, workshop=visit.place.workshop, draft_id=visit.draft.id, request=wanted)

    return retrying_once(book)


def _errors(visit: Visit, steps: Asked) -> dict[str, str]:
    try:
        request_of(visit, steps)
    except InvalidInputError as refusal:
        return refusal.errors
    return {}


def _show(visit: Visit, steps: Asked, *, errors: dict[str, str]) -> str:
    place, held_until = visit.place, visit.draft.held_until
    with reading() as session:
        chosen = chosen_services(session, visit)
        approves_first = get_rules(session, place.garage.id, place.workshop.id).approval
    return show_step(
        "contact",
        visit,
        step="contact",
        errors=errors,
        typed=visit.draft.answers.get("contact", {}),
        total=total_of(chosen, place, vehicle_class=steps.vehicle.vehicle_class),
        vehicle=steps.vehicle,
        when=say_short(steps.arrives_at, place.timezone),
        when_long=capital(say_long(steps.arrives_at, place.timezone)),
        held_until=say_time(held_until, place.timezone) if held_until else "",
        slot_href=url_of(visit, "slot"),
        approves_first=approves_first,
    )
