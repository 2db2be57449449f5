"""Properties in two sizes: as many examples as a short run has time for, and all of them in a long one."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import SearchStrategy

TOO_MUCH = [HealthCheck.too_slow, HealthCheck.data_too_large]


def holds_for(
    *drawn: SearchStrategy[Any], short: int, full: int, **named: SearchStrategy[Any]
) -> Callable[[Callable[..., None]], Callable[[int], None]]:
    """Make a test of a property: ``short`` examples in ``make test``, ``full`` in ``make test-long``."""

    def make_test(prop: Callable[..., None]) -> Callable[[int], None]:
        def test(examples: int) -> None:
            how = settings(max_examples=examples, deadline=None, suppress_health_check=TOO_MUCH)
            how(given(*drawn, **named)(prop))()

        update_wrapper(test, prop)
        del test.__wrapped__  # type: ignore[attr-defined]  # pytest would ask for the property's arguments
        sizes = [short, pytest.param(full, marks=pytest.mark.long)]
        return pytest.mark.parametrize("examples", sizes)(test)

    return make_test
