"""The day as a screen in the workshop shows it: by bay, what is on it, what is next; no customer is named."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import format_date
from flask_babel import gettext as _

from app.i18n import pick
from app.localtime import local_date, to_local
from booking.appointments.life_cycle import ENDED_WITHOUT_WORK, TO_COME, Status
from booking.appointments.moving import HERE
from booking.appointments.queries import AppointmentView
from booking.availability.engine.opening import opening
from booking.desk.standing import Reader
from booking.resources.models import AWAY_KINDS
from booking.resources.queries import BusyRow
from calendars.screen.queries import ScreenRows

SIDE_BY_SIDE = 5
"""Bays that stand beside one another in letters that can be read from across the workshop."""

MOST_COLUMNS = 6
MOST_NEXT, MOST_NEXT_OF_MANY = 3, 1
"""What comes after the work on hand, as far as there is room for it."""


@dataclass(frozen=True, slots=True)
class Job:
    """One visit: the car, its work, where it stands and its three clocks, each in words."""

    plate: str
    country: str
    car: str
    work: str
    status: str
    arrives: str
    works: str
    ready: str
    who: str
    waits: bool = False
    is_late: bool = False
    overruns: bool = False


@dataclass(frozen=True, slots=True)
class Bay:
    """One bay: the work on hand, what is ready on it, what is next, and how much follows that.

    ``away`` says until when it is out of use, empty where it is not.
    """

    name: str
    now: tuple[Job, ...]
    ready: tuple[Job, ...]
    next: tuple[Job, ...]
    more: int
    away: str


@dataclass(frozen=True, slots=True)
class Day:
    """Everything that the screen shows; ``waiting`` are cars that are here and have no place."""

    bays: tuple[Bay, ...]
    waiting: tuple[Job, ...]
    is_open: bool

    @property
    def is_many(self) -> bool:
        """Whether there are more bays than one row holds."""
        return len(self.bays) > SIDE_BY_SIDE

    @property
    def columns(self) -> int:
        """How many stand in a row."""
        count = len(self.bays)
        return min(MOST_COLUMNS, -(-count // 2)) if self.is_many else max(1, count)


def show_day(rows: ScreenRows, reader: Reader, *, lang: str) -> Day:
    """Today at the workshop, as the reader's clock stands."""
    visits = [view for view in rows.visits if _takes_place(view)]
    bays = [row for row in rows.set_up.resources if row.kind == "bay"]
    known = {row.id for row in bays}
    named = [(row.id, row.name) for row in bays] + _former_bays(visits, known)
    today = local_date(reader.now, reader.timezone)
    most = MOST_NEXT if len(named) <= SIDE_BY_SIDE else MOST_NEXT_OF_MANY
    return Day(
        bays=tuple(
            _bay(number, name, visits, rows=rows, reader=reader, lang=lang, most=most)
            for number, name in named
        ),
        waiting=tuple(
            _job(view, reader, lang=lang)
            for view in visits
            if view.status in HERE and view.where("bay") is None
        ),
        is_open=bool(opening(rows.set_up.plain.hours, today)),
    )


def _takes_place(view: AppointmentView) -> bool:
    return view.status not in ENDED_WITHOUT_WORK and not view.appointment.is_wish


def _former_bays(visits: Iterable[AppointmentView], known: set[int]) -> list[tuple[int, str]]:
    """Bays that are out of use and still have work today, by name."""
    places = [place for view in visits if (place := view.place("bay"))]
    former = {(place.resource_id, place.name) for place in places if place.resource_id not in known}
    return sorted(former, key=lambda bay: (bay[1], bay[0]))


def _bay(
    number: int,
    name: str,
    visits: Sequence[AppointmentView],
    *,
    rows: ScreenRows,
    reader: Reader,
    lang: str,
    most: int,
) -> Bay:
    here = sorted(
        (view for view in visits if (place := view.where("bay")) and place.resource_id == number), key=_order
    )
    on_hand = [view for view in here if _is_on_hand(view, reader.now)]
    ready = [view for view in here if view.status == Status.READY]
    to_do = [view for view in here if view.status in TO_COME | HERE and view not in on_hand]
    jobs = {view.id: _job(view, reader, lang=lang) for view in here}
    return Bay(
        name=name,
        now=tuple(jobs[view.id] for view in on_hand),
        ready=tuple(jobs[view.id] for view in ready),
        next=tuple(jobs[view.id] for view in to_do[:most]),
        more=len(to_do[most:]),
        away=_away(number, rows.busy, reader),
    )


def _is_on_hand(view: AppointmentView, now: datetime) -> bool:
    """Work that has begun, or is to: the car is here and its turn has come."""
    if view.status in {Status.IN_PROGRESS, Status.WAITING_PARTS}:
        return True
    starts_at = view.appointment.work_starts_at
    return view.status == Status.ARRIVED and starts_at is not None and starts_at <= now


def _order(view: AppointmentView) -> tuple[datetime, int]:
    return view.appointment.work_starts_at or view.appointment.arrives_at, view.id


def _job(view: AppointmentView, reader: Reader, *, lang: str) -> Job:
    visit, technician = view.appointment, view.where("technician")
    vehicle = view.vehicle
    return Job(
        plate=vehicle.plate,
        country=vehicle.plate_country,
        car=f"{vehicle.make} {vehicle.model}".strip(),
        work=", ".join(pick(line.name, lang) for line in view.lines),
        status=visit.status,
        arrives=_time(visit.arrives_at, reader),
        works=_works(view, reader),
        ready=_time(visit.ready_at, reader) if visit.promises_ready else "",
        who=technician.name if technician else "",
        waits=visit.mode == "wait",
        is_late=view.status == Status.CONFIRMED and visit.arrives_at < reader.now,
        overruns=visit.is_overrunning,
    )


def _works(view: AppointmentView, reader: Reader) -> str:
    starts_at, ends_at = view.appointment.work_starts_at, view.appointment.work_ends_at
    if starts_at is None or ends_at is None:
        return ""
    return f"{_time(starts_at, reader)}–{_time(ends_at, reader)}"


def _time(moment: datetime, reader: Reader) -> str:
    """``8:30`` of today, ``Tue 8:30`` of another day."""
    local = to_local(moment, reader.timezone)
    time = f"{local:%-H:%M}"
    if local.date() == local_date(reader.now, reader.timezone):
        return time
    return str(_("%(day)s %(time)s", day=format_date(local.date(), "EEE"), time=time))


def _away(number: int, busy: Iterable[BusyRow], reader: Reader) -> str:
    """Until when the bay is out of use; whose leave or what calendar it is stays at the desk."""
    ends = [
        row.ends_at
        for row in busy
        if row.resource_id == number and row.kind in AWAY_KINDS and row.starts_at <= reader.now < row.ends_at
    ]
    return str(_("Out of use until %(when)s", when=_time(max(ends), reader))) if ends else ""
