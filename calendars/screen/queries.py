"""Reading screens, and the day of a workshop as one shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Row, Select, select
from sqlalchemy.orm import Session

from app import clock
from app.errors import NotFoundError
from app.localtime import day_bounds, local_date
from app.tenancy.models import Workshop, WorkshopCalendar
from app.tenancy.queries import WorkshopView, workshop_view
from booking.appointments.former import with_former
from booking.appointments.queries import AppointmentView, list_day
from booking.appointments.set_up import SetUp, load_set_up
from booking.resources.queries import BusyRow, list_busy
from calendars.screen.models import Screen


@dataclass(frozen=True, slots=True)
class ScreenView:
    """A screen in use, and the version of its workshop's calendar."""

    id: int
    garage_id: int
    workshop: WorkshopView
    label: str
    locale: str
    theme: str
    seen_at: datetime | None
    version: int
    calendar_version: int


@dataclass(frozen=True, slots=True)
class ScreenRows:
    """What stands on the workshop's present date."""

    set_up: SetUp
    visits: tuple[AppointmentView, ...]
    busy: tuple[BusyRow, ...]


def get_screen(session: Session, garage_id: int, screen_id: int) -> ScreenView:
    """The screen in use, in one statement; raises NotFoundError, also of an archived workshop."""
    row = session.execute(_screens(garage_id).where(Screen.id == screen_id)).one_or_none()
    if row is None:
        raise NotFoundError
    return _view(row)


def list_screens(session: Session, garage_id: int, workshop_id: int) -> list[ScreenView]:
    """The workshop's screens in use, as they were made."""
    rows = session.execute(_screens(garage_id).where(Screen.workshop_id == workshop_id).order_by(Screen.id))
    return [_view(row) for row in rows]


def load_today(session: Session, workshop: WorkshopView) -> ScreenRows:
    """Today's visits and busy time, and the bays; a constant number of statements."""
    today = local_date(clock.now(), workshop.timezone)
    starts_at, ends_at = day_bounds(today, workshop.timezone)
    set_up = load_set_up(session, workshop, first_on=today, last_on=today)
    here = (session, workshop.garage_id, workshop.id)
    visits = list_day(*here, starts_at=starts_at, ends_at=ends_at)
    busy = list_busy(*here, starts_at=starts_at, ends_at=ends_at)
    return ScreenRows(set_up, tuple(with_former(session, workshop.garage_id, visits)), tuple(busy))


def _screens(garage_id: int) -> Select[Screen, Workshop, int]:
    return (
        select(Screen, Workshop, WorkshopCalendar.version)
        .join(Workshop, (Workshop.garage_id == Screen.garage_id) & (Workshop.id == Screen.workshop_id))
        .join(WorkshopCalendar, _same_workshop())
        .where(Screen.garage_id == garage_id, Screen.revoked_at.is_(None), Workshop.archived_at.is_(None))
    )


def _same_workshop() -> ColumnElement[bool]:
    return (WorkshopCalendar.garage_id == Screen.garage_id) & (
        WorkshopCalendar.workshop_id == Screen.workshop_id
    )


def _view(row: Row[Screen, Workshop, int]) -> ScreenView:
    screen, workshop, calendar_version = row
    return ScreenView(
        id=screen.id,
        garage_id=screen.garage_id,
        workshop=workshop_view(workshop),
        label=screen.label,
        locale=screen.locale,
        theme=screen.theme,
        seen_at=screen.seen_at,
        version=screen.version,
        calendar_version=calendar_version,
    )
