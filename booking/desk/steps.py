"""Which step comes next for a visit, in the order the desk would take it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from booking.appointments.life_cycle import WHEN_DUE, Status


@dataclass(frozen=True, slots=True)
class Step:
    """One button: the state it leads to, what it says, and the key that presses it.

    ``keeps_car``: the customer goes on driving the courtesy car.
    """

    target: Status
    label: Any
    symbol: str
    key: str = ""
    keeps_car: bool = False


_STEPS: dict[Status, tuple[Step, ...]] = {
    Status.REQUESTED: (Step(Status.CONFIRMED, _l("Accept"), "check", "A"),),
    Status.CONFIRMED: (
        Step(Status.ARRIVED, _l("Check in"), "check", "C"),
        Step(Status.IN_PROGRESS, _l("Start work"), "wrench", "S"),
        Step(Status.NO_SHOW, _l("No-show"), "x"),
    ),
    Status.ARRIVED: (
        Step(Status.IN_PROGRESS, _l("Start work"), "wrench", "S"),
        Step(Status.READY, _l("Mark as ready"), "check", "R"),
    ),
    Status.IN_PROGRESS: (
        Step(Status.READY, _l("Mark as ready"), "check", "R"),
        Step(Status.WAITING_PARTS, _l("Waiting for parts"), "hour"),
    ),
    Status.WAITING_PARTS: (Step(Status.IN_PROGRESS, _l("Go on with the work"), "wrench"),),
    Status.READY: (Step(Status.COLLECTED, _l("Collected"), "key"),),
    Status.NO_SHOW: (Step(Status.ARRIVED, _l("Came after all"), "check"),),
}


BY_HAND = frozenset(step.target for steps in _STEPS.values() for step in steps)
"""States that somebody at the desk may name; only time lets a request expire."""


WITHOUT_CAR = Step(Status.COLLECTED, _l("Collected, courtesy car still out"), "key", keeps_car=True)


def next_steps(status: Status, *, is_due: bool, is_car_out: bool = False) -> tuple[Step, ...]:
    """The steps to offer; cancelling and declining, which take a reason, stand elsewhere.

    ``is_due``: the arrival time has passed; before it nobody has failed to come. ``is_car_out``: a
    courtesy car is lent, which normally comes back when the customer collects.
    """
    steps = tuple(step for step in _STEPS.get(status, ()) if is_due or step.target not in WHEN_DUE)
    return (*steps, WITHOUT_CAR) if is_car_out and status == Status.READY else steps
