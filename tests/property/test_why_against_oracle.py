"""The engine and the oracle give the same reason for every arrival and date that is not offered."""

from __future__ import annotations

import pytest

from booking.availability.engine.model import Instant, Reason
from booking.availability.engine.why import REASONS, find_reason, find_reason_of_day
from tests.property.differences import refused
from tests.property.draws import Draw, draw
from tests.property.oracle_why import ORDER, WhyOracle

CHUNKS, DRAWS = 4, 1_000
LONG_CHUNKS, LONG_DRAWS = 60, 30_000
DRAWS_WITH_EVERY_REASON = 600


def list_asked(drawn: Draw, oracle: WhyOracle) -> list[Instant]:
    """The first offered arrival, and a sample of what is not offered, on and off the grid."""
    offered = [slot.arrives_at for slot in oracle.slots(drawn.on, drawn.on)]
    return [*offered[:1], *refused(drawn, oracle, offered)]


def assert_same_reasons(first_seed: int, last_seed: int) -> None:
    """Ask both about every seed in the half-open range; stop at the first difference."""
    for seed in range(first_seed, last_seed):
        drawn = draw(seed)
        workshop, demand, now = drawn.workshop, drawn.demand, drawn.now
        oracle = WhyOracle(workshop, demand, now)
        of_day = find_reason_of_day(workshop, demand, on=drawn.on, now=now)
        assert of_day == oracle.reason_of_day(drawn.on), f"the day of seed {seed}"
        for arrives_at in list_asked(drawn, oracle):
            reason = find_reason(workshop, demand, arrives_at=arrives_at, now=now)
            assert reason == oracle.reason(arrives_at), f"{arrives_at} of seed {seed}"


def test_both_know_the_reasons_in_the_same_order() -> None:
    assert REASONS == ORDER


def test_the_draws_know_every_reason() -> None:
    met: set[Reason | None] = set()
    for seed in range(DRAWS_WITH_EVERY_REASON):
        drawn = draw(seed)
        oracle = WhyOracle(drawn.workshop, drawn.demand, drawn.now)
        met.update(oracle.reason(arrives_at) for arrives_at in list_asked(drawn, oracle))
        if len(met) > len(REASONS):
            break
    assert met == {None, *REASONS}


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_engine_and_oracle_agree_on_the_reason(chunk: int) -> None:
    size = DRAWS // CHUNKS
    assert_same_reasons(chunk * size, (chunk + 1) * size)


@pytest.mark.long
@pytest.mark.parametrize("chunk", range(LONG_CHUNKS))
def test_engine_and_oracle_agree_on_the_reason_at_length(chunk: int) -> None:
    size = LONG_DRAWS // LONG_CHUNKS
    assert_same_reasons(chunk * size, (chunk + 1) * size)
