"""How full a day is, looked at more closely: by skill, and by what it still has room for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from app.localtime import day_bounds
from app.tenancy.queries import WorkshopView
from app.web.filters import capital
from booking.appointments.rooms import ServiceRoom, list_rooms
from booking.appointments.set_up import SetUp, load_set_up
from booking.resources.queries import BusyRow, list_busy
from booking.resources.words import say_tags
from calendars.board.day import Interval, minutes_of, minutes_within, percent
from calendars.board.lanes import lanes_of
from calendars.board.queries import DayLoad, list_loads


@dataclass(frozen=True, slots=True)
class Share:
    """Booked of open minutes, of one bay or of all technicians who have one skill."""

    name: str
    note: str
    booked_minutes: int
    open_minutes: int

    @property
    def percent(self) -> int:
        return percent(self.booked_minutes, self.open_minutes)


@dataclass(frozen=True, slots=True)
class BoardLoad:
    """A day's load; ``rooms`` are empty on a day that is over."""

    on: date
    whole: DayLoad
    bays: tuple[Share, ...]
    skills: tuple[Share, ...]
    rooms: tuple[ServiceRoom, ...]


def get_board_load(session: Session, workshop: WorkshopView, *, on: date, today: date) -> BoardLoad:
    """The workshop's day by bay, skill and service; a constant number of statements."""
    set_up = load_set_up(session, workshop, first_on=on, last_on=on)
    starts_at, ends_at = day_bounds(on, workshop.timezone)
    busy = list_busy(session, workshop.garage_id, workshop.id, starts_at=starts_at, ends_at=ends_at)
    jobs = [row for row in busy if row.kind == "job"]
    return BoardLoad(
        on=on,
        whole=next(iter(list_loads(set_up, busy, on, days=1))),
        bays=tuple(_bays(set_up, jobs, on)),
        skills=tuple(_skills(set_up, jobs, on)),
        rooms=tuple(list_rooms(session, workshop, on=on)) if on >= today else (),
    )


def _bays(set_up: SetUp, jobs: Iterable[BusyRow], on: date) -> Iterable[Share]:
    for lane in lanes_of(set_up, on, kind="bay"):
        booked = minutes_within(_of(jobs, lane.resource_id), lane.open_times)
        yield Share(lane.name, lane.note, booked, minutes_of(lane.open_times))


def _skills(set_up: SetUp, jobs: Iterable[BusyRow], on: date) -> Iterable[Share]:
    """Each skill by name; somebody who has several counts for each of them."""
    lanes = {lane.resource_id: lane for lane in lanes_of(set_up, on, kind="technician")}
    people = [row for row in set_up.resources if row.id in lanes]
    for skill in sorted({tag for row in people for tag in row.tags}):
        able = [lanes[row.id] for row in people if skill in row.tags]
        booked = sum(minutes_within(_of(jobs, lane.resource_id), lane.open_times) for lane in able)
        whole = sum(minutes_of(lane.open_times) for lane in able)
        yield Share(capital(say_tags([skill])), ", ".join(lane.name for lane in able), booked, whole)


def _of(jobs: Iterable[BusyRow], resource_id: int) -> list[Interval]:
    return [(row.starts_at, row.ends_at) for row in jobs if row.resource_id == resource_id]
