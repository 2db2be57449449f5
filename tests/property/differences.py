"""Compares the engine with the oracle on one draw."""

from __future__ import annotations

from dataclasses import dataclass
from pprint import pformat
from random import Random

from booking.availability.engine.model import Instant, Placement, Slot
from booking.availability.engine.search import list_slots, place
from tests.property.draws import Draw
from tests.property.oracle import Oracle
from tests.property.oracle_time import EPOCH_ON
from tests.property.shrinking import smallest

REFUSALS_ASKED = 6


@dataclass(frozen=True)
class Difference:
    """What the engine said and what the oracle says; ``asked`` is None for the list of slots."""

    asked: Instant | None
    engine: list[Slot] | Placement | None
    oracle: list[Slot] | Placement | None


def find_difference(drawn: Draw) -> Difference | None:
    """Compare the slots of the day, the placement of each, and a sample of arrivals not offered."""
    listed = list_slots(drawn.workshop, drawn.demand, first_on=drawn.on, last_on=drawn.on, now=drawn.now)
    oracle = Oracle(drawn.workshop, drawn.demand, drawn.now)
    expected = oracle.slots(drawn.on, drawn.on)
    if listed != expected:
        return Difference(None, listed, expected)
    offered = [slot.arrives_at for slot in expected]
    for arrives_at in (*offered, *refused(drawn, oracle, offered)):
        answer = place(drawn.workshop, drawn.demand, arrives_at=arrives_at, now=drawn.now)
        placement = oracle.place(arrives_at)
        if answer != placement:
            return Difference(arrives_at, answer, placement)
    return None


def refused(drawn: Draw, oracle: Oracle, offered: list[Instant]) -> list[Instant]:
    """Return some arrivals on and off the grid that are not offered, always the same for a draw."""
    random = Random(drawn.seed)
    candidates = [arrives_at for arrives_at in oracle.candidates(drawn.on) if arrives_at not in offered]
    midnight = (drawn.on - EPOCH_ON).days * 1440
    odd = [midnight + random.randint(-1440, 2880) for _ in range(3)]
    odd.extend(arrives_at + random.choice((-5, 1, 5)) for arrives_at in offered[:3])
    asked = random.sample(candidates, min(len(candidates), REFUSALS_ASKED)) + odd
    return [arrives_at for arrives_at in asked if arrives_at not in offered]


def report(drawn: Draw) -> str:
    """Say what differs, on the draw itself and on the smallest draw that still differs."""
    less = smallest(drawn, lambda candidate: find_difference(candidate) is not None)
    lines = [f"seed {drawn.seed} on {drawn.on}: {pformat(find_difference(drawn))}"]
    lines.append(f"smallest: {pformat(less, width=110)}")
    lines.append(f"its answers: {pformat(find_difference(less), width=110)}")
    return "\n".join(lines)
