"""Random questions about one day of one workshop, each from its own seed (``random.Random``).

Half are drop-offs, half find at least 60 % of the resources' open time taken; every rule of
DESIGN §4 has draws in which it decides.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from random import Random

from booking.availability.engine.model import (
    Bay,
    BookingRules,
    CourtesyCar,
    Demand,
    Hours,
    Instant,
    Mode,
    Technician,
    Visit,
    Workshop,
)
from tests.property.draws_busy import SERVICE_IDS, draw_busy, draw_visits
from tests.property.draws_hours import draw_hours, draw_own_week, draw_zone_and_date
from tests.property.oracle_time import (
    MINUTES_A_TICK,
    ONE_DAY,
    opening_ticks,
    ticks_of_date,
    wall,
    working_ticks,
)

SKILLS = ("mechanics", "ev", "tyres")
EQUIPMENT = ("lift", "alignment", "mot")


@dataclass(frozen=True)
class Draw:
    """One question: what is offered on the local date ``on``?"""

    seed: int
    workshop: Workshop
    demand: Demand
    on: date
    now: Instant


def draw(seed: int) -> Draw:
    """Return the question of this seed, always the same."""
    random = Random(seed)
    timezone, on = draw_zone_and_date(random)
    hours = draw_hours(random, timezone, on)
    workshop = draw_resources(random, hours)
    demand = draw_demand(random, workshop)
    workshop = replace(workshop, busy=draw_busy(random, workshop, demand, on))
    workshop = replace(workshop, visits=draw_visits(random, workshop, on))
    demand = replace(demand, caps=draw_caps(random, workshop, on))
    now = draw_now(random, timezone, on, demand)
    workshop = replace(workshop, rules=draw_rules(random, workshop, on))
    workshop = with_online_share(random, workshop, demand, on, now)
    return Draw(seed, workshop, demand, on, now)


def draw_resources(random: Random, hours: Hours) -> Workshop:
    """Draw one to four bays and technicians with tags and up to two courtesy cars, in no order.

    In every third workshop all bays are equipped alike and all technicians know the same, so that
    the later steps of the choice have something to decide.
    """
    alike = random.random() < 0.35
    same_equipment, same_skills = draw_tags(random, EQUIPMENT), draw_tags(random, SKILLS)
    bays = [
        Bay(10 + place, place, same_equipment if alike else draw_tags(random, EQUIPMENT))
        for place in range(random.randint(1, 4))
    ]
    technicians = [
        Technician(
            20 + place,
            place,
            same_skills if alike else draw_tags(random, SKILLS),
            draw_own_week(random, hours.week),
        )
        for place in range(random.randint(1, 4))
    ]
    cars = [CourtesyCar(30 + place, place) for place in range(random.choice((0, 0, 1, 1, 2, 2, 2)))]
    for shuffled in (bays, technicians, cars):
        random.shuffle(shuffled)
    return Workshop(hours, BookingRules(), tuple(bays), tuple(technicians), tuple(cars))


def draw_tags(random: Random, tags: tuple[str, ...]) -> frozenset[str]:
    return frozenset(tag for tag in tags if random.random() < 0.6)


def draw_some(random: Random, tags: frozenset[str], chance: float) -> frozenset[str]:
    """Draw a part of somebody's tags, so that at least one can serve."""
    return frozenset(tag for tag in sorted(tags) if random.random() < chance)


def draw_demand(random: Random, workshop: Workshop) -> Demand:
    """Draw what the visit needs; caps come later, when the visits are known."""
    mode: Mode = "drop_off" if random.random() < 0.5 else "wait"
    stay_days = random.randint(0, 2) if mode == "drop_off" else 0
    longest = 36 if mode == "wait" else 48 + 60 * stay_days
    short = random.random() < (0.8 if mode == "wait" else 0.6)
    common = 0.5 if random.random() < 0.7 else 0.1
    return Demand(
        mode=mode,
        work_minutes=5 * random.randint(1, longest // 3 if short else longest),
        equipment=draw_some(random, random.choice(workshop.bays).equipment, common),
        skills=draw_some(random, random.choice(workshop.technicians).skills, common),
        turnaround_minutes=random.choice((0, 0, 5, 15, 30, 60)),
        notice_minutes=random.choice((0, 0, 0, 30, 120, 245, 720)),
        stay_days=stay_days,
        courtesy_car=mode == "drop_off" and random.random() < (0.5 if workshop.courtesy_cars else 0.05),
        online=random.random() < 0.8,
    )


def draw_rules(random: Random, workshop: Workshop, on: date) -> BookingRules:
    """Draw the workshop's booking rules, close enough to what is booked to bind now and then."""
    ticks = sorted(opening_ticks(workshop.hours, on))
    drop_off_until = None
    if ticks and random.random() < 0.5:
        drop_off_until = wall(workshop.hours.timezone, random.choice(ticks[len(ticks) // 4 :]))[1]
    return BookingRules(
        slot_minutes=random.choice((5, 10, 15, 20, 25, 30, 45, 60)),
        horizon_days=random.randint(0, 3) if random.random() < 0.12 else 60,
        arrivals_per_slot=random.choice((0, 0, 1, 1, 2, 3)),
        drop_off_until=drop_off_until,
    )


def with_online_share(random: Random, workshop: Workshop, demand: Demand, on: date, now: Instant) -> Workshop:
    """Give every second workshop an online share near what is booked with this visit, and a release."""
    shifts = [working_ticks(workshop.hours, one.week, on) for one in workshop.technicians]
    capacity = MINUTES_A_TICK * sum(len(shift) for shift in shifts)
    if random.random() < 0.5 or capacity == 0:
        return workshop
    booked = sum(visit.work_minutes for visit in visits_of(workshop, on) if visit.online)
    needed = 100 * (booked + demand.work_minutes) // capacity
    is_full = random.random() < 0.3
    share = needed - random.randint(0, 8) if is_full else needed + random.randint(1, 25)
    tick = random.choice(sorted(opening_ticks(workshop.hours, on)))
    hours_left = max(0, (tick * MINUTES_A_TICK - now) // 60)
    release_hours = hours_left if is_full and random.random() < 0.7 else random.choice((0, 0, 2, 6, 24))
    rules = replace(workshop.rules, online_share=min(max(share, 0), 100), release_hours=release_hours)
    return replace(workshop, rules=rules)


def draw_caps(random: Random, workshop: Workshop, on: date) -> tuple[tuple[int, int], ...]:
    """Draw limits per day for up to two service types, around the number that is booked."""
    if random.random() < 0.6:
        return ()
    caps: list[tuple[int, int]] = []
    for service_id in sorted(random.sample(SERVICE_IDS, random.randint(1, 2))):
        booked = sum(service_id in visit.service_ids for visit in visits_of(workshop, on))
        caps.append((service_id, max(1, booked + random.choice((0, 1, 1, 1, 2, 2, 3)))))
    return tuple(caps)


def visits_of(workshop: Workshop, on: date) -> list[Visit]:
    timezone = workshop.hours.timezone
    return [visit for visit in workshop.visits if wall(timezone, visit.arrives_at // MINUTES_A_TICK)[0] == on]


def draw_now(random: Random, timezone: str, on: date, demand: Demand) -> Instant:
    """Draw the moment of asking: days before, the evening before, or within the day itself."""
    ticks = ticks_of_date(timezone, on) or ticks_of_date(timezone, on - ONE_DAY)
    midnight = ticks[0] * MINUTES_A_TICK
    if random.random() < 0.55:
        return midnight - 1440 * random.randint(1, 4) + random.randint(0, 1439)
    return midnight - demand.notice_minutes + random.randint(-60, 700)
