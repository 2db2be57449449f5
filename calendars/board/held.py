"""What is being booked online at this moment: why a place is taken, and until when. Nobody's name. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from booking.appointments.holds import HeldRow
from booking.resources.models import Resource
from calendars.board.day import Frame, HeldBlock, Interval


@dataclass(frozen=True, slots=True)
class HeldVisit:
    """A chosen arrival in the list, with the name of its bay."""

    arrives_at: datetime
    place: str
    until: datetime


def blocks_of(rows: Iterable[HeldRow], *, resource_id: int, frame: Frame) -> tuple[HeldBlock, ...]:
    """The blocks of one resource within the frame."""
    spans = [
        (*frame.span(row.starts_at, row.ends_at), row.expires_at)
        for row in rows
        if row.resource_id == resource_id
    ]
    return tuple(HeldBlock(at, length, until) for at, length, until in spans if length)


def visits_of(
    rows: Iterable[HeldRow], *, within: Interval, resources: Iterable[Resource]
) -> tuple[HeldVisit, ...]:
    """The chosen arrivals within ``within``, each once, in order of time."""
    bay_names = {row.id: row.name for row in resources if row.kind == "bay"}
    found = {
        row.hold_id: HeldVisit(row.arrives_at, bay_names[row.resource_id], row.expires_at)
        for row in rows
        if row.resource_id in bay_names and within[0] <= row.arrives_at < within[1]
    }
    return tuple(sorted(found.values(), key=lambda each: (each.arrives_at, each.place)))
