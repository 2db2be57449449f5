"""Where a visit stands, in one sentence: what the desk wants to read before anything else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask_babel import format_date
from flask_babel import gettext as _

from app.localtime import local_date, to_local
from booking.appointments.history import HistoryLine
from booking.appointments.life_cycle import Status
from booking.appointments.models import Appointment
from booking.appointments.moving import is_day_alone


@dataclass(frozen=True, slots=True)
class Standing:
    """The sentence, and whether the car should be here and is not."""

    text: str
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads, when: today's moments are times, others bear their date."""

    now: datetime
    timezone: str

    def when(self, moment: datetime) -> str:
        """``8:30``, or ``Tue 24 Nov at 8:30``."""
        return self.time(moment) if self._is_today(moment) else self._day_and_time(moment)

    def which_day(self, moment: datetime) -> str:
        """``today at 8:30``, or ``Tue 24 Nov at 8:30``."""
        if self._is_today(moment):
            return str(_("today at %(time)s", time=self.time(moment)))
        return self._day_and_time(moment)

    def _is_today(self, moment: datetime) -> bool:
        return local_date(moment, self.timezone) == local_date(self.now, self.timezone)

    def _day_and_time(self, moment: datetime) -> str:
        day = format_date(local_date(moment, self.timezone), "EEE d MMM")
        return str(_("%(day)s at %(time)s", day=day, time=self.time(moment)))

    def time(self, moment: datetime) -> str:
        """``8:30``, whatever the day."""
        local = to_local(moment, self.timezone)
        if local.minute:
            return str(_("%(hour)d:%(minute)s", hour=local.hour, minute=f"{local.minute:02d}"))
        return str(_("%(hour)d:00", hour=local.hour))


def standing_of(appointment: Appointment, history: Iterable[HistoryLine], reader: Reader) -> Standing:
    """Say where the visit stands, from its state, its times and since when it is in that state."""
    status = Status(appointment.status)
    if status in {Status.REQUESTED, Status.CONFIRMED}:
        return _expected(appointment, status, reader)
    since = reader.when(next((line.at for line in history if _led_to(line, status)), appointment.updated_at))
    ready = reader.when(appointment.ready_at)
    has_place = appointment.promises_ready
    texts = {
        Status.ARRIVED: _("Here since %(since)s, promised for %(ready)s", since=since, ready=ready)
        if has_place
        else _("Here since %(since)s, without a place", since=since),
        Status.IN_PROGRESS: _("In work since %(since)s, promised for %(ready)s", since=since, ready=ready)
        if has_place
        else _("In work since %(since)s, without a place", since=since),
        Status.WAITING_PARTS: _("Waiting for parts since %(since)s", since=since),
        Status.READY: _("Ready since %(since)s, to be collected", since=since),
        Status.COLLECTED: _("Collected: %(when)s; the courtesy car is still out", when=since)
        if appointment.is_car_out
        else _("Collected: %(when)s", when=since),
        Status.CANCELLED: _("Cancelled: %(when)s; the place is free again", when=since),
        Status.DECLINED: _("Declined: %(when)s", when=since),
        Status.EXPIRED: _("Not decided in time: expired %(when)s", when=since),
        Status.NO_SHOW: _("Did not come: noted %(when)s; the place is free again", when=since),
    }
    return Standing(str(texts[status]))


def say_wish(appointment: Appointment, reader: Reader) -> str:
    """What the customer would like, where nobody has promised anything."""
    if is_day_alone(appointment, reader.timezone):
        day = format_date(local_date(appointment.arrives_at, reader.timezone), "EEE d MMM")
        return str(_("To be planned; wished on %(day)s, nothing promised", day=day))
    when = reader.which_day(appointment.arrives_at)
    return str(_("To be planned; wished for %(when)s, nothing promised", when=when))


def _led_to(line: HistoryLine, status: Status) -> bool:
    """Whether the line is of the step into the state, not of something that happened while in it."""
    return line.to_status == status and line.from_status != status


def _expected(appointment: Appointment, status: Status, reader: Reader) -> Standing:
    when = reader.which_day(appointment.arrives_at)
    if appointment.is_wish:
        return Standing(say_wish(appointment, reader))
    if status == Status.REQUESTED and appointment.expires_at is not None:
        until = reader.when(appointment.expires_at)
        return Standing(
            str(_("Asked for %(when)s; without an answer it expires: %(until)s", when=when, until=until))
        )
    if status == Status.REQUESTED:
        return Standing(str(_("Asked for %(when)s; the garage has not decided yet", when=when)))
    if appointment.arrives_at < reader.now:
        return Standing(str(_("Expected %(when)s and not here yet", when=when)), is_late=True)
    return Standing(str(_("Expected %(when)s", when=when)))
