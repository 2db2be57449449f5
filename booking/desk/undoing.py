"""The last step or move, said after it was taken, with the way to take it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.tenancy.queries import get_workshop_by_id
from app.web.filters import duration
from booking.appointments.history import CAR_BACK, REMARKS, UNPLACED, HistoryLine, list_history
from booking.appointments.life_cycle import Status
from booking.appointments.operations.undo import UNDO_WITHIN, may_undo
from booking.appointments.queries import AppointmentView, list_views
from booking.appointments.requests import Actor
from booking.desk.standing import Reader
from booking.desk.visit import acting_member, car_name

LONGEST_ID = 18


@dataclass(frozen=True, slots=True)
class Undoable:
    """What was done last, in a sentence, and the version from which it is taken back."""

    text: str
    undo_href: str
    version: int


def find_undoable(
    view: AppointmentView, history: list[HistoryLine], *, actor: Actor, reader: Reader, href: str
) -> Undoable | None:
    """The member's own last step while its ten seconds run; with it the page says what was done."""
    last = _last_change(history)
    if last is None or not may_undo(last, actor, at_any_time=False):
        return None
    if reader.now - last.at > UNDO_WITHIN:
        return None
    return Undoable(say_done(view, last, reader), href, view.appointment.version)


def read_number(text: str | None) -> int | None:
    """The number of a visit, as an address names it; None for what is none."""
    text = text or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_ID else None


def find_done(session: Session, garage_id: int, number: str | None, *, now: datetime) -> Undoable | None:
    """What the member has just done to that visit from a list, with the way to take it back in its time."""
    appointment_id = read_number(number)
    views = list_views(session, garage_id, [appointment_id]) if appointment_id is not None else []
    if not views:
        return None
    view = views[0]
    workshop = get_workshop_by_id(session, garage_id, view.appointment.workshop_id)
    history = list_history(session, garage_id, view.id)
    href = url_for("booking_desk.appointment_undo", workshop=workshop.slug, appointment_id=view.id)
    return find_undoable(
        view, history, actor=acting_member(), reader=Reader(now, workshop.timezone), href=href
    )


def find_step_back(history: list[HistoryLine], *, actor: Actor, is_manager: bool) -> HistoryLine | None:
    """What a manager may still take back, whoever did it and however long ago."""
    last = _last_change(history)
    return last if last and is_manager and may_undo(last, actor, at_any_time=True) else None


def say_done(view: AppointmentView, line: HistoryLine, reader: Reader) -> str:
    """``GA-482-QT moved to Bay 3, Mon 7 Dec at 14:00.``: what the toast says beside Undo."""
    car = car_name(view)
    if line.kind == "moved":
        return _say_moved(view, line, reader)
    if line.kind == UNPLACED:
        return str(_("%(car)s has no place any more and is to be planned again.", car=car))
    if line.kind == CAR_BACK:
        return str(_("%(car)s: the courtesy car is back.", car=car))
    words: dict[Status, str] = {
        Status.CONFIRMED: _("%(car)s is confirmed.", car=car),
        Status.ARRIVED: _("%(car)s is checked in.", car=car),
        Status.IN_PROGRESS: _("%(car)s is in work.", car=car),
        Status.WAITING_PARTS: _("%(car)s waits for parts.", car=car),
        Status.READY: _("%(car)s is ready.", car=car),
        Status.COLLECTED: _("%(car)s is collected.", car=car),
        Status.CANCELLED: _("%(car)s is cancelled; its place is free.", car=car),
        Status.DECLINED: _("%(car)s is declined.", car=car),
        Status.NO_SHOW: _("%(car)s did not come; its place is free.", car=car),
    }
    return words.get(Status(line.to_status), car)


def _say_moved(view: AppointmentView, line: HistoryLine, reader: Reader) -> str:
    """Where it is now; where the work alone moved or its length changed, that, with the time of ready."""
    is_new = not line.detail.get("left")
    arrives_at = view.appointment.arrives_at
    if not is_new and line.moved[0] == line.moved[1] and (line.moved_work or line.changed_minutes):
        return _say_work(view, line, reader)
    car, when, bay = car_name(view), reader.which_day(arrives_at), view.place("bay")
    if bay is None:
        return str(_("%(car)s moved: %(when)s.", car=car, when=when))
    if is_new:
        return str(_("%(car)s is placed: %(place)s, %(when)s.", car=car, place=bay.name, when=when))
    return str(_("%(car)s moved to %(place)s, %(when)s.", car=car, place=bay.name, when=when))


def _say_work(view: AppointmentView, line: HistoryLine, reader: Reader) -> str:
    """When it is worked on by now, or how long, and by when the car is ready."""
    car, visit = car_name(view), view.appointment
    assert visit.work_starts_at is not None
    facts = {
        "car": car,
        "when": reader.which_day(visit.work_starts_at),
        "ready": reader.when(visit.ready_at),
    }
    if line.changed_minutes and not line.moved_work:
        length = duration(line.changed_minutes[1])
        return str(_("%(car)s: %(length)s of work; ready: %(ready)s.", length=length, **facts))
    bay = view.place("bay")
    place = bay.name if bay else ""
    return str(_("%(car)s: work in %(place)s, %(when)s; ready: %(ready)s.", place=place, **facts))


def _last_change(history: list[HistoryLine]) -> HistoryLine | None:
    """The newest line that is about the visit itself, as undoing takes it."""
    return next((line for line in history if line.kind not in REMARKS), None)
