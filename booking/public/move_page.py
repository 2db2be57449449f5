"""What the move page shows: the present time, and the days and times that the visit may go to."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from app.localtime import local_date
from app.web.filters import duration
from booking.appointments.slots import OfferedSlot
from booking.customers.operations import VehicleDetails
from booking.public.links import manage_url, public_url
from booking.public.manage_page import line_words
from booking.public.offer import Offer
from booking.public.opened import Opened
from booking.public.page import Total
from booking.public.slot_page import day_context, near_chips, slot_value
from booking.public.words import capital, price_words, say_long, say_next, say_short


def move_context(
    opened: Opened, offer: Offer, *, day: date | None, nearest: list[OfferedSlot]
) -> dict[str, Any]:
    """Everything the template ``move`` shows; without a ``day`` that of the visit, as it stands.

    A day that was asked for has its first other time chosen, else the present time is: sent by
    mistake, it changes nothing.
    """
    now_at, zone = opened.view.appointment.arrives_at, offer.timezone
    others = [slot for _on, slots in sorted(offer.by_day.items()) for slot in slots]
    others = [slot for slot in others if slot.arrives_at != now_at]
    shown = day or _first_day(offer, now_at, others)
    other = _first_other(others, shown, zone)

    def day_url(on: date) -> str:
        return public_url("move", token=opened.token, day=on.isoformat())

    return {
        "action": public_url("move", token=opened.token),
        "manage_href": manage_url(opened.token),
        "was_at": slot_value(now_at, zone),
        "now_words": say_long(now_at, zone),
        "now_short": say_short(now_at, zone),
        "when_long": capital(say_long(now_at, zone)),
        "total": _total(opened),
        "vehicle": VehicleDetails(plate=opened.view.vehicle.plate, country=opened.view.vehicle.plate_country),
        "has_others": bool(others),
        "other_label": say_next(other.arrives_at, zone) if other else "",
        "other_href": day_url(local_date(other.arrives_at, zone)) if other else "",
        "nearest": near_chips(nearest, zone),
        **day_context(offer, shown, day_url=day_url, stored=None if day else now_at, own_at=now_at),
    }


def _first_day(offer: Offer, now_at: datetime, others: list[OfferedSlot]) -> date:
    """The visit's own day while it has any time, else the first that has."""
    now_on = local_date(now_at, offer.timezone)
    if now_on in offer.by_day or not others:
        return now_on
    return local_date(others[0].arrives_at, offer.timezone)


def _first_other(others: list[OfferedSlot], day: date, zone: str) -> OfferedSlot | None:
    """The first other time to lead to: of all, or after a day that has none; none on that day itself."""
    days = [local_date(slot.arrives_at, zone) for slot in others]
    if day in days:
        return others[0] if days[0] != day else None
    later = [slot for slot, on in zip(others, days, strict=True) if on > day]
    return next(iter(later or others), None)


def _total(opened: Opened) -> Total:
    """The visit as it was agreed."""
    view, currency = opened.view, opened.place.garage.currency
    return Total(
        lines=line_words(view, opened.place),
        count="",
        length=duration(view.appointment.work_minutes),
        price=price_words(view.total_cents, currency),
    )
