"""An appointment's own page: what was booked, where the car is, and giving the place back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import g, redirect, request
from flask.typing import ResponseReturnValue

from app.db.unit_of_work import reading, retrying_once, unit_of_work
from app.errors import InvalidInputError
from app.i18n import LOCALES, use_locale
from app.security.links import LinkTarget, open_link
from app.security.policy import by_link
from app.security.rate_limits import check_rate
from app.tenancy.queries import get_garage, get_workshop_by_id
from app.tenancy.scope import across_garages, scoped_to
from app.web.registries import list_panels
from booking.appointments.operations.book import MANAGE
from booking.appointments.operations.cancel_online import cancel_online
from booking.appointments.queries import AppointmentView, get_appointment_view
from booking.appointments.requests import CUSTOMER
from booking.errors import MoveNotAllowedError, TooLateToCancelError
from booking.public.forms import parse_reason, typed
from booking.public.links import manage_url
from booking.public.manage_page import manage_context
from booking.public.page import show_page
from booking.public.place import Place
from booking.resources.models import WorkshopRules
from booking.resources.queries import get_rules

REASON_FIELDS = ("reason",)
PANELS = "appointment_page"


@dataclass(frozen=True, slots=True)
class Opened:
    """What the link opened."""

    token: str
    place: Place
    view: AppointmentView
    rules: WorkshopRules
    panels: list[tuple[str, Any]]


@by_link
def show_appointment(token: str) -> ResponseReturnValue:
    """The appointment; with ``?booked=1`` as the confirmation of a booking just made."""
    with _opening(token) as target:
        return _show(_read(target, token))


@by_link
def cancel(token: str) -> ResponseReturnValue:
    """Cancel it, with a reason if the customer gives one, until the workshop's limit.

    Cancelling again changes nothing. Past the limit 409, with the workshop's number.
    """
    with _opening(token) as target:
        check_rate("public_write")
        opened = _read(target, token)
        raw = typed(request.form, REASON_FIELDS)
        try:
            reason = parse_reason(raw)
        except InvalidInputError as refusal:
            return _show(opened, errors=refusal.errors, typed_reason=raw["reason"]), 422
        try:
            retrying_once(lambda: _cancel(opened, reason))
        except (TooLateToCancelError, MoveNotAllowedError) as refusal:
            return _show(_read(target, token), refused=str(refusal.message)), 409
        return redirect(manage_url(token), 303)


@contextmanager
def _opening(token: str) -> Iterator[LinkTarget]:
    """Within the block the appointment's garage is in scope; raises NotFoundError."""
    with across_garages("the token names its garage"), reading() as session:
        target = open_link(session, purpose=MANAGE, token=token)
    with scoped_to(target.garage_id):
        yield target


def _read(target: LinkTarget, token: str) -> Opened:
    with reading() as session:
        garage = get_garage(session, target.garage_id)
        view = get_appointment_view(session, garage.id, target.subject_id)
        workshop = get_workshop_by_id(session, garage.id, view.appointment.workshop_id)
        rules = get_rules(session, garage.id, workshop.id)
        g.garage_locale = garage.locale
        if request.args.get("lang") not in LOCALES:
            use_locale(view.appointment.locale)
        panels = [
            (panel.template, panel.load(session, view, country=garage.country))
            for panel in list_panels(PANELS)
        ]
    place = g.public_place = Place(garage, workshop)
    return Opened(token, place, view, rules, panels)


def _cancel(opened: Opened, reason: str) -> None:
    with unit_of_work() as session:
        cancel_online(
            session,
            garage_id=opened.place.garage.id,
            appointment_id=opened.view.id,
            actor=CUSTOMER,
            reason=reason,
        )


def _show(
    opened: Opened, *, errors: dict[str, str] | None = None, typed_reason: str = "", refused: str = ""
) -> str:
    context = manage_context(opened.place, opened.view, opened.rules, token=opened.token)
    just_booked = request.args.get("booked") == "1" and context["is_upcoming"]
    return show_page(
        "booked" if just_booked and not errors and not refused else "manage",
        opened.place,
        errors=errors or {},
        typed_reason=typed_reason,
        refused=refused,
        panels=opened.panels,
        **context,
    )
