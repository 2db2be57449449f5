"""A lively fortnight at the demo garage, made through the real operations at the moments it happened.

Bookings, steps and messages come about in order of time, each with the product's clock at its own
moment, up to now: what is past is done, today stands as the hour has it, the rest is to come.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import partial
from itertools import count, cycle
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app import clock
from app.localtime import zone
from app.tenancy.queries import WorkshopView
from booking.appointments.life_cycle import ENDED_WITHOUT_WORK, Status
from booking.appointments.models import Appointment
from booking.appointments.operations.book import book_appointment
from booking.appointments.operations.change_status import cancel_appointment, change_status
from booking.appointments.requests import API, CUSTOMER, Actor
from booking.appointments.slots import list_offered
from booking.resources.queries import DAYS, get_rules, list_resources
from demo.fates import Step, tell_fate
from demo.people import make_people
from demo.room import make_room
from demo.wishes import Wish, make_wish
from notifications.outbox.settle import settle_past_messages

DAYS_BACK = 7
DAYS_AHEAD = 8
PEOPLE = 300
FULLEST, EMPTIEST = 0.78, 0.70
"""Booked work as a share of what all bays could do in a day."""
WISHES_PER_BAY_HOUR = 0.9


@dataclass(slots=True)
class Garage:
    """The stage: who plays, what is to happen next, how full each day is. All minutes are work."""

    session: Session
    workshop: WorkshopView
    desk: Actor
    random: Random
    to_come: list[tuple[datetime, int, Callable[[], None]]] = field(default_factory=list)
    numbers: count[int] = field(default_factory=count)
    booked: dict[date, int] = field(default_factory=lambda: defaultdict(int))
    room: dict[date, float] = field(default_factory=dict)
    visits: int = 0

    @property
    def zone(self) -> ZoneInfo:
        return zone(self.workshop.timezone)

    def expect(self, at: datetime, happening: Callable[[], None]) -> None:
        """Let ``happening`` come about at ``at``; of two at once the one expected first."""
        heapq.heappush(self.to_come, (at, next(self.numbers), happening))


def live_fortnight(session: Session, *, workshop: WorkshopView, receptionist_id: int) -> int:
    """Fill a freshly loaded garage with the fortnight around now; the same all day long.

    Returns how many visits were booked. Flushes; to be called in one transaction with the load,
    while nobody else writes.
    """
    now = clock.now()
    today = now.astimezone(zone(workshop.timezone)).date()
    garage = Garage(session, workshop, Actor("staff", receptionist_id), _dice(f"{workshop.slug} {today}"))
    _expect_wishes(garage, today)
    while garage.to_come and garage.to_come[0][0] <= now:
        at, _, happening = heapq.heappop(garage.to_come)
        with clock.at(at):
            happening()
    make_room(session, workshop=workshop, today=today)
    settle_past_messages(session, workshop.garage_id, now)
    return garage.visits


def _dice(seed: str) -> Random:
    return Random(seed)  # noqa: S311 - the same life all day long; nothing secret hangs on it


def _expect_wishes(garage: Garage, today: date) -> None:
    """As many wishes a day as would fill it more than once; late askers find it full."""
    people = cycle(make_people(garage.random, count=PEOPLE))
    hours = get_rules(garage.session, garage.workshop.garage_id, garage.workshop.id).hours
    resources = list_resources(garage.session, garage.workshop.garage_id, garage.workshop.id)
    bays = sum(resource.kind == "bay" for resource in resources)
    for days in range(-DAYS_BACK, DAYS_AHEAD + 1):
        day = today + timedelta(days=days)
        minutes = bays * sum(closes - opens for opens, closes in hours.get(DAYS[day.weekday()], []))
        garage.room[day] = minutes * garage.random.uniform(EMPTIEST, FULLEST)
        for _ in range(round(minutes / 60 * WISHES_PER_BAY_HOUR)):
            wish = make_wish(garage.random, next(people), day=day, zone=garage.zone)
            garage.expect(wish.asked_at, partial(_book, garage, wish))


def _book(garage: Garage, wish: Wish) -> None:
    """Take the offered slot nearest to the wanted time; go away if the day is full."""
    if garage.booked[wish.day] >= garage.room[wish.day]:
        return
    slots = list_offered(
        garage.session, garage.workshop, wish.request.visit, first_on=wish.day, last_on=wish.day
    )
    if not slots:
        return
    wanted_at = wish.request.arrives_at
    slot = min(slots, key=lambda slot: (abs(slot.arrives_at - wanted_at), slot.arrives_at))
    visit = book_appointment(
        garage.session,
        workshop=garage.workshop,
        request=replace(wish.request, arrives_at=slot.arrives_at),
        actor={"desk": garage.desk, "api": API}.get(wish.request.source, CUSTOMER),
    )
    garage.booked[wish.day] += visit.work_minutes
    garage.visits += 1
    for step in tell_fate(garage.random, visit, zone=garage.zone):
        garage.expect(step.at, partial(_take, garage, visit, step=step, day=wish.day))


def _take(garage: Garage, visit: Appointment, *, step: Step, day: date) -> None:
    actor = CUSTOMER if step.by_customer else garage.desk
    # A step makes stale what is still planned: what was due before has gone out by then.
    settle_past_messages(garage.session, visit.garage_id, step.at)
    whose: dict[str, Any] = {"garage_id": visit.garage_id, "appointment_id": visit.id}
    if step.target == Status.CANCELLED:
        cancel_appointment(garage.session, **whose, actor=actor, reason=step.reason)
    else:
        change_status(garage.session, **whose, target=step.target, actor=actor)
    if step.target in ENDED_WITHOUT_WORK:
        garage.booked[day] -= visit.work_minutes
