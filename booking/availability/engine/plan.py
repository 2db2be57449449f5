"""What the two modes have in common: where a visit's work would lie, and who and what could do it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from booking.availability.engine.model import Bay, Instant, Technician


@dataclass(frozen=True, slots=True, order=True)
class Work:
    """The work from its first to its last minute, pauses included; the earlier, then shorter, first."""

    starts_at: Instant
    ends_at: Instant


@dataclass(frozen=True, slots=True)
class Team:
    """All technicians and bays that are able to do the work and clear for it."""

    technicians: list[Technician]
    bays: list[Bay]


class Plan(Protocol):
    """One mode's rule: wait (rule 7) or drop-off (rule 8)."""

    def work(self, arrives_at: Instant) -> Work | None:
        """Where the work of a car that arrives then would lie, or None if it cannot be done."""

    def ready_at(self, work: Work) -> Instant:
        """When the car is promised."""

    def team(self, work: Work) -> Team:
        """Everyone and every bay among which rule 12 chooses, for work that ``work()`` gave."""
