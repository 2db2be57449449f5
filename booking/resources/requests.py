"""What takes a resource, or the whole workshop, out of work for a while, already checked for shape."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from booking.resources.rhythm import Rhythm


@dataclass(frozen=True, slots=True)
class AwayRequest:
    """One resource takes no work over ``[starts_at, ends_at)``, aware UTC on multiples of 5 minutes."""

    resource_id: int
    starts_at: datetime
    ends_at: datetime
    label: str = ""

    @property
    def spans(self) -> tuple[tuple[datetime, datetime], ...]:
        """All of it, as of one that repeats."""
        return ((self.starts_at, self.ends_at),)


@dataclass(frozen=True, slots=True)
class RepeatRequest:
    """One resource takes no work over each of the ``spans``, which are the dates of a rhythm, in order.

    Aware UTC on multiples of 5 minutes, half open; none touches the next.
    """

    resource_id: int
    rhythm: Rhythm
    spans: tuple[tuple[datetime, datetime], ...]
    label: str = ""


@dataclass(frozen=True, slots=True)
class ClosingRequest:
    """The workshop closes on these dates, both included, or over a ``span`` of them.

    ``span`` is in minutes since local midnight, multiples of 5: it closes from the first on the first date
    to the second on the last, as one stretch. Of one date the first lies below the second.
    """

    first_on: date
    last_on: date
    span: tuple[int, int] | None = None
    label: str = ""
