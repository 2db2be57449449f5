"""An appointment's own page: what was booked, where the car is, and giving the place back."""

from __future__ import annotations

from typing import Any

from flask import redirect, request
from flask.typing import ResponseReturnValue

from app.db.unit_of_work import reading, retrying_once, unit_of_work
from app.errors import InvalidInputError
from app.security.policy import by_link
from app.security.rate_limits import check_rate
from app.web.registries import list_panels
from booking.appointments.operations.cancel_online import cancel_online
from booking.appointments.requests import CUSTOMER
from booking.errors import MoveNotAllowedError, TooLateToCancelError
from booking.public.forms import parse_reason, typed
from booking.public.links import manage_url
from booking.public.manage_page import manage_context
from booking.public.opened import Opened, opening, read_opened
from booking.public.page import show_page

REASON_FIELDS = ("reason",)
PANELS = "appointment_page"


@by_link
def show_appointment(token: str) -> ResponseReturnValue:
    """The appointment; ``?booked=1`` confirms a booking just made, ``?moved=1`` a move.

    ``?moved=same`` says that the wanted time was the present one.
    """
    with opening(token) as target:
        return show_opened(read_opened(target, token))


@by_link
def cancel(token: str) -> ResponseReturnValue:
    """Cancel it, with a reason if the customer gives one, until the workshop's limit.

    Cancelling again changes nothing. Past the limit 409, with the workshop's number.
    """
    with opening(token) as target:
        check_rate("public_write")
        opened = read_opened(target, token)
        raw = typed(request.form, REASON_FIELDS)
        try:
            reason = parse_reason(raw)
        except InvalidInputError as refusal:
            return show_opened(opened, errors=refusal.errors, typed_reason=raw["reason"]), 422
        try:
            retrying_once(lambda: _cancel(opened, reason))
        except (TooLateToCancelError, MoveNotAllowedError) as refusal:
            return show_opened(read_opened(target, token), refused=str(refusal.message)), 409
        return redirect(manage_url(token), 303)


def _cancel(opened: Opened, reason: str) -> None:
    with unit_of_work() as session:
        cancel_online(
            session,
            garage_id=opened.place.garage.id,
            appointment_id=opened.view.id,
            actor=CUSTOMER,
            reason=reason,
        )


def show_opened(
    opened: Opened, *, errors: dict[str, str] | None = None, typed_reason: str = "", refused: str = ""
) -> str:
    """The page of the appointment, with what went wrong if anything did."""
    context = manage_context(opened.place, opened.view, opened.rules, token=opened.token)
    is_plain = context["is_upcoming"] and not errors and not refused
    return show_page(
        "booked" if is_plain and request.args.get("booked") == "1" else "manage",
        opened.place,
        errors=errors or {},
        typed_reason=typed_reason,
        refused=refused,
        panels=_load_panels(opened),
        moved=request.args.get("moved", "") if is_plain else "",
        **context,
    )


def _load_panels(opened: Opened) -> list[tuple[str, Any]]:
    """What other parts have to say about the appointment."""
    country = opened.place.garage.country
    with reading() as session:
        return [
            (panel.template, panel.load(session, opened.view, country=country))
            for panel in list_panels(PANELS)
        ]
