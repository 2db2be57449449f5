"""Whether a visit can be done here at all: by skills and equipment alone, whatever the time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from booking.availability.engine.model import Demand, Workshop


def is_able(workshop: Workshop, parts: Iterable[Demand]) -> bool:
    """Whether one bay and one technician have all that the parts of a visit need together."""
    needed = list(parts)
    equipment = frozenset[str]().union(*(part.equipment for part in needed))
    skills = frozenset[str]().union(*(part.skills for part in needed))
    return any(equipment <= bay.equipment for bay in workshop.bays) and any(
        skills <= technician.skills for technician in workshop.technicians
    )


def list_ways_out(workshop: Workshop, parts: Sequence[Demand]) -> list[tuple[int, ...]]:
    """What to leave out so that the rest of a visit can be done: places in ``parts``, a tuple a way.

    Every single part that is enough; where none is, one way that keeps the parts in their order as
    far as they go together. Empty where not one part can be done.
    """
    places = range(len(parts))
    single: list[tuple[int, ...]] = [
        (out,) for out in places if len(parts) > 1 and is_able(workshop, _without(parts, out))
    ]
    if single:
        return single
    kept: list[int] = []
    for place in places:
        if is_able(workshop, [parts[each] for each in (*kept, place)]):
            kept.append(place)
    return [tuple(place for place in places if place not in kept)] if kept else []


def _without(parts: Sequence[Demand], out: int) -> list[Demand]:
    return [part for place, part in enumerate(parts) if place != out]
