"""What the board carries of a visit, and what a drop is answered with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy.orm import Session

from app import clock
from app.localtime import at_same_time, from_minutes, local_date, midnight, to_local
from app.tenancy.queries import WorkshopView
from app.web.filters import capital
from booking.appointments.lengths import next_tick
from booking.appointments.moving import (
    DeskPlace,
    arrival_for,
    is_day_alone,
    is_movable,
    is_unplaced,
    may_change_length,
)
from booking.appointments.queries import AppointmentView
from booking.appointments.requests import MoveRequest
from booking.appointments.set_up import load_set_up
from booking.availability.engine.opening import opening
from booking.desk.drop.forms import Dropped
from booking.desk.move.page import Team
from booking.desk.standing import Reader

FIRST_OF_A_CLOSED_DAY = timedelta(hours=8)


@dataclass(frozen=True, slots=True)
class Carried:
    """A visit that may be carried on the board, or only made longer or shorter.

    ``works_at`` is the start of its work in ISO 8601, empty where it has no place; ``minutes`` its length.
    """

    id: int
    version: int
    mode: str
    minutes: int
    works_at: str
    moves: bool
    stretches: bool


def carried(view: AppointmentView) -> Carried | None:
    """What the board may do with the visit; None where it stays as it is."""
    moves, stretches = is_movable(view), may_change_length(view)
    if not (moves or stretches):
        return None
    appointment = view.appointment
    starts_at = None if is_unplaced(view) else appointment.work_starts_at
    return Carried(
        id=view.id,
        version=appointment.version,
        mode=appointment.mode,
        minutes=appointment.work_minutes,
        works_at=starts_at.isoformat() if starts_at else "",
        moves=moves,
        stretches=stretches,
    )


@dataclass(frozen=True, slots=True)
class WorkOffer:
    """A free place near a refused one, as its button sends and says it. ``comes``: a changed arrival."""

    works_at: str
    arrives_at: str
    bay: int
    technician: int
    when: str
    where: str
    comes: str


def request_of(
    session: Session, view: AppointmentView, dropped: Dropped, *, workshop: WorkshopView
) -> MoveRequest:
    """The move that a drop asks for: the arrival follows from the work, and who has the visit keeps it."""
    works_at = dropped.works_at or _start_on(session, view, dropped.on, workshop=workshop)
    arrives_at = dropped.arrives_at or arrival_for(view, works_at, timezone=workshop.timezone)
    return MoveRequest(
        arrives_at,
        bay_id=dropped.bay_id,
        technician_id=dropped.technician_id,
        anyway=dropped.anyway,
        works_at=works_at,
        work_minutes=dropped.work_minutes,
        keeps_team=True,
    )


def _start_on(
    session: Session, view: AppointmentView, on: date | None, *, workshop: WorkshopView
) -> datetime:
    """The time of day that the work has, on another date: where that has passed, the next five minutes."""
    assert on is not None  # read_drop asks for one of both
    appointment, zone = view.appointment, workshop.timezone
    now = clock.now()
    starts_at = appointment.arrives_at if is_unplaced(view) else appointment.work_starts_at
    if starts_at is None or is_day_alone(appointment, zone):
        hours = load_set_up(session, workshop, first_on=on, last_on=on).plain.hours
        spans = opening(hours, on)
        wanted = from_minutes(spans[0][0]) if spans else midnight(on, zone) + FIRST_OF_A_CLOSED_DAY
    else:
        wanted = at_same_time(starts_at, on, timezone=zone)
    return next_tick(now) if wanted < now and on == local_date(now, zone) else wanted


def list_work_offers(
    places: Iterable[DeskPlace], team: Team, view: AppointmentView, *, workshop: WorkshopView
) -> list[WorkOffer]:
    """The free places as buttons, by the time of their work."""
    reader = Reader(clock.now(), workshop.timezone)
    return [
        WorkOffer(
            works_at=place.works_at.astimezone(UTC).isoformat(),
            arrives_at=place.arrives_at.astimezone(UTC).isoformat(),
            bay=place.bay_id,
            technician=place.technician_id,
            when=capital(reader.which_day(place.works_at)),
            where=f"{team.name(place.bay_id)}, {team.name(place.technician_id)}",
            comes=_say_comes(view, place, reader),
        )
        for place in places
    ]


def _say_comes(view: AppointmentView, place: DeskPlace, reader: Reader) -> str:
    """When the customer comes, where that changes and is not when the work starts."""
    appointment = view.appointment
    if place.arrives_at in {appointment.arrives_at, place.works_at} and not appointment.is_wish:
        return ""
    is_same_day = to_local(place.arrives_at, reader.timezone).date() == local_date(
        place.works_at, reader.timezone
    )
    return reader.time(place.arrives_at) if is_same_day else reader.which_day(place.arrives_at)
