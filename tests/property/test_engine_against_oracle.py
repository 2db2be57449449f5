"""The engine and the oracle give the same answer to every draw."""

from __future__ import annotations

import pytest

from tests.property.differences import find_difference, report
from tests.property.draws import draw

CHUNKS, DRAWS = 4, 1_000
LONG_CHUNKS, LONG_DRAWS = 60, 30_000


def assert_same_answers(first_seed: int, last_seed: int) -> None:
    """Ask both about every seed in the half-open range; stop at the first difference."""
    for seed in range(first_seed, last_seed):
        drawn = draw(seed)
        assert find_difference(drawn) is None, report(drawn)


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_engine_and_oracle_agree(chunk: int) -> None:
    size = DRAWS // CHUNKS
    assert_same_answers(chunk * size, (chunk + 1) * size)


@pytest.mark.long
@pytest.mark.parametrize("chunk", range(LONG_CHUNKS))
def test_engine_and_oracle_agree_at_length(chunk: int) -> None:
    size = LONG_DRAWS // LONG_CHUNKS
    assert_same_answers(chunk * size, (chunk + 1) * size)
