"""What slot step and move page show of an offer: ways to come, the strip of days, the times of one day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import format_date
from flask_babel import gettext as _

from app import clock
from app.localtime import local_date, to_local
from app.web.filters import duration
from booking.appointments.fields import COURTESY_CAR
from booking.appointments.slots import OfferedSlot
from booking.public.offer import STRIP_DAYS, Offer
from booking.public.page import url_of
from booking.public.place import Visit
from booking.public.words import capital, chip_time, say_day, say_next, say_short, say_time, which_time

NOON, EVENING = 12, 18
DayUrl = Callable[[date], str]
"""The address of the same page showing another day."""


@dataclass(frozen=True, slots=True)
class WayOption:
    """One way to come, as a card."""

    value: str
    label: str
    hint: str
    symbol: str
    current: bool


@dataclass(frozen=True, slots=True)
class StripDay:
    """One day of the strip."""

    weekday: str
    number: int
    level: int
    state: str
    current: bool
    href: str


@dataclass(frozen=True, slots=True)
class Chip:
    """One time to choose; ``value`` is the arrival in RFC 3339 with the workshop's offset.

    ``which`` names the zone where the clock shows the same time twice; ``said`` is the day and time
    in words, for one among nearest times only what its label leaves out; ``own`` marks the time that
    a visit being moved has already.
    """

    value: str
    label: str
    said: str
    which: str = ""
    own: bool = False


@dataclass(frozen=True, slots=True)
class HalfDay:
    """The times of a part of the day."""

    title: str
    note: str
    slots: list[Chip]


def slot_context(
    visit: Visit,
    offer: Offer,
    *,
    way: str,
    day: date,
    stored: datetime | None,
    nearest: list[OfferedSlot],
) -> dict[str, Any]:
    """Everything the template shows; ``way`` and ``day`` are the chosen ones."""
    zone = offer.timezone
    nearby = offer.first_after(day) or offer.next_free
    shown = offer.next_free if day in offer.by_day else nearby

    def day_url(on: date) -> str:
        return url_of(visit, "slot", day=on.isoformat())

    return {
        "way": way,
        "way_label": next((option.label for option in list_options(offer, way) if option.current), ""),
        "way_action": day_url(day),
        "options": list_options(offer, way),
        "next_free": _chip(shown, zone, label=say_next(shown.arrives_at, zone)) if shown else None,
        "nearest": near_chips(nearest, zone),
        **day_context(offer, day, day_url=day_url, stored=stored),
    }


def day_context(
    offer: Offer, day: date, *, day_url: DayUrl, stored: datetime | None, own_at: datetime | None = None
) -> dict[str, Any]:
    """The strip of days around ``day``, and its times.

    ``stored`` was chosen before; ``own_at`` is the arrival that a visit being moved has already.
    """
    zone, days = offer.timezone, offer.strip(day)
    slots = offer.by_day.get(day, [])
    chosen = _chosen([slot.arrives_at for slot in slots], stored, own_at)
    return {
        "day": day,
        "day_words": say_day(day),
        "day_state": offer.state(day),
        "day_heading": _day_heading(offer, day),
        "days": [_strip_day(offer, each, current=each == day, day_url=day_url) for each in days],
        "earlier": _earlier(offer, days, day_url),
        "later": _later(offer, days, day_url),
        "groups": list_half_days(slots, zone, own_at=own_at),
        "value": slot_value(chosen, zone) if chosen else "",
        "said": say_short(chosen, zone) if chosen else "",
    }


def near_chips(nearest: list[OfferedSlot], zone: str) -> list[Chip]:
    """Times alone where all are on one day, which is said beside them; else each with its day."""
    days = {local_date(each.arrives_at, zone) for each in nearest}
    if len(days) == 1:
        return [replace(_chip(slot, zone), said=say_day(days.copy().pop())) for slot in nearest]
    return [
        replace(_chip(slot, zone, label=capital(say_short(slot.arrives_at, zone))), said="")
        for slot in nearest
    ]


def list_options(offer: Offer, way: str) -> list[WayOption]:
    """The ways that all chosen services have; a courtesy car where the workshop lends any."""
    types, demand = offer.prepared.service_types, offer.prepared.demand
    stay_days = max(row.stay_days for row in types)
    returned = (
        _("Returned within %(days)d working days", days=stay_days)
        if stay_days
        else _("Returned the same day")
    )
    found = []
    if all("drop_off" in row.modes for row in types):
        found.append(("drop_off", _("I drop the car off"), returned, "drop"))
    if all("wait" in row.modes for row in types):
        hint = _("About %(time)s", time=duration(demand.work_minutes))
        found.append(("wait", _("I wait here"), hint, "coffee"))
    if found and found[0][0] == "drop_off" and offer.prepared.state.courtesy_cars:
        found.append((COURTESY_CAR, _("Courtesy car"), _("Driving licence needed"), "key"))
    return [
        WayOption(value, label, hint, symbol, current=value == way) for value, label, hint, symbol in found
    ]


def list_half_days(slots: list[OfferedSlot], zone: str, *, own_at: datetime | None = None) -> list[HalfDay]:
    """The day's times as morning, afternoon and evening, those that have any."""
    parts: dict[str, list[Chip]] = {_("Morning"): [], _("Afternoon"): [], _("Evening"): []}
    names = list(parts)
    for slot in slots:
        hour = to_local(slot.arrives_at, zone).hour
        parts[names[(hour >= NOON) + (hour >= EVENING)]].append(_chip(slot, zone, own_at=own_at))
    note = say_day(local_date(slots[0].arrives_at, zone)) if slots else ""
    filled = [(title, chips) for title, chips in parts.items() if chips]
    return [HalfDay(title, "" if number else note, chips) for number, (title, chips) in enumerate(filled)]


def chip_at(moment: datetime, zone: str) -> Chip:
    """One arrival alone, said without its day."""
    return Chip(value=slot_value(moment, zone), label=chip_time(moment, zone), said=say_time(moment, zone))


def slot_value(moment: datetime, zone: str) -> str:
    """The arrival as forms carry it."""
    return to_local(moment, zone).isoformat()


def _chosen(times: list[datetime], stored: datetime | None, own_at: datetime | None) -> datetime | None:
    """The time chosen before, if it is one of the day's, else the day's first that is another one."""
    if stored in times:
        return stored
    return next((each for each in times if each != own_at), next(iter(times), None))


def _chip(slot: OfferedSlot, zone: str, *, label: str = "", own_at: datetime | None = None) -> Chip:
    return Chip(
        value=slot_value(slot.arrives_at, zone),
        label=label or chip_time(slot.arrives_at, zone),
        said=say_short(slot.arrives_at, zone),
        which="" if label else which_time(slot.arrives_at, zone),
        own=slot.arrives_at == own_at,
    )


def _day_heading(offer: Offer, day: date) -> str:
    """Why a day shows no times; nothing for one that does."""
    words, is_today = say_day(day), day == local_date(clock.now(), offer.timezone)
    match offer.state(day):
        case "open":
            return ""
        case "full":
            return str(_("%(day)s is full", day=capital(words)))
        case "closed":
            return str(_("Closed on %(day)s", day=words))
    if is_today and offer.prepared.demand.mode == "drop_off":
        return str(_("No more cars are taken in today"))
    return str(_("Too late for today") if is_today else _("Too late to book %(day)s online", day=words))


def _strip_day(offer: Offer, on: date, *, current: bool, day_url: DayUrl) -> StripDay:
    state = offer.state(on)
    linked = state in {"open", "full"}
    return StripDay(
        weekday=str(format_date(on, "EEE")),
        number=on.day,
        level=offer.level(on),
        state=state,
        current=current,
        href=day_url(on) if linked else "",
    )


def _earlier(offer: Offer, days: list[date], day_url: DayUrl) -> str:
    first = min(offer.by_day, default=offer.first_on)
    if days and days[0] > first:
        return day_url(_week_day(offer, days[0] - timedelta(days=STRIP_DAYS)))
    today = local_date(clock.now(), offer.timezone)
    return day_url(offer.first_on - timedelta(days=1)) if offer.first_on > today else ""


def _later(offer: Offer, days: list[date], day_url: DayUrl) -> str:
    start = (days[-1] if days else offer.last_on) + timedelta(days=1)
    return day_url(_week_day(offer, start)) if start <= offer.horizon_on else ""


def _week_day(offer: Offer, start: date) -> date:
    """The first day with a free time of the week from ``start``, else its first."""
    week = [start + timedelta(days=number) for number in range(STRIP_DAYS)]
    return next((day for day in week if day in offer.by_day), start)
