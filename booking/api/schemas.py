"""Shapes of the public API's answers, as its document shows them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from app.api.schemas import Answer, Problem
from booking.availability.engine.model import Reason

Moment = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
Address = Annotated[str, Field(json_schema_extra={"format": "uri"})]
Token = Annotated[str, Field(pattern="^[A-Za-z0-9_-]{22}$")]
Mode = Literal["wait", "drop_off"]
VehicleClass = Literal["city", "sedan", "suv", "van", "motorcycle"]
Energy = Literal["petrol", "diesel", "hybrid", "electric", "gas"]
Status = Literal[
    "requested",
    "confirmed",
    "arrived",
    "in_progress",
    "waiting_parts",
    "ready",
    "collected",
    "cancelled",
    "declined",
    "expired",
    "no_show",
]


class ServiceAnswer(Answer):
    """A service that can be booked; lengths in minutes, prices from this many cents, VAT included."""

    code: str
    name: str
    minutes: int
    price_from_cents: int
    modes: list[Mode]


class WorkshopAnswer(Answer):
    """A workshop and what can be booked there; ``zone`` is an IANA time zone."""

    name: str
    address: str
    zone: str
    modes: list[Mode]
    services: list[ServiceAnswer]


class SlotAnswer(Answer):
    """An arrival that is offered, and when the car would be ready."""

    arrives_at: Moment
    ready_at: Moment


class DayAnswer(Answer):
    """A local date and the arrivals offered on it, in order of time."""

    date: date
    slots: list[SlotAnswer]


class AvailabilityAnswer(Answer):
    """Every day that was asked for, also those without a slot."""

    timezone: str
    days: list[DayAnswer]


class KeptHeaders(BaseModel):
    """Of an answer that may be asked for again: its entity tag."""

    etag: str = Field(alias="ETag")


class BookedAnswer(Answer):
    """A new appointment. ``manage_token`` is the right to see, move and cancel it: keep it like a key."""

    reference: str
    status: Status
    arrives_at: Moment
    ready_at: Moment
    manage_url: Address
    manage_token: Token
    ics_url: Address


class LineAnswer(Answer):
    """One booked service, with the minutes and price that stood when it was booked."""

    code: str
    name: str
    minutes: int
    price_from_cents: int


class PlaceAnswer(Answer):
    """Where the car is taken."""

    name: str
    address: str
    phone: str
    zone: str


class VehicleAnswer(Answer):
    """The car as it was named; empty texts where it was not."""

    plate: str
    country: str
    make: str
    model: str
    vehicle_class: VehicleClass | None = Field(alias="class")
    energy: Energy | None


class AppointmentAnswer(BookedAnswer):
    """An appointment as its holder may see it: the visit, but no contact details."""

    mode: Mode
    courtesy_car: bool
    services: list[LineAnswer]
    vehicle: VehicleAnswer
    workshop: PlaceAnswer
    is_cancellable: bool
    cancel_until: Moment


class NotOfferedProblem(Problem):
    """The arrival is not offered now, for the first ``reason`` that binds.

    The workshop is ``closed`` then; it is ``no_slot_time``, or past the ``drop_off_time``; beyond the
    booking ``horizon``; too soon for the ``notice``; the ``reception`` is full, a service's daily ``cap``
    or the ``online_share`` of the day is reached; ``no_bay`` or ``no_technician`` able to do the work is
    free, or neither (``both_busy``), or never at once (``never_together``); the work would not be done
    in time (``not_in_time``); no ``courtesy_car`` is left. Null where another booking came in between.
    ``alternatives``: up to three arrivals near it that are offered, in order of time.
    """

    reason: Reason | None

    alternatives: list[SlotAnswer] = Field(max_length=3)


class TooLateProblem(Problem):
    """Too late to change it online; ``phone`` reaches the workshop."""

    phone: str
