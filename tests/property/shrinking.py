"""Makes a draw that shows something as small as it gets while it still shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from typing import Any, TypeVar

from booking.availability.engine.model import Bay, BookingRules, Demand, Hours, Technician, Workshop
from tests.property.draws import Draw

Part = TypeVar("Part", Bay, BookingRules, Demand, Hours, Technician)
LISTS = ("busy", "visits", "courtesy_cars", "technicians", "bays")
NEEDED = ("technicians", "bays")


def smallest(drawn: Draw, shows: Callable[[Draw], bool]) -> Draw:
    """Leave out of the draw, one by one, all that ``shows`` does not need."""
    while True:
        smaller = next((less for less in simpler_draws(drawn) if shows(less)), None)
        if smaller is None:
            return drawn
        drawn = smaller


def simpler_draws(drawn: Draw) -> Iterator[Draw]:
    """Yield the draw with one thing less, or with one setting at its default."""
    for workshop in (*with_less(drawn.workshop), *with_plain_parts(drawn.workshop)):
        yield replace(drawn, workshop=workshop)
    for demand in plainer(drawn.demand, Demand(drawn.demand.mode, drawn.demand.work_minutes)):
        yield replace(drawn, demand=demand)


def with_less(workshop: Workshop) -> Iterator[Workshop]:
    """Yield the workshop without one of its rows, visits or resources."""
    for name in LISTS:
        rows: tuple[Any, ...] = getattr(workshop, name)
        if len(rows) > (name in NEEDED):
            yield from (with_list(workshop, name, rows[:at] + rows[at + 1 :]) for at in range(len(rows)))


def with_plain_parts(workshop: Workshop) -> Iterator[Workshop]:
    """Yield the workshop with one setting of its rules, hours or resources at its default."""
    for rules in plainer(workshop.rules, BookingRules()):
        yield replace(workshop, rules=rules)
    for hours in plainer(workshop.hours, Hours(workshop.hours.timezone, workshop.hours.week)):
        yield replace(workshop, hours=hours)
    for at, bay in enumerate(workshop.bays):
        for plain_bay in plainer(bay, Bay(bay.id, bay.position)):
            yield with_list(workshop, "bays", (*workshop.bays[:at], plain_bay, *workshop.bays[at + 1 :]))
    staff = workshop.technicians
    for at, one in enumerate(staff):
        for plain_one in plainer(one, Technician(one.id, one.position)):
            yield with_list(workshop, "technicians", (*staff[:at], plain_one, *staff[at + 1 :]))


def with_list(workshop: Workshop, name: str, rows: tuple[Any, ...]) -> Workshop:
    changes: dict[str, Any] = {name: rows}
    return replace(workshop, **changes)


def plainer(part: Part, default: Part) -> Iterator[Part]:
    """Yield the part with one field as in the default, for each field that differs from it."""
    for field in fields(part):
        plain = getattr(default, field.name)
        if getattr(part, field.name) != plain:
            changes: dict[str, Any] = {field.name: plain}
            yield replace(part, **changes)
