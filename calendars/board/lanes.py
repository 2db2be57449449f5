"""Whose columns a board has: bays, technicians or courtesy cars, each with the time it works."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from flask_babel import gettext as _

from app.localtime import from_minutes
from booking.appointments.planned import TO_DO
from booking.appointments.queries import AppointmentView
from booking.appointments.set_up import SetUp
from booking.availability.engine.opening import opening, working_time
from booking.resources.models import Resource
from booking.resources.queries import BusyRow
from booking.resources.words import say_tags
from calendars.board.day import Frame, Interval, Shut

By = Literal["bay", "technician", "courtesy_car"]


@dataclass(frozen=True, slots=True)
class Lane:
    """Whose column it is, and when work may stand in it on a day."""

    resource_id: int
    kind: By
    name: str
    note: str
    open_times: list[Interval]
    is_former: bool = False


def intervals(plain: Iterable[tuple[int, int]]) -> list[Interval]:
    """The engine's intervals as instants."""
    return [(from_minutes(a), from_minutes(b)) for a, b in plain]


def lanes_of(set_up: SetUp, on: date, *, kind: By) -> list[Lane]:
    """Those in use, on this local date; only technicians have hours of their own."""
    hours = set_up.plain.hours
    open_times = intervals(opening(hours, on))
    own = {person.id: intervals(working_time(hours, person.week, on)) for person in set_up.plain.technicians}
    return [
        Lane(row.id, kind, row.name, say_tags(row.tags), own.get(row.id, open_times))
        for row in set_up.resources
        if row.kind == kind
    ]


def former_lanes(views: Sequence[AppointmentView], kind: By, *, known: set[int], frame: Frame) -> list[Lane]:
    """Those that are out of use and still have work within the frame, by name."""
    places = [place for view in views if (place := view.where(kind)) and place.resource_id not in known]
    names = {
        place.resource_id: place.name
        for place in places
        if place.starts_at == place.ends_at or frame.span(place.starts_at, place.ends_at)[1]
    }
    note = _("No longer in use")
    return [
        Lane(key, kind, name, note, [], is_former=True)
        for key, name in sorted(names.items(), key=lambda item: (item[1], item[0]))
    ]


def has_courtesy_cars(resources: Iterable[Resource]) -> bool:
    """Whether there is anything to see by courtesy car."""
    return any(row.kind == "courtesy_car" for row in resources)


def is_unplanned(view: AppointmentView) -> bool:
    """Whether there is work to do that takes no bay."""
    return view.place("bay") is None and view.status in TO_DO


def off_word(lane: Lane) -> str:
    """What stands in a lane where no work may."""
    if lane.is_former:
        return lane.note
    return str(_("Off") if lane.kind == "technician" else _("Closed"))


def away_word(row: BusyRow) -> str:
    """What leave, a block or imported busy time is called."""
    words = {"leave": _("Leave"), "block": _("Blocked"), "imported": _("Busy elsewhere")}
    return row.label or str(words[row.kind])


def away_of(rows: Iterable[BusyRow], frame: Frame) -> list[Shut]:
    """Leave, blocks and imported busy time within the frame."""
    spans = [(*frame.span(row.starts_at, row.ends_at), away_word(row)) for row in rows]
    return [Shut(at, length, label) for at, length, label in spans if length]
