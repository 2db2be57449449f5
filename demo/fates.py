"""How a booked visit of the demo garage goes on: kept, cancelled, missed, and when each step falls."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from booking.appointments.life_cycle import Status
from booking.appointments.models import Appointment

CANCELLED_SHARE = 0.07
MISSED_SHARE = 0.03
WAITING_SHARE = 0.08
LONG_MINUTES = 75
REASONS = ("Empêchement de dernière minute", "Voiture vendue", "Pièce non disponible à temps")
SATURDAY, SUNDAY = 5, 6
LUNCH = (time(12, 0), time(13, 35))
LAST_KEYS = {False: time(18, 25), True: time(12, 25)}
FIRST_KEYS = time(9, 10)


@dataclass(frozen=True, slots=True)
class Step:
    """At ``at`` the visit comes to ``target``; ``by_customer`` says who does it."""

    at: datetime
    target: Status
    by_customer: bool = False
    reason: str = ""


def tell_fate(random: Random, visit: Appointment, *, zone: ZoneInfo) -> list[Step]:
    """The steps of one visit in order of time, as far into the future as they go."""
    draw = random.random()
    if draw < CANCELLED_SHARE and visit.arrives_at - visit.created_at > timedelta(hours=12):
        return [_cancellation(random, visit)]
    if CANCELLED_SHARE <= draw < CANCELLED_SHARE + MISSED_SHARE:
        return [Step(visit.arrives_at + _minutes(random, 35, 55), Status.NO_SHOW)]
    return list(_kept(random, visit, zone))


def _cancellation(random: Random, visit: Appointment) -> Step:
    """In time to do it online: six hours before arrival at the latest."""
    span = visit.arrives_at - timedelta(hours=6) - visit.created_at
    at = visit.created_at + span * random.uniform(0.1, 1.0)
    by_customer = random.random() < 0.7
    return Step(at, Status.CANCELLED, by_customer, "" if by_customer else random.choice(REASONS))


def _kept(random: Random, visit: Appointment, zone: ZoneInfo) -> Iterator[Step]:
    if visit.work_starts_at is None or visit.work_ends_at is None:
        return
    arrived = visit.arrives_at + _minutes(random, -6, 4)
    begun = max(arrived + _minutes(random, 2, 5), visit.work_starts_at + _minutes(random, -2, 7))
    ready = max(begun + _minutes(random, 12, 15), visit.work_ends_at + _minutes(random, -8, 9))
    yield Step(arrived, Status.ARRIVED)
    yield Step(begun, Status.IN_PROGRESS)
    is_long = visit.mode == "drop_off" and visit.work_minutes >= LONG_MINUTES
    if is_long and random.random() < WAITING_SHARE:
        stopped = begun + (ready - begun) * 0.4
        resumed = stopped + _minutes(random, 60, 150)
        yield Step(stopped, Status.WAITING_PARTS)
        yield Step(resumed, Status.IN_PROGRESS)
        ready = max(ready, resumed + (ready - stopped))
    yield Step(ready, Status.READY)
    stay = _minutes(random, 4, 12) if visit.mode == "wait" else _minutes(random, 20, 150)
    yield Step(_while_open(ready + stay, zone), Status.COLLECTED)


def _while_open(moment: datetime, zone: ZoneInfo) -> datetime:
    """``moment``, or the next time somebody is there to hand out the keys."""
    local = moment.astimezone(zone)
    if local.weekday() != SATURDAY and LUNCH[0] <= local.time() < LUNCH[1]:
        return local.replace(hour=LUNCH[1].hour, minute=LUNCH[1].minute)
    if local.weekday() != SUNDAY and local.time() <= LAST_KEYS[local.weekday() == SATURDAY]:
        return local
    following = datetime.combine(local.date() + timedelta(days=1), FIRST_KEYS, zone)
    return _while_open(following, zone)


def _minutes(random: Random, least: int, most: int) -> timedelta:
    return timedelta(minutes=random.randint(least, most), seconds=random.randint(0, 59))
