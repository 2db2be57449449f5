"""What the pages of conflicts, leave and closings show, line by line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app import clock
from app.localtime import local_date
from app.tenancy.queries import WorkshopView
from booking.appointments.conflicts import start_of_today
from booking.appointments.touched import Request
from booking.desk.conflicts.forms import WHOLE
from booking.desk.conflicts.words import DAY_ENDS, Stretch, say_spans, say_stretch, stretch_of
from booking.resources.models import Absence, OpeningException, Resource
from booking.resources.queries import list_absences, list_exceptions
from booking.resources.requests import AwayRequest

SYMBOLS = {"technician": "wrench", "bay": "swap", "courtesy_car": "key", WHOLE: "clock"}
ORDER = ("technician", "bay", "courtesy_car")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of what is coming; without ``endpoint`` it cannot be taken back here."""

    symbol: str
    title: str
    line: str
    first_on: date
    endpoint: str = ""
    number: int = 0
    version: int = 0

    @property
    def place(self) -> dict[str, int]:
        """The row's part of the address that takes it back."""
        return {"absence_id" if self.endpoint.endswith("end_absence") else "exception_id": self.number}


def list_coming(session: Session, workshop: WorkshopView) -> list[Row]:
    """Leave, blocks, closings and special hours from today on, by their first day."""
    today = local_date(clock.now(), workshop.timezone)
    after = start_of_today(workshop)
    absences = list_absences(session, workshop.garage_id, workshop.id, after=after)
    exceptions = list_exceptions(session, workshop.garage_id, workshop.id)
    rows = [_absence_row(absence, resource, workshop.timezone) for absence, resource in absences]
    rows += [_exception_row(row, workshop.timezone) for row in exceptions if row.last_on >= today]
    return sorted(rows, key=lambda row: row.first_on)


def list_subjects(resources: Iterable[Resource]) -> list[tuple[str, str]]:
    """Who or what may be away: the whole workshop, then its people, bays and courtesy cars."""
    words = {"technician": _("Technician"), "bay": _("Bay"), "courtesy_car": _("Courtesy car")}
    ordered = sorted(resources, key=lambda row: ORDER.index(row.kind))
    return [
        (WHOLE, _("Whole workshop")),
        *((str(row.id), f"{words[row.kind]} · {row.name}") for row in ordered),
    ]


def say_request(request: Request, resources: Iterable[Resource], workshop: WorkshopView) -> str:
    """``Nadia on leave: Fri 11 Dec``: what would be entered, as the heading of its preview."""
    when = say_stretch(_stretch(request, workshop.timezone), workshop.timezone)
    if not isinstance(request, AwayRequest):
        return str(_("Workshop closed: %(when)s", when=when))
    resource = next(row for row in resources if row.id == request.resource_id)
    if resource.kind == "technician":
        return str(_("%(name)s on leave: %(when)s", name=resource.name, when=when))
    return str(_("%(name)s out of use: %(when)s", name=resource.name, when=when))


def _stretch(request: Request, timezone: str) -> Stretch:
    if isinstance(request, AwayRequest):
        return stretch_of(request.starts_at, request.ends_at, timezone)
    opens, closes = request.span or (0, DAY_ENDS)
    return Stretch(request.first_on, opens, request.last_on, closes)


def _absence_row(absence: Absence, resource: Resource, timezone: str) -> Row:
    stretch = stretch_of(absence.starts_at, absence.ends_at, timezone)
    word = _("Leave") if absence.kind == "leave" else _("Out of use")
    return Row(
        symbol=SYMBOLS[resource.kind],
        title=resource.name,
        line=_line(word, say_stretch(stretch, timezone), absence.label),
        first_on=stretch.first_on,
        endpoint="booking_conflicts.end_absence",
        number=absence.id,
        version=absence.version,
    )


def _exception_row(row: OpeningException, timezone: str) -> Row:
    is_stretch = bool(row.closed) and row.first_on != row.last_on
    opens, closes = row.closed[0] if row.closed and is_stretch else (0, DAY_ENDS)
    when = say_stretch(Stretch(row.first_on, opens, row.last_on, closes), timezone)
    return Row(
        symbol=SYMBOLS[WHOLE],
        title=_("Whole workshop"),
        line=_line(_say_exception(row), when, row.label),
        first_on=row.first_on,
        endpoint="booking_conflicts.end_closing" if row.closed is not None else "",
        number=row.id,
        version=row.version,
    )


def _say_exception(row: OpeningException) -> str:
    if row.closed and row.first_on == row.last_on:
        return str(_("Closed %(hours)s", hours=say_spans(row.closed)))
    is_open = row.closed is None and row.hours
    return str(_("Open %(hours)s", hours=say_spans(row.hours))) if is_open else str(_("Closed"))


def _line(*words: str) -> str:
    return " · ".join(filter(None, words))
