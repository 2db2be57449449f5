"""The life of an appointment: its states, and the table of moves between them."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """States of an appointment; ``arrived`` reads "checked in" on screens."""

    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    ARRIVED = "arrived"
    IN_PROGRESS = "in_progress"
    WAITING_PARTS = "waiting_parts"
    READY = "ready"
    COLLECTED = "collected"
    CANCELLED = "cancelled"
    DECLINED = "declined"
    EXPIRED = "expired"
    NO_SHOW = "no_show"


ENDED_WITHOUT_WORK = frozenset({Status.CANCELLED, Status.DECLINED, Status.EXPIRED, Status.NO_SHOW})
"""States that are not live: they take no resource and count nowhere."""

LIVE = frozenset(Status) - ENDED_WITHOUT_WORK

TO_COME = frozenset({Status.REQUESTED, Status.CONFIRMED})
"""The car is not here yet."""

IN_WORK = frozenset({Status.ARRIVED, Status.IN_PROGRESS, Status.WAITING_PARTS})
"""The car is here and its work is not done: what lasts longer than planned keeps its place."""

HAS_COME = IN_WORK | {Status.READY, Status.COLLECTED}
"""States in which a courtesy car has been handed over."""

MOVES: dict[Status, frozenset[Status]] = {
    Status.REQUESTED: frozenset({Status.CONFIRMED, Status.DECLINED, Status.EXPIRED, Status.CANCELLED}),
    Status.CONFIRMED: frozenset({Status.ARRIVED, Status.IN_PROGRESS, Status.CANCELLED, Status.NO_SHOW}),
    Status.ARRIVED: frozenset({Status.IN_PROGRESS, Status.READY}),
    Status.IN_PROGRESS: frozenset({Status.WAITING_PARTS, Status.READY}),
    Status.WAITING_PARTS: frozenset({Status.IN_PROGRESS}),
    Status.READY: frozenset({Status.COLLECTED}),
    Status.NO_SHOW: frozenset({Status.ARRIVED}),
    Status.COLLECTED: frozenset(),
    Status.CANCELLED: frozenset(),
    Status.DECLINED: frozenset(),
    Status.EXPIRED: frozenset(),
}


DECISIONS = frozenset({Status.CONFIRMED, Status.DECLINED})
"""The garage's answers to a request; they count only until its time is over."""

WHEN_DUE = frozenset({Status.NO_SHOW})
"""States that a visit may come to only once its arrival time has passed."""


def may_move(current: Status, target: Status) -> bool:
    """Whether the table allows the step."""
    return target in MOVES[current]
