"""Stretches of time as big integers: one bit per 5 minutes (a *tick*) of a window in UTC."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from booking.availability.engine.model import TICK, Instant

TickSpan = tuple[int, int]
"""First tick, and the tick after the last; counted from the start of the window."""


@dataclass(frozen=True, slots=True)
class Window:
    """The stretch of time a search looks at; ``starts_at`` lies on a tick."""

    starts_at: Instant
    size: int

    @property
    def ends_at(self) -> Instant:
        return self.starts_at + self.size * TICK

    def tick(self, at: Instant) -> int:
        """The tick that an instant lies in."""
        return (at - self.starts_at) // TICK

    def instant(self, tick: int) -> Instant:
        return self.starts_at + tick * TICK

    def span(self, starts_at: Instant, ends_at: Instant) -> TickSpan:
        """Round outward to ticks and cut to the window; empty if nothing is left."""
        first, end = (starts_at - self.starts_at) // TICK, -((self.starts_at - ends_at) // TICK)
        # Comparisons are several times faster here than min() and max(); every occupancy comes by.
        return 0 if first < 0 else first, self.size if end > self.size else end

    def mask(self, intervals: Iterable[tuple[Instant, Instant]]) -> int:
        return mask_of(self.span(*interval) for interval in intervals)


def window_over(starts_at: Instant, ends_at: Instant) -> Window:
    """The smallest window of whole ticks around ``[starts_at, ends_at)``."""
    first = starts_at // TICK
    return Window(first * TICK, max(0, -(-ends_at // TICK) - first))


def mask_of(spans: Iterable[TickSpan]) -> int:
    """The union of spans; empty ones add nothing."""
    mask = 0
    for first, end in spans:
        if first < end:
            mask |= ((1 << (end - first)) - 1) << first
    return mask


def erode(mask: int, length: int) -> int:
    """The ticks from which ``length`` ticks in a row are set, by doubling the reach of each AND."""
    reached = 1
    while reached < length:
        step = min(reached, length - reached)
        mask &= mask >> step
        reached += step
    return mask


def has(mask: int, tick: int) -> bool:
    return bool(mask >> tick & 1)


def count(mask: int, span: TickSpan) -> int:
    """How many ticks of a span are set."""
    return cut(mask, span).bit_count()


def cut(mask: int, span: TickSpan) -> int:
    """The part of a mask within a span, in place."""
    first, end = span
    return mask & ((1 << end) - (1 << first)) if first < end else 0


def lowest(mask: int, tick: int = 0) -> int | None:
    """The first set tick at or after ``tick``, or None."""
    rest = mask >> tick
    return tick + (rest & -rest).bit_length() - 1 if rest else None


def highest(mask: int) -> int | None:
    """The last set tick, or None."""
    return mask.bit_length() - 1 if mask else None
