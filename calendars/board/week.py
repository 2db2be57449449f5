"""A week as a table: a row for each bay, technician or courtesy car, a cell for each of its days."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from app.localtime import day_bounds
from app.tenancy.queries import WorkshopView
from booking.appointments.former import with_former
from booking.appointments.queries import AppointmentView, PlaceView, list_day
from booking.appointments.set_up import load_set_up
from booking.resources.models import AWAY_KINDS
from booking.resources.queries import BusyRow, list_busy
from calendars.board.day import Frame, Interval, minutes_of, minutes_within, percent
from calendars.board.lanes import (
    By,
    Lane,
    away_word,
    former_lanes,
    has_courtesy_cars,
    is_unplanned,
    lanes_of,
    off_word,
)
from calendars.board.queries import DayLoad, list_loads

DAYS = 7


@dataclass(frozen=True, slots=True)
class Slip:
    """A visit in a cell. ``is_carried_over`` began on an earlier day, ``goes_on`` ends on a later one."""

    view: AppointmentView
    starts_at: datetime
    is_carried_over: bool
    goes_on: bool


@dataclass(frozen=True, slots=True)
class Away:
    """Leave, a block or busy time elsewhere, within the day; ``is_whole``: all of its open time."""

    label: str
    starts_at: datetime
    ends_at: datetime
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """One day of one row; ``off`` says why nothing can stand there, and is empty where something can."""

    booked_minutes: int
    open_minutes: int
    slips: tuple[Slip, ...]
    away: tuple[Away, ...]
    off: str

    @property
    def percent(self) -> int:
        """Booked of open minutes, in percent."""
        return percent(self.booked_minutes, self.open_minutes)


@dataclass(frozen=True, slots=True)
class Row:
    """A bay, technician or courtesy car with its days; ``is_former``: out of use."""

    resource_id: int
    is_former: bool
    name: str
    note: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class BoardWeek:
    """Everything the week's page shows. ``days`` leaves out those on which nothing opens and nobody comes.

    ``unplanned`` and ``visits`` have an entry for each day, by the local date of the arrival; of what is
    merely wished there is no visit. ``there`` has those that the day's own page shows: who comes, and what is
    worked on or stays.
    """

    days: tuple[DayLoad, ...]
    rows: tuple[Row, ...]
    unplanned: tuple[tuple[AppointmentView, ...], ...]
    visits: tuple[tuple[AppointmentView, ...], ...]
    there: tuple[tuple[AppointmentView, ...], ...]
    has_courtesy_cars: bool


def get_board_week(session: Session, workshop: WorkshopView, *, monday: date, by: By) -> BoardWeek:
    """The workshop's week from ``monday`` on; a constant number of statements."""
    sunday = monday + timedelta(days=DAYS - 1)
    frame = Frame(day_bounds(monday, workshop.timezone)[0], day_bounds(sunday, workshop.timezone)[1])
    set_up = load_set_up(session, workshop, first_on=monday, last_on=sunday)
    starts_at, ends_at = frame.starts_at, frame.ends_at
    busy = list_busy(session, workshop.garage_id, workshop.id, starts_at=starts_at, ends_at=ends_at)
    found = list_day(session, workshop.garage_id, workshop.id, starts_at=starts_at, ends_at=ends_at)
    visits = with_former(session, workshop.garage_id, found)
    loads = list(list_loads(set_up, busy, monday, days=DAYS))
    bounds = {load.on: day_bounds(load.on, workshop.timezone) for load in loads}
    shown = [
        load for load in loads if load.is_open or any(_touches(view, bounds[load.on]) for view in visits)
    ]
    lanes = [lanes_of(set_up, load.on, kind=by) for load in shown]
    known = {lane.resource_id for lane in lanes[0]} if lanes else set()
    former = former_lanes(visits, by, known=known, frame=frame)
    arriving = [[view for view in visits if _arrives(view, bounds[load.on])] for load in shown]
    columns = [
        [_cell(lane, visits, busy, day=bounds[load.on]) for lane in (*of_day, *former)]
        for load, of_day in zip(shown, lanes, strict=True)
    ]
    heads = [*lanes[0], *former] if lanes else []
    return BoardWeek(
        days=tuple(shown),
        rows=tuple(
            Row(
                resource_id=lane.resource_id,
                is_former=lane.is_former,
                name=lane.name,
                note=lane.note,
                cells=tuple(column[number] for column in columns),
            )
            for number, lane in enumerate(heads)
        ),
        unplanned=tuple(_those(views, is_unplanned) for views in arriving),
        visits=tuple(_those(views, _is_promised) for views in arriving),
        there=tuple(_those(_there(visits, bounds[load.on]), _is_promised) for load in shown),
        has_courtesy_cars=has_courtesy_cars(set_up.resources),
    )


def _cell(lane: Lane, visits: Iterable[AppointmentView], busy: Iterable[BusyRow], *, day: Interval) -> Cell:
    mine = [row for row in busy if row.resource_id == lane.resource_id]
    jobs = [(row.starts_at, row.ends_at) for row in mine if row.kind == "job"]
    away = [row for row in mine if row.kind in AWAY_KINDS]
    return Cell(
        booked_minutes=minutes_within(jobs, lane.open_times),
        open_minutes=minutes_of(lane.open_times),
        slips=tuple(sorted(_slips(lane, visits, day), key=lambda slip: (slip.starts_at, slip.view.id))),
        away=tuple(_away(away, lane.open_times, day)),
        off="" if lane.open_times else off_word(lane),
    )


def _slips(lane: Lane, visits: Iterable[AppointmentView], day: Interval) -> Iterator[Slip]:
    """A visit that only stays while nothing is open has no slip that day."""
    for view in visits:
        place = view.where(lane.kind)
        if place is None or place.resource_id != lane.resource_id or not _lies_in(place, day):
            continue
        is_carried_over, goes_on = place.starts_at < day[0], place.ends_at > day[1]
        if lane.open_times or not (is_carried_over and goes_on):
            yield Slip(view, max(place.starts_at, day[0]), is_carried_over, goes_on)


def _away(rows: Iterable[BusyRow], open_times: Sequence[Interval], day: Interval) -> Iterator[Away]:
    """What of it lies in open time, from its first minute to its last."""
    whole = minutes_of(open_times)
    for row in rows:
        taken = minutes_within([(row.starts_at, row.ends_at)], open_times)
        if taken:
            starts_at, ends_at = max(row.starts_at, day[0]), min(row.ends_at, day[1])
            yield Away(away_word(row), starts_at, ends_at, is_whole=taken == whole)


def _touches(view: AppointmentView, day: Interval) -> bool:
    """Whether somebody comes, or some work begins or ends, that day."""
    edges = [edge for place in view.places for edge in (place.starts_at, place.ends_at)]
    return _arrives(view, day) or any(day[0] < edge < day[1] for edge in edges)


def _those(
    views: Iterable[AppointmentView], have: Callable[[AppointmentView], bool]
) -> tuple[AppointmentView, ...]:
    return tuple(view for view in views if have(view))


def _is_promised(view: AppointmentView) -> bool:
    """Nobody comes by a mere wish."""
    return not view.appointment.is_wish


def _there(views: Iterable[AppointmentView], day: Interval) -> Iterator[AppointmentView]:
    """Who comes that day, or takes anything of it."""
    for view in views:
        if _arrives(view, day) or any(
            place.starts_at < day[1] and place.ends_at > day[0] for place in view.places
        ):
            yield view


def _arrives(view: AppointmentView, day: Interval) -> bool:
    return day[0] <= view.appointment.arrives_at < day[1]


def _lies_in(place: PlaceView, day: Interval) -> bool:
    """Whether it takes some of the day; what was done and took no time lies where it was done."""
    if place.starts_at == place.ends_at:
        return day[0] <= place.starts_at < day[1]
    return place.starts_at < day[1] and place.ends_at > day[0]
