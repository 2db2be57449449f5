"""Slots that are offered, and the nearest ones to a time that is not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy.orm import Session

from app import clock
from app.localtime import day_bounds, from_minutes, local_date, to_minutes, to_minutes_up
from app.tenancy.queries import WorkshopView
from booking.appointments.loading import Prepared, prepare
from booking.appointments.requests import VisitQuestion
from booking.appointments.standing import Standing
from booking.availability.engine.model import TICK, Instant, Reason
from booking.availability.engine.search import list_slots as search_slots
from booking.availability.engine.why import find_reason, find_reason_of_day

ALTERNATIVE_DAYS = 14
ALTERNATIVES = 3
NEAR_DAYS = 2
"""Days either side that are looked through first: where they hold the nearest, no others are read."""

WHOLE = 100
"""Percent: an online share that limits nothing."""

NEXT_DAYS = ((0, 13), (14, 61))
"""Days, counted from the first, that are looked through one after the other."""


class OfferedSlot(NamedTuple):
    """An arrival that is offered, and when the car is promised."""

    arrives_at: datetime
    ready_at: datetime


@dataclass(frozen=True, slots=True)
class Moments:
    """The moments at which an answer is the same for as long as nothing is written or held.

    Whole minutes as the engine counts the present, from ``first`` to ``last`` (None: no end), while
    the dates by which it was bounded are today.
    """

    zone_name: str
    today: tuple[date, date]
    first: Instant
    last: Instant | None

    def include(self, now: datetime) -> bool:
        """Whether the answer is still that of ``now``; a clock that was set back is another moment."""
        minute = to_minutes_up(now)
        return (
            self.first <= minute
            and (self.last is None or minute <= self.last)
            and self.today == _dates_of(now, self.zone_name)
        )


class Offered(NamedTuple):
    """Slots in order of time, and the moments at which they are what is offered."""

    slots: list[OfferedSlot]
    moments: Moments


def list_offered(
    session: Session,
    workshop: WorkshopView,
    question: VisitQuestion,
    *,
    first_on: date,
    last_on: date,
    except_appointment_id: int | None = None,
) -> list[OfferedSlot]:
    """Every slot offered on the local dates, in order of time.

    Raises what :func:`booking.appointments.loading.prepare` raises.
    """
    prepared = prepare(
        session,
        workshop,
        question,
        first_on=first_on,
        last_on=last_on,
        except_appointment_id=except_appointment_id,
    )
    return _search(prepared, first_on=first_on, last_on=last_on, now=clock.now())


def list_offered_at(
    session: Session, standing: Standing, question: VisitQuestion, *, first_on: date, last_on: date
) -> Offered:
    """The same by what stands, at the moment at which that was read, and until when time leaves it.

    Raises what :func:`booking.appointments.loading.prepare` raises.
    """
    workshop, now = standing.workshop, standing.at
    prepared = prepare(session, workshop, question, first_on=first_on, last_on=last_on, held=standing.held)
    slots = _search(prepared, first_on=first_on, last_on=last_on, now=now)
    minute = to_minutes_up(now)
    ends = []
    if slots:  # the first is offered until its notice begins
        ends.append(to_minutes(slots[0].arrives_at) - prepared.demand.notice_minutes)
    if prepared.rules.online_share < WHOLE and prepared.rules.release_hours:
        # Arrivals lie on steps of the engine, so one may be released with each.
        ends.append((minute // TICK + 1) * TICK - 1)
    moments = Moments(
        zone_name=workshop.timezone,
        today=_dates_of(now, workshop.timezone),
        first=minute,
        last=min(ends, default=None),
    )
    return Offered(slots, moments)


def _search(prepared: Prepared, *, first_on: date, last_on: date, now: datetime) -> list[OfferedSlot]:
    slots = search_slots(
        prepared.state, prepared.demand, first_on=first_on, last_on=last_on, now=to_minutes_up(now)
    )
    return [OfferedSlot(from_minutes(slot.arrives_at), from_minutes(slot.ready_at)) for slot in slots]


def _dates_of(now: datetime, zone_name: str) -> tuple[date, date]:
    """The local dates of a moment and of its whole minute, as the engine counts it."""
    return local_date(now, zone_name), local_date(from_minutes(to_minutes_up(now)), zone_name)


def list_next(
    session: Session, workshop: WorkshopView, question: VisitQuestion, *, first_on: date
) -> list[OfferedSlot]:
    """The first three slots from a local date on; beyond two weeks only where those hold fewer.

    Raises what :func:`booking.appointments.loading.prepare` raises.
    """
    found: list[OfferedSlot] = []
    for first, last in NEXT_DAYS:
        found += list_offered(
            session,
            workshop,
            question,
            first_on=first_on + timedelta(days=first),
            last_on=first_on + timedelta(days=last),
        )
        if len(found) >= ALTERNATIVES:
            break
    return found[:ALTERNATIVES]


def find_reason_at(
    session: Session, workshop: WorkshopView, question: VisitQuestion, *, wanted_at: datetime
) -> Reason | None:
    """The first reason why an arrival is not offered (rule 13), or None if it is.

    Raises what :func:`booking.appointments.loading.prepare` raises.
    """
    on = local_date(wanted_at, workshop.timezone)
    prepared = prepare(session, workshop, question, first_on=on, last_on=on)
    return find_reason(
        prepared.state, prepared.demand, arrives_at=to_minutes(wanted_at), now=to_minutes_up(clock.now())
    )


def find_reason_on(
    session: Session, workshop: WorkshopView, question: VisitQuestion, *, on: date
) -> Reason | None:
    """Why nothing is offered on a local date (rule 13), or None if something is.

    Raises what :func:`booking.appointments.loading.prepare` raises.
    """
    prepared = prepare(session, workshop, question, first_on=on, last_on=on)
    return find_reason_of_day(prepared.state, prepared.demand, on=on, now=to_minutes_up(clock.now()))


def list_nearest(
    session: Session,
    workshop: WorkshopView,
    question: VisitQuestion,
    *,
    wanted_at: datetime,
    except_appointment_id: int | None = None,
    not_at: datetime | None = None,
) -> list[OfferedSlot]:
    """Up to three slots within 14 local dates either side of a wanted arrival, in order of time.

    The nearest in time are taken; at equal distance the earlier. ``not_at`` is the arrival that a
    moved visit has already: no alternative to itself.
    """
    wanted_on = local_date(wanted_at, workshop.timezone)
    nearest: list[OfferedSlot] = []
    for days in (NEAR_DAYS, ALTERNATIVE_DAYS):
        first_on, last_on = wanted_on - timedelta(days=days), wanted_on + timedelta(days=days)
        slots = list_offered(
            session,
            workshop,
            question,
            first_on=first_on,
            last_on=last_on,
            except_appointment_id=except_appointment_id,
        )
        slots = [slot for slot in slots if slot.arrives_at != not_at]
        slots.sort(key=lambda slot: (abs(slot.arrives_at - wanted_at), slot.arrives_at))
        nearest = slots[:ALTERNATIVES]
        if len(nearest) == ALTERNATIVES and abs(nearest[-1].arrives_at - wanted_at) < _reach(
            wanted_at, (first_on, last_on), workshop.timezone
        ):
            break
    return sorted(nearest, key=lambda slot: slot.arrives_at)


def _reach(wanted_at: datetime, dates: tuple[date, date], zone_name: str) -> timedelta:
    """How far from ``wanted_at`` a slot that lies outside the dates is at least."""
    starts_at, ends_at = day_bounds(dates[0], zone_name)[0], day_bounds(dates[1], zone_name)[1]
    return min(wanted_at - starts_at, ends_at - wanted_at)
