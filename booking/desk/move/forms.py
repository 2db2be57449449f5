"""The form that moves a visit: what was typed, and the place that it asks for."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from flask_babel import gettext as _

from app import clock
from app.errors import InvalidInputError
from app.localtime import from_minutes, local_date, to_local, to_minutes_up, zone
from app.tenancy.queries import WorkshopView
from booking.appointments.fields import parse_arrival, parse_day, parse_time
from booking.appointments.moving import HERE, is_day_alone, stays_here
from booking.appointments.queries import AppointmentView
from booking.appointments.requests import MoveRequest
from booking.availability.engine.model import TICK
from booking.customers.fields import FieldReader
from booking.desk.forms import read_version

FIELDS = ("on", "at", "bay", "technician", "courtesy_car", "arrives_at", "version", "anyway")
MOST_KEPT = 120


@dataclass(frozen=True, slots=True)
class Wanted:
    """The place asked for, from the version of the visit that the page showed."""

    request: MoveRequest
    version: int


def read_typed(form: Mapping[str, str]) -> dict[str, str]:
    """What came, by field, cut where nobody types on."""
    return {name: form.get(name, "")[:MOST_KEPT] for name in FIELDS}


def as_it_is(view: AppointmentView, timezone: str) -> dict[str, str]:
    """The form filled with the place that the visit has; a car that is here without one begins now.

    Of a car that is here the time is that of its work.
    """
    arrives_at = view.appointment.arrives_at
    if stays_here(view):
        arrives_at = view.appointment.work_starts_at or arrives_at
    elif view.status in HERE:
        arrives_at = max(arrives_at, from_minutes(-(-to_minutes_up(clock.now()) // TICK) * TICK))
    places = {kind: view.place(kind) for kind in ("bay", "technician", "courtesy_car")}
    return {
        "on": local_date(arrives_at, timezone).isoformat(),
        "at": "" if is_day_alone(view.appointment, timezone) else f"{to_local(arrives_at, timezone):%H:%M}",
        "version": str(view.appointment.version),
    } | {kind: str(place.resource_id) if place else "" for kind, place in places.items()}


def read_move(
    typed: Mapping[str, str],
    *,
    workshop: WorkshopView,
    resource_ids: Mapping[str, Collection[int]],
) -> Wanted:
    """The place asked for: day and time on the workshop's clock, or the instant of an offered place.

    ``resource_ids`` are those that may be named, by kind. Raises InvalidInputError with every field
    that is wrong.
    """
    check, today = FieldReader(typed), local_date(clock.now(), workshop.timezone)
    offered_at = check.take("arrives_at", parse_arrival, None)
    on = check.take("on", lambda text: _need_day(text, today=today), None) if offered_at is None else None
    at = check.take("at", _need_time, None) if offered_at is None else None
    named = {
        kind: check.take(kind, lambda text, known=known: parse_resource(text, known), None)  # type: ignore[misc]  # bound per kind
        for kind, known in resource_ids.items()
    }
    try:
        version = read_version(typed)
    except InvalidInputError as refusal:
        check.errors |= refusal.errors
        version = 0
    check.finish()
    arrives_at = offered_at or _instant(on, at, workshop.timezone)
    anyway = frozenset(typed.get("anyway", "").split())
    move = MoveRequest(
        arrives_at,
        bay_id=named.get("bay"),
        technician_id=named.get("technician"),
        courtesy_car_id=named.get("courtesy_car"),
        anyway=anyway,
    )
    return Wanted(move, version)


def _instant(on: date | None, at: time | None, timezone: str) -> datetime:
    """A wall time as an instant: a skipped one moves on by the gap, of a repeated one the first."""
    assert on is not None
    assert at is not None  # both were read without an error
    return datetime.combine(on, at, tzinfo=zone(timezone)).astimezone(UTC)


def _need_day(text: str, *, today: date) -> date:
    on = parse_day(text, today=today)
    if on is None:
        raise ValueError(_("Choose a day."))
    return on


def _need_time(text: str) -> time:
    at = parse_time(text)
    if at is None:
        raise ValueError(_("Choose a time."))
    if at.minute % TICK:
        raise ValueError(_("Times go in steps of five minutes."))
    return at


def parse_resource(text: str, known: Collection[int]) -> int | None:
    """One of the known ids; empty leaves the choice open."""
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or int(text) not in known:
        raise ValueError(_("Please choose one of the options."))
    return int(text)
