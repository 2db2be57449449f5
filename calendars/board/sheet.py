"""The day on paper: every car of a day with its three clocks, by bay or in order of arrival."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from app.localtime import local_date
from app.tenancy.queries import WorkshopView
from app.web.filters import duration, localday, localtime
from booking.appointments.former import DONE
from booking.appointments.life_cycle import LIVE
from booking.appointments.queries import AppointmentView
from calendars.board.queries import BoardDay, get_board_day

Order = Literal["bay", "time"]


ROOMY, CLOSE = 12, 17
"""Most cars that fit on one page in the large and in the middle size of type."""


@dataclass(frozen=True, slots=True)
class WallClock:
    """``8:30``; ``day`` only where it is another than the one it stands under."""

    time: str
    day: str = ""

    def __str__(self) -> str:
        return f"{self.day} {self.time}".strip()


NOT_PROMISED = WallClock("")


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One car with its three clocks; ``work`` and ``ready`` are empty while the visit has no place.

    ``remarks`` are what hands must know.
    """

    view: AppointmentView
    arrives: WallClock
    work: str
    ready: WallClock
    bay: str
    technician: str
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A heading with its cars; a bay may have none."""

    name: str
    note: str
    rows: tuple[SheetRow, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A total of the day, with its word."""

    value: str
    word: str


@dataclass(frozen=True, slots=True)
class DaySheet:
    """A day as it is printed or sent; ``figures`` is empty when nobody comes."""

    on: date
    parts: tuple[SheetPart, ...]
    figures: tuple[Figure, ...]
    is_open: bool

    @property
    def is_empty(self) -> bool:
        return not self.figures

    @property
    def size(self) -> str:
        """How large its type may be: the more cars, the closer they stand."""
        cars = sum(len(part.rows) for part in self.parts)
        return "roomy" if cars <= ROOMY else "close" if cars <= CLOSE else "closest"


def get_day_sheet(session: Session, workshop: WorkshopView, *, on: date, order: Order = "bay") -> DaySheet:
    """The workshop's sheet of a local date, in the language of the moment.

    Every visit that takes place and arrives, is worked on or stays that day: by bay, those without
    a place last, or in one list by arrival. A constant number of statements.
    """
    board = get_board_day(session, workshop, on=on, by="bay")
    rows = [_row(view, on, workshop.timezone) for view in board.visits if view.status in LIVE]
    return DaySheet(
        on=on,
        parts=tuple(_parts(board, rows, order)) if rows else (),
        figures=_figures(board, rows) if rows else (),
        is_open=board.is_open,
    )


def _parts(board: BoardDay, rows: list[SheetRow], order: Order) -> Iterable[SheetPart]:
    if order == "time":
        yield SheetPart(_("By time of arrival"), "", tuple(rows))
        return
    notes = {column.name: column.note for column in board.columns}
    archived = {row.bay: "" for row in rows if row.bay and row.bay not in notes}
    for name, note in (notes | archived).items():
        mine = [row for row in rows if row.bay == name]
        yield SheetPart(name, note, tuple(sorted(mine, key=_work_starts_at)))
    if without := [row for row in rows if not row.bay]:
        to_place = [row for row in without if row.view.status not in DONE]
        done = [row for row in without if row.view.status in DONE]
        yield from (
            SheetPart(name, "", tuple(part))
            for name, part in ((_("To place"), to_place), (_("Done without a place"), done))
            if part
        )


def _work_starts_at(row: SheetRow) -> datetime:
    return row.view.appointment.work_starts_at or row.view.appointment.arrives_at


def _row(view: AppointmentView, on: date, timezone: str) -> SheetRow:
    visit = view.appointment
    bay, technician = view.where("bay"), view.where("technician")
    work = ""
    if visit.work_starts_at and visit.work_ends_at:
        first, last = visit.work_starts_at, visit.work_ends_at
        ends = wall_clock(last, local_date(first, timezone), timezone)
        work = f"{wall_clock(first, on, timezone)}–{ends}"
    return SheetRow(
        view=view,
        arrives=wall_clock(visit.arrives_at, on, timezone),
        work=work,
        ready=wall_clock(visit.ready_at, on, timezone) if visit.promises_ready else NOT_PROMISED,
        bay=bay.name if bay else "",
        technician=technician.name if technician else "",
        remarks=tuple(_remarks(view)),
    )


def wall_clock(moment: datetime, on: date, timezone: str) -> WallClock:
    """The time of a moment, with its day on another local date than ``on``."""
    day = "" if local_date(moment, timezone) == on else localday(moment, timezone, "EEE d")
    return WallClock(localtime(moment, timezone), day)


def _remarks(view: AppointmentView) -> Iterable[str]:
    visit = view.appointment
    if visit.mode == "wait":
        yield _("Waits here.")
    if visit.courtesy_car:
        lent = view.place("courtesy_car")
        yield _("Courtesy car: %(name)s.", name=lent.name) if lent else _("Courtesy car.")
    if visit.notes:
        yield visit.notes


def _figures(board: BoardDay, rows: list[SheetRow]) -> tuple[Figure, ...]:
    visits = [row.view.appointment for row in rows]
    waiting = sum(visit.mode == "wait" for visit in visits)
    lent = sum(visit.courtesy_car for visit in visits)
    worked = board.load.booked_minutes
    figures = [Figure(str(len(rows)), ngettext("car", "cars", len(rows)))]
    if waiting:
        figures.append(Figure(str(waiting), ngettext("waits", "wait", waiting)))
    if lent:
        figures.append(Figure(str(lent), ngettext("courtesy car", "courtesy cars", lent)))
    if worked:
        figures.append(Figure(duration(worked), _("of work")))
    return tuple(figures)
