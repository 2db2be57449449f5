"""Loading a day for the board: a constant number of statements, whatever stands in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.localtime import day_bounds, from_minutes
from app.tenancy.queries import WorkshopView
from booking.appointments.former import DONE, with_former
from booking.appointments.holds import HeldRow, list_held
from booking.appointments.planned import TO_DO
from booking.appointments.queries import AppointmentView, list_day
from booking.appointments.set_up import SetUp, load_set_up
from booking.availability.engine.opening import opening, working_time
from booking.resources.models import Resource
from booking.resources.queries import BusyRow, list_busy
from calendars.board.day import (
    Column,
    Frame,
    Interval,
    Shut,
    cards_of,
    frame_of,
    minutes_of,
    minutes_within,
    percent,
    shut_around,
)
from calendars.board.held import HeldVisit, blocks_of, visits_of

By = Literal["bay", "technician"]


@dataclass(frozen=True, slots=True)
class DayLoad:
    """How full a day of the week is: technicians' booked of working minutes."""

    on: date
    booked_minutes: int
    open_minutes: int

    @property
    def percent(self) -> int:
        return percent(self.booked_minutes, self.open_minutes)

    @property
    def is_open(self) -> bool:
        return self.open_minutes > 0


@dataclass(frozen=True, slots=True)
class BoardDay:
    """Everything the day's page shows; ``done_nowhere`` are ready or collected and never had a place.

    Nobody comes by a mere wish: of those the day has no visit, but what is ``unplanned``.
    """

    on: date
    frame: Frame
    columns: tuple[Column, ...]
    week: tuple[DayLoad, ...]
    visits: tuple[AppointmentView, ...]
    held: tuple[HeldVisit, ...]
    unplanned: tuple[AppointmentView, ...]
    done_nowhere: tuple[AppointmentView, ...]
    is_open: bool

    @property
    def load(self) -> DayLoad:
        """How full the shown day is."""
        return self.week[self.on.weekday()]


def get_board_day(session: Session, workshop: WorkshopView, *, on: date, by: By) -> BoardDay:
    """The workshop's day by bay or by technician, with the load of its week."""
    monday = on - timedelta(days=on.weekday())
    sunday = monday + timedelta(days=6)
    set_up = load_set_up(session, workshop, first_on=monday, last_on=sunday)
    bounds = day_bounds(on, workshop.timezone)
    busy = list_busy(
        session,
        workshop.garage_id,
        workshop.id,
        starts_at=day_bounds(monday, workshop.timezone)[0],
        ends_at=day_bounds(sunday, workshop.timezone)[1],
    )
    visits = with_former(
        session,
        workshop.garage_id,
        list_day(session, workshop.garage_id, workshop.id, starts_at=bounds[0], ends_at=bounds[1]),
    )
    held = list_held(session, workshop, starts_at=bounds[0], ends_at=bounds[1])
    open_times = intervals(opening(set_up.plain.hours, on))
    today = [row for row in busy if row.ends_at > bounds[0] and row.starts_at < bounds[1]]
    jobs = [(row.starts_at, row.ends_at) for row in today if row.kind == "job"]
    frame = frame_of(bounds, open_times=open_times, jobs=jobs, timezone=workshop.timezone)
    lanes = _lanes(set_up.resources, by, own=_own_time(set_up, on, kind=by), open_times=open_times)
    lanes += _former(visits, by, known={lane.resource_id for lane in lanes}, frame=frame)
    return BoardDay(
        on=on,
        frame=frame,
        columns=tuple(_column(lane, visits, today, held=held, frame=frame) for lane in lanes),
        week=tuple(_week(set_up, busy, monday)),
        visits=tuple(view for view in visits if not view.appointment.is_wish),
        held=visits_of(held, within=bounds, resources=set_up.resources),
        unplanned=tuple(view for view in visits if view.place("bay") is None and view.status in TO_DO),
        done_nowhere=tuple(view for view in visits if view.where("bay") is None and view.status in DONE),
        is_open=bool(open_times),
    )


def intervals(plain: Iterable[tuple[int, int]]) -> list[Interval]:
    """The engine's intervals as instants."""
    return [(from_minutes(a), from_minutes(b)) for a, b in plain]


def _own_time(set_up: SetUp, on: date, *, kind: By) -> dict[int, list[Interval]]:
    """Working time of each technician; bays have no hours of their own."""
    if kind == "bay":
        return {}
    hours = set_up.plain.hours
    return {person.id: intervals(working_time(hours, person.week, on)) for person in set_up.plain.technicians}


@dataclass(frozen=True, slots=True)
class _Lane:
    """Whose column it is, and when work may stand in it."""

    resource_id: int
    kind: By
    name: str
    note: str
    open_times: list[Interval]
    is_former: bool = False


def _lanes(
    resources: Sequence[Resource], kind: By, *, own: dict[int, list[Interval]], open_times: list[Interval]
) -> list[_Lane]:
    """Bays or technicians in use; ``own`` is the working time of those who have one."""
    return [
        _Lane(row.id, kind, row.name, ", ".join(row.tags), own.get(row.id, open_times))
        for row in resources
        if row.kind == kind
    ]


def _former(visits: list[AppointmentView], kind: By, *, known: set[int], frame: Frame) -> list[_Lane]:
    """Bays or technicians that are out of use and still have work within the frame, by name."""
    places = [place for view in visits if (place := view.where(kind)) and place.resource_id not in known]
    names = {
        place.resource_id: place.name
        for place in places
        if place.starts_at == place.ends_at or frame.span(place.starts_at, place.ends_at)[1]
    }
    note = _("No longer in use")
    return [
        _Lane(key, kind, name, note, [], is_former=True)
        for key, name in sorted(names.items(), key=lambda item: (item[1], item[0]))
    ]


def _column(
    lane: _Lane, visits: list[AppointmentView], busy: list[BusyRow], *, held: list[HeldRow], frame: Frame
) -> Column:
    mine = [row for row in busy if row.resource_id == lane.resource_id]
    jobs = [(row.starts_at, row.ends_at) for row in mine if row.kind == "job"]
    away = [row for row in mine if row.kind in {"leave", "block", "imported"}]
    off = lane.note if lane.is_former else _("Off") if lane.kind == "technician" else _("Closed")
    return Column(
        kind=lane.kind,
        name=lane.name,
        note=lane.note,
        booked_minutes=minutes_within(jobs, lane.open_times),
        open_minutes=minutes_of(lane.open_times),
        cards=cards_of(visits, resource_id=lane.resource_id, kind=lane.kind, frame=frame),
        held=blocks_of(held, resource_id=lane.resource_id, frame=frame),
        shut=(*shut_around(lane.open_times, frame=frame, label=off), *_away(away, frame)),
    )


def _away(rows: list[BusyRow], frame: Frame) -> list[Shut]:
    words = {"leave": _("Leave"), "block": _("Blocked"), "imported": _("Busy elsewhere")}
    spans = [(*frame.span(row.starts_at, row.ends_at), row.label or words[row.kind]) for row in rows]
    return [Shut(at, length, label) for at, length, label in spans if length]


def _week(set_up: SetUp, busy: list[BusyRow], monday: date) -> Iterable[DayLoad]:
    jobs: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    for row in busy:
        if row.kind == "job":
            jobs[row.resource_id].append((row.starts_at, row.ends_at))
    hours = set_up.plain.hours
    for number in range(7):
        on = monday + timedelta(days=number)
        booked = whole = 0
        for person in set_up.plain.technicians:
            open_times = intervals(working_time(hours, person.week, on))
            booked += minutes_within(jobs[person.id], open_times)
            whole += minutes_of(open_times)
        yield DayLoad(on=on, booked_minutes=booked, open_minutes=whole)
