"""The people and fates of the demo garage, without a database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

from booking.appointments.life_cycle import Status, may_move
from booking.appointments.models import Appointment
from demo.fates import Step, tell_fate
from demo.people import make_people
from demo.wishes import make_wish

PARIS = ZoneInfo("Europe/Paris")
ARRIVES_AT = datetime(2026, 11, 27, 15, 30, tzinfo=UTC)
SEEDS = range(300)


def visit() -> Appointment:
    return Appointment(
        mode="drop_off",
        work_minutes=120,
        created_at=ARRIVES_AT - timedelta(days=3),
        arrives_at=ARRIVES_AT,
        work_starts_at=ARRIVES_AT,
        work_ends_at=ARRIVES_AT + timedelta(hours=2),
    )


def fate(seed: int) -> list[Step]:
    return tell_fate(Random(seed), visit(), zone=PARIS)


def test_every_fate_follows_the_life_cycle() -> None:
    for seed in SEEDS:
        states = [Status.CONFIRMED, *(step.target for step in fate(seed))]
        assert all(may_move(before, after) for before, after in pairwise(states)), seed


def test_every_fate_goes_forward_in_time() -> None:
    for seed in SEEDS:
        moments = [step.at for step in fate(seed)]
        assert moments == sorted(moments), seed


def test_some_are_missed_some_cancelled_some_wait_for_parts() -> None:
    seen = {step.target for seed in SEEDS for step in fate(seed)}
    assert seen >= {Status.NO_SHOW, Status.CANCELLED, Status.WAITING_PARTS, Status.COLLECTED}


def test_keys_are_handed_out_while_somebody_is_there() -> None:
    given = [
        step.at.astimezone(PARIS) for seed in SEEDS for step in fate(seed) if step.target == Status.COLLECTED
    ]
    assert all(moment.weekday() != 6 and 9 <= moment.hour < 19 for moment in given)


def test_the_same_seed_makes_the_same_people() -> None:
    assert make_people(Random("a"), count=40) == make_people(Random("a"), count=40)


def test_no_two_people_share_a_number() -> None:
    people = make_people(Random("a"), count=300)
    assert len({person.customer.phone for person in people}) == 300


def test_the_desk_takes_no_call_on_a_sunday() -> None:
    random = Random("a")
    person = make_people(random, count=5)[0]
    wishes = [make_wish(random, person, day=date(2026, 11, 24), zone=PARIS) for _ in range(300)]
    assert {wish.asked_at.weekday() for wish in wishes if wish.request.source == "desk"} <= set(range(6))


def test_everybody_asks_at_least_a_day_before() -> None:
    random = Random("a")
    person = make_people(random, count=5)[0]
    wishes = [make_wish(random, person, day=date(2026, 11, 24), zone=PARIS) for _ in range(300)]
    assert all(wish.asked_at.date() < wish.day for wish in wishes)
