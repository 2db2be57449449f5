"""What the two modes have in common: where a visit's work would lie, and who and what could do it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from booking.availability.engine.model import Bay, Instant, Slot, Technician


class Work(NamedTuple):
    """The work from its first to its last minute, pauses included; the earlier, then shorter, first."""

    starts_at: Instant
    ends_at: Instant


@dataclass(frozen=True, slots=True)
class Team:
    """All technicians and bays that are able to do the work and clear for it."""

    technicians: list[Technician]
    bays: list[Bay]


@dataclass(frozen=True, slots=True)
class Chances:
    """Of the rows that working time allows: whether there is one, and who is clear for one of them."""

    row: bool
    technician: bool
    bay: bool


class Plan(Protocol):
    """One mode's rule: wait (rule 7) or drop-off (rule 8)."""

    def work(self, arrives_at: Instant) -> Work | None:
        """Where the work of a car that arrives then would lie, or None if it cannot be done."""

    def work_at(self, arrives_at: Instant, starts_at: Instant) -> Work | None:
        """The work of a car that arrives then if it starts exactly at ``starts_at``, or None if it cannot."""

    def list_slots(self, arrivals: Iterable[Instant]) -> list[Slot]:
        """Those of the arrivals for which ``work()`` finds a place, each with when the car is promised."""

    def chances(self, arrives_at: Instant) -> Chances:
        """What the work of a car that arrives then would find, each resource looked at alone."""

    def chances_at(self, arrives_at: Instant, starts_at: Instant) -> Chances:
        """The same for work that starts exactly at ``starts_at``."""

    def ready_at(self, work: Work) -> Instant:
        """When the car is promised."""

    def team(self, work: Work) -> Team:
        """Everyone and every bay among which rule 12 chooses, for work that was found by one of these."""
