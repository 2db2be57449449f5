"""Loading a day for the board: a constant number of statements, whatever stands in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from app.localtime import day_bounds
from app.tenancy.queries import WorkshopView
from booking.appointments.former import DONE, with_former
from booking.appointments.holds import HeldRow, list_held
from booking.appointments.queries import AppointmentView, list_day
from booking.appointments.set_up import SetUp, load_set_up
from booking.availability.engine.opening import opening, working_time
from booking.resources.models import AWAY_KINDS
from booking.resources.queries import BusyRow, list_busy
from calendars.board.day import (
    Column,
    Frame,
    cards_of,
    frame_of,
    minutes_of,
    minutes_within,
    percent,
    shut_around,
)
from calendars.board.held import HeldVisit, blocks_of, visits_of
from calendars.board.lanes import (
    By,
    Lane,
    away_of,
    former_lanes,
    has_courtesy_cars,
    intervals,
    is_unplanned,
    lanes_of,
    off_word,
)


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
    slot_minutes: int
    is_open: bool
    has_courtesy_cars: bool

    @property
    def load(self) -> DayLoad:
        """How full the shown day is."""
        return self.week[self.on.weekday()]


def get_board_day(session: Session, workshop: WorkshopView, *, on: date, by: By) -> BoardDay:
    """The workshop's day by bay, technician or courtesy car, with the load of its week."""
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
    lanes = lanes_of(set_up, on, kind=by)
    lanes += former_lanes(visits, by, known={lane.resource_id for lane in lanes}, frame=frame)
    return BoardDay(
        on=on,
        frame=frame,
        columns=tuple(_column(lane, visits, today, held=held, frame=frame) for lane in lanes),
        week=tuple(list_loads(set_up, busy, monday, days=7)),
        visits=tuple(view for view in visits if not view.appointment.is_wish),
        held=visits_of(held, within=bounds, resources=set_up.resources),
        unplanned=tuple(view for view in visits if is_unplanned(view)),
        done_nowhere=tuple(view for view in visits if view.where("bay") is None and view.status in DONE),
        slot_minutes=set_up.rules.slot_minutes,
        is_open=bool(open_times),
        has_courtesy_cars=has_courtesy_cars(set_up.resources),
    )


def _column(
    lane: Lane, visits: list[AppointmentView], busy: list[BusyRow], *, held: list[HeldRow], frame: Frame
) -> Column:
    mine = [row for row in busy if row.resource_id == lane.resource_id]
    jobs = [(row.starts_at, row.ends_at) for row in mine if row.kind == "job"]
    away = [row for row in mine if row.kind in AWAY_KINDS]
    return Column(
        resource_id=lane.resource_id,
        is_former=lane.is_former,
        kind=lane.kind,
        name=lane.name,
        note=lane.note,
        booked_minutes=minutes_within(jobs, lane.open_times),
        open_minutes=minutes_of(lane.open_times),
        cards=cards_of(visits, resource_id=lane.resource_id, kind=lane.kind, frame=frame),
        held=blocks_of(held, resource_id=lane.resource_id, frame=frame),
        shut=(*shut_around(lane.open_times, frame=frame, label=off_word(lane)), *away_of(away, frame)),
    )


def list_loads(set_up: SetUp, busy: Iterable[BusyRow], first_on: date, *, days: int) -> Iterable[DayLoad]:
    """How full each of these days is, by the working time of the technicians in use."""
    jobs: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    for row in busy:
        if row.kind == "job":
            jobs[row.resource_id].append((row.starts_at, row.ends_at))
    hours = set_up.plain.hours
    for number in range(days):
        on = first_on + timedelta(days=number)
        booked = whole = 0
        for person in set_up.plain.technicians:
            open_times = intervals(working_time(hours, person.week, on))
            booked += minutes_within(jobs[person.id], open_times)
            whole += minutes_of(open_times)
        yield DayLoad(on=on, booked_minutes=booked, open_minutes=whole)
