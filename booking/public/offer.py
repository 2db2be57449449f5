"""The days and times that the slot step shows for one question."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from app import clock
from app.localtime import from_minutes, local_date, to_minutes_up
from app.tenancy.queries import WorkshopView
from booking.appointments.loading import Prepared, prepare
from booking.appointments.requests import VisitQuestion
from booking.appointments.slots import OfferedSlot
from booking.availability.engine.candidates import list_candidates
from booking.availability.engine.model import Slot
from booking.availability.engine.opening import local_time
from booking.availability.engine.search import list_slots

WINDOW_DAYS = 62
STRIP_DAYS = 7
FEW = 2


@dataclass(frozen=True, slots=True)
class Offer:
    """What is offered from ``first_on`` to ``last_on``, and how many arrivals the hours would allow.

    ``horizon_on`` is the last date that can be booked at all; ``over`` are open days on which it is
    too late for another arrival: notice, or the time until which cars are left, has passed.
    """

    prepared: Prepared
    timezone: str
    first_on: date
    last_on: date
    horizon_on: date
    by_day: Mapping[date, list[OfferedSlot]]
    grid: Mapping[date, int]
    over: frozenset[date] = frozenset()

    @property
    def next_free(self) -> OfferedSlot | None:
        """The first slot of all."""
        return self.by_day[min(self.by_day)][0] if self.by_day else None

    def first_after(self, on: date) -> OfferedSlot | None:
        """The first slot on a later date."""
        later = [day for day in self.by_day if day > on]
        return self.by_day[min(later)][0] if later else None

    def has(self, arrives_at: datetime) -> bool:
        """Whether exactly this arrival is offered."""
        on = local_date(arrives_at, self.timezone)
        return any(slot.arrives_at == arrives_at for slot in self.by_day.get(on, ()))

    def state(self, on: date) -> str:
        """``open``, ``full``, ``over``, or ``closed`` when the hours of the day hold no arrival at all."""
        if on in self.by_day:
            return "open"
        if on in self.over:
            return "over"
        return "full" if self.grid.get(on) else "closed"

    def level(self, on: date) -> int:
        """3 when more than half of the day's arrivals are free, 1 for the last ones, else 2."""
        free = len(self.by_day.get(on, ()))
        if free > FEW and free * 2 > self.grid.get(on, 0):
            return 3
        return 1 if free <= FEW else 2

    def strip(self, on: date) -> list[date]:
        """The week of days that shows ``on``; weeks are counted from the first bookable day."""
        start = min(self.by_day, default=self.first_on)
        start += timedelta(days=(on - start).days // STRIP_DAYS * STRIP_DAYS)
        days = (start + timedelta(days=number) for number in range(STRIP_DAYS))
        return [day for day in days if self.first_on <= day <= self.last_on]


def load_offer(
    session: Session,
    workshop: WorkshopView,
    question: VisitQuestion,
    *,
    around: date,
    except_appointment_id: int | None = None,
) -> Offer:
    """Everything offered in the two months that hold ``around``, counted from today.

    ``except_appointment_id`` is the appointment being moved: its place counts as free. Raises what
    :func:`booking.appointments.loading.prepare` raises.
    """
    zone, today = workshop.timezone, local_date(clock.now(), workshop.timezone)
    first_on, last_on = _window(around, today)
    prepared = prepare(
        session,
        workshop,
        question,
        first_on=first_on,
        last_on=last_on,
        except_appointment_id=except_appointment_id,
    )
    horizon_on = today + timedelta(days=prepared.rules.horizon_days)
    last_on = max(first_on, min(last_on, horizon_on))
    now = to_minutes_up(clock.now())
    slots = list_slots(prepared.state, prepared.demand, first_on=first_on, last_on=last_on, now=now)
    grid = _count_arrivals(prepared, first_on=first_on, last_on=last_on, now=now)
    noticed_on = local_date(from_minutes(now + prepared.demand.notice_minutes), zone)
    hours = _count_arrivals(prepared, first_on=first_on, last_on=min(last_on, noticed_on), now=0)
    return Offer(
        prepared=prepared,
        timezone=zone,
        first_on=first_on,
        last_on=last_on,
        horizon_on=horizon_on,
        by_day=_by_day(slots, zone),
        grid=grid,
        over=frozenset(hours.keys() - grid.keys()),
    )


def _window(around: date, today: date) -> tuple[date, date]:
    """The two months that hold ``around``, counted from today."""
    first_on = today + timedelta(days=max((around - today).days, 0) // WINDOW_DAYS * WINDOW_DAYS)
    return first_on, first_on + timedelta(days=WINDOW_DAYS - 1)


def _count_arrivals(prepared: Prepared, *, first_on: date, last_on: date, now: int) -> Counter[date]:
    """How many arrivals the hours allow on each date after ``now``, were nothing else booked."""
    workshop, demand = prepared.state, prepared.demand
    until = workshop.rules.drop_off_until if demand.mode == "drop_off" else None
    arrivals = (
        local_time(workshop.hours.timezone, each)
        for each in list_candidates(workshop, demand, first_on=first_on, last_on=last_on, now=now)
    )
    return Counter(at.date() for at in arrivals if until is None or at.hour * 60 + at.minute <= until)


def _by_day(slots: list[Slot], zone: str) -> dict[date, list[OfferedSlot]]:
    days: dict[date, list[OfferedSlot]] = {}
    for slot in slots:
        offered = OfferedSlot(from_minutes(slot.arrives_at), from_minutes(slot.ready_at))
        days.setdefault(local_date(offered.arrives_at, zone), []).append(offered)
    return days
