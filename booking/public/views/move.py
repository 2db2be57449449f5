"""Another time for the same visit: the customer chooses it, and the place is exchanged at once."""

from __future__ import annotations

from datetime import date, datetime

from flask import redirect, request
from flask.typing import ResponseReturnValue

from app import clock
from app.db.unit_of_work import reading, retrying_once, unit_of_work
from app.errors import InvalidInputError
from app.localtime import local_date
from app.security.policy import by_link
from app.security.rate_limits import check_rate
from booking.appointments.life_cycle import ENDED_WITHOUT_WORK
from booking.appointments.moving import visit_of
from booking.appointments.nearest import list_nearest_for
from booking.appointments.operations.move import move_online
from booking.appointments.requests import CUSTOMER, MoveRequest
from booking.appointments.slots import OfferedSlot
from booking.errors import SlotTakenError, TooLateToCancelError
from booking.public.forms import MOVE_FIELDS, parse_move, typed
from booking.public.links import asked_day, manage_url
from booking.public.move_page import move_context
from booking.public.offer import Offer, load_offer
from booking.public.opened import Opened, opening, read_opened
from booking.public.page import show_page
from booking.public.views.manage import show_opened
from booking.public.words import say_gone


@by_link
def show_move(token: str) -> ResponseReturnValue:
    """Days and times for the same visit. ``?day=YYYY-MM-DD`` shows another day.

    What cannot be moved here any more leads to its page, which says what became of it.
    """
    with opening(token) as target:
        opened = read_opened(target, token)
        if not opened.is_changeable:
            return redirect(manage_url(token), 303)
        return _show(opened, day=asked_day(opened.place.timezone))


@by_link
def save_move(token: str) -> ResponseReturnValue:
    """Take the chosen time; sent twice, it moves once, and the present time changes nothing.

    A time that has gone answers 409 with the nearest ones, and the old place stands. Past the
    workshop's limit 409 with the page of the appointment and the number to phone.
    """
    with opening(token) as target:
        check_rate("public_write")
        opened = read_opened(target, token)
        raw = typed(request.form, MOVE_FIELDS)
        try:
            arrives_at = parse_move(raw)
        except InvalidInputError as error:
            if not opened.is_changeable:
                return _show_refused(opened, TooLateToCancelError(opened.place.workshop.phone))
            return _show(opened, day=asked_day(opened.place.timezone), errors=error.errors), 422
        try:
            retrying_once(lambda: _move(opened, arrives_at))
        except SlotTakenError as lost:
            return _show_gone(read_opened(target, token), arrives_at, reason=lost.reason)
        except TooLateToCancelError as refusal:
            opened = read_opened(target, token)
            if not _is_done(opened, arrives_at):
                return _show_refused(opened, refusal)
        is_same = raw["arrives_at"] == raw["was_at"]
        return redirect(manage_url(token, moved="same" if is_same else "1"), 303)


def _move(opened: Opened, arrives_at: datetime) -> None:
    with unit_of_work() as session:
        move_online(
            session,
            garage_id=opened.place.garage.id,
            appointment_id=opened.view.id,
            request=MoveRequest(arrives_at),
            actor=CUSTOMER,
        )


def _is_done(opened: Opened, arrives_at: datetime) -> bool:
    """Whether the same form came before: its move may have left no time to change anything again."""
    return opened.view.appointment.arrives_at == arrives_at and opened.view.status not in ENDED_WITHOUT_WORK


def _show_refused(opened: Opened, refusal: TooLateToCancelError) -> ResponseReturnValue:
    """The appointment's page: with the number to phone, or with what became of a visit that is off."""
    is_off = opened.view.status in ENDED_WITHOUT_WORK
    return show_opened(opened, refused="" if is_off else str(refusal.message)), 409


def _show_gone(opened: Opened, wanted_at: datetime, *, reason: str | None) -> ResponseReturnValue:
    """The page again, saying which time is refused, why, and which are free near it."""
    zone = opened.place.timezone
    with reading() as session:
        nearest = list_nearest_for(
            session, opened.place.workshop, opened.view, wanted_at=max(wanted_at, clock.now())
        )
    free = [slot for slot in nearest if slot.arrives_at != wanted_at]
    gone = say_gone(wanted_at, [slot.arrives_at for slot in free], zone, reason=reason)
    day = local_date(free[0].arrives_at, zone) if free else None
    return _show(opened, day=day, gone=gone, nearest=free), 409


def _show(
    opened: Opened,
    *,
    day: date | None,
    errors: dict[str, str] | None = None,
    gone: str = "",
    nearest: list[OfferedSlot] | None = None,
) -> str:
    offer = _load(opened, around=day or local_date(opened.view.appointment.arrives_at, opened.place.timezone))
    return show_page(
        "move",
        opened.place,
        errors=errors or {},
        gone=gone,
        **move_context(opened, offer, day=day, nearest=nearest or []),
    )


def _load(opened: Opened, *, around: date) -> Offer:
    with reading() as session:
        return load_offer(
            session,
            opened.place.workshop,
            visit_of(opened.view, online=True),
            around=around,
            except_appointment_id=opened.view.id,
        )
