"""What the pages of conflicts, leave and closings show, line by line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app import clock
from app.localtime import local_date
from app.tenancy.queries import WorkshopView
from app.web.filters import capital
from booking.appointments.conflicts import Conflict, start_of_today
from booking.appointments.lengths import next_tick
from booking.appointments.moving import DeskPlace
from booking.appointments.nearest import list_nearest_works
from booking.appointments.queries import AppointmentView
from booking.appointments.replanning import Proposed
from booking.appointments.requests import MoveRequest
from booking.appointments.touched import Request
from booking.desk.conflicts.forms import EVERY, WEEKDAYS, WHOLE, write_place
from booking.desk.conflicts.words import (
    DAY_ENDS,
    Stretch,
    say_rate,
    say_rhythm,
    say_spans,
    say_stretch,
    say_weekday,
    stretch_of,
)
from booking.desk.drop.page import WorkOffer, list_work_offers
from booking.desk.move.page import load_team
from booking.desk.standing import Reader
from booking.resources.models import Absence, AbsenceSeries, OpeningException, Resource
from booking.resources.queries import list_absences, list_exceptions
from booking.resources.requests import AwayRequest, ClosingRequest, RepeatRequest
from booking.resources.rhythm import Rhythm
from booking.resources.series import list_series

SYMBOLS = {"technician": "wrench", "bay": "swap", "courtesy_car": "key", WHOLE: "clock"}
ORDER = ("technician", "bay", "courtesy_car")


@dataclass(frozen=True, slots=True)
class Series:
    """What repeats, as its line unfolds: the dates to come, each a line of its own, and the last of them."""

    id: int
    version: int
    dates: tuple[Row, ...]
    last_on: date


@dataclass(frozen=True, slots=True)
class Row:
    """One line of what is coming; without ``endpoint`` or ``series`` it is special hours, of the settings."""

    symbol: str
    title: str
    line: str
    first_on: date
    endpoint: str = ""
    number: int = 0
    version: int = 0
    series: Series | None = None

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
    repeated = list_series(session, workshop.garage_id, {each.series_id for each, _ in absences})
    rows = list_series_rows(absences, repeated, workshop.timezone)
    single = [(absence, resource) for absence, resource in absences if absence.series_id is None]
    rows += [_absence_row(absence, resource, workshop.timezone) for absence, resource in single]
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


def list_weekdays() -> list[tuple[str, str]]:
    """The days of the week, as the form sends and says them."""
    return [(code, say_weekday(number)) for number, code in enumerate(WEEKDAYS)]


def list_rates() -> list[tuple[str, str]]:
    """How often something may repeat, from not at all on."""
    return [("", _("Once")), *((weeks, capital(say_rate(int(weeks)))) for weeks in EVERY)]


def say_request(request: Request, resources: Iterable[Resource], workshop: WorkshopView) -> str:
    """``Nadia on leave: Fri 11 Dec``: what would be entered, as the heading of its preview."""
    if isinstance(request, RepeatRequest):
        when = say_rhythm(request.rhythm, workshop.timezone, dates=len(request.spans))
    else:
        when = say_stretch(_stretch(request, workshop.timezone), workshop.timezone)
    if isinstance(request, ClosingRequest):
        return str(_("Workshop closed: %(when)s", when=when))
    resource = next(row for row in resources if row.id == request.resource_id)
    if resource.kind == "technician":
        return str(_("%(name)s on leave: %(when)s", name=resource.name, when=when))
    return str(_("%(name)s out of use: %(when)s", name=resource.name, when=when))


@dataclass(frozen=True, slots=True)
class Option:
    """A new place for a visit, as its radio sends and says it; ``tells``: whether its customer is told."""

    value: str
    when: str
    where: str
    tells: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A touched visit as it stands, its new places, and the one that is chosen: empty leaves it."""

    view: AppointmentView
    now: str
    options: tuple[Option, ...]
    chosen: str


def list_proposals(
    proposed: Iterable[Proposed],
    resources: Iterable[Resource],
    workshop: WorkshopView,
    *,
    chosen: Mapping[str, str],
) -> list[Proposal]:
    """Each touched visit with its new places; the first is chosen unless something was ``chosen`` before."""
    names = {row.id: row.name for row in resources}
    reader = Reader(clock.now(), workshop.timezone)
    rows = []
    for each in proposed:
        options = tuple(_option(each.view, place, names=names, reader=reader) for place in each.places)
        values = [option.value for option in options]
        before = chosen.get(f"place-{each.view.id}")
        first = values[0] if values else ""
        kept = before if before == "" or before in values else first
        rows.append(Proposal(each.view, _say_now(each.view, reader), options, kept or ""))
    return rows


def offer_places(session: Session, row: Conflict) -> list[WorkOffer]:
    """The free places nearest to where the work of a visit in conflict is, as buttons."""
    view, workshop = row.view, row.workshop
    appointment = view.appointment
    starts_at = appointment.work_starts_at or appointment.arrives_at
    wanted = MoveRequest(
        appointment.arrives_at, works_at=max(starts_at, next_tick(clock.now())), keeps_team=True
    )
    places = list_nearest_works(session, view, wanted, workshop=workshop)
    return list_work_offers(places, load_team(session, workshop, lends=False), view, workshop=workshop)


def say_now(row: Conflict) -> str:
    """When its work is, where and by whom, as it stands."""
    return _say_now(row.view, Reader(clock.now(), row.workshop.timezone))


def _option(view: AppointmentView, place: DeskPlace, *, names: Mapping[int, str], reader: Reader) -> Option:
    stands = view.appointment.arrives_at == place.arrives_at
    comes = reader.which_day(place.arrives_at)
    return Option(
        value=write_place(place),
        when=capital(reader.which_day(place.works_at)),
        where=", ".join(names[number] for number in (place.bay_id, place.technician_id) if number in names),
        tells=_("nobody is told") if stands else _("the customer is told: %(when)s", when=comes),
    )


def _say_now(view: AppointmentView, reader: Reader) -> str:
    """When its work is, where and by whom, as it stands."""
    starts_at = view.appointment.work_starts_at or view.appointment.arrives_at
    places = [place.name for kind in ("bay", "technician") if (place := view.place(kind))]
    return ", ".join([capital(reader.which_day(starts_at)), *places])


def _stretch(request: AwayRequest | ClosingRequest, timezone: str) -> Stretch:
    if isinstance(request, AwayRequest):
        return stretch_of(request.starts_at, request.ends_at, timezone)
    opens, closes = request.span or (0, DAY_ENDS)
    return Stretch(request.first_on, opens, request.last_on, closes)


def list_series_rows(
    absences: Iterable[tuple[Absence, Resource]], repeated: Mapping[int, AbsenceSeries], timezone: str
) -> list[Row]:
    """A line for each series, with the dates of it that are still to come."""
    by_series: dict[int, list[tuple[Absence, Resource]]] = defaultdict(list)
    for absence, resource in absences:
        if absence.series_id is not None:
            by_series[absence.series_id].append((absence, resource))
    return [_series_row(repeated[number], rows, timezone) for number, rows in by_series.items()]


def _series_row(series: AbsenceSeries, rows: list[tuple[Absence, Resource]], timezone: str) -> Row:
    first, resource = rows[0]
    coming = [_date_row(*row, timezone) for row in rows]
    rhythm = Rhythm(
        weekdays=tuple(series.weekdays),
        every_weeks=series.every_weeks,
        first_on=series.first_on,
        until_on=series.until_on,
        opens=series.opens,
        closes=series.closes,
    )
    when = say_rhythm(rhythm, timezone, dates=len(rows))
    return Row(
        symbol=SYMBOLS[resource.kind],
        title=resource.name,
        line=_line(_say_kind(first), when, first.label),
        first_on=coming[0].first_on,
        series=Series(series.id, series.version, tuple(coming), coming[-1].first_on),
    )


def _date_row(absence: Absence, resource: Resource, timezone: str) -> Row:
    """One date of a series, whose line says all that is the same of each."""
    row = _absence_row(absence, resource, timezone)
    return replace(row, line=say_stretch(Stretch(row.first_on, 0, row.first_on, DAY_ENDS), timezone))


def _say_kind(absence: Absence) -> str:
    return str(_("Leave") if absence.kind == "leave" else _("Out of use"))


def _absence_row(absence: Absence, resource: Resource, timezone: str) -> Row:
    stretch = stretch_of(absence.starts_at, absence.ends_at, timezone)
    return Row(
        symbol=SYMBOLS[resource.kind],
        title=resource.name,
        line=_line(_say_kind(absence), say_stretch(stretch, timezone), absence.label),
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
