"""Taking leave, blocks and closings back: one, one date of those that repeat, or all that are to come."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from app import clock
from app.db.unit_of_work import unit_of_work
from app.errors import InvalidInputError
from app.localtime import local_date
from app.security.policy import staff
from app.tenancy.queries import WorkshopView, get_workshop
from booking.appointments.fields import parse_day
from booking.desk.acting import carry_out
from booking.desk.forms import read_version
from booking.resources.operations import remove_absence, reopen
from booking.resources.series import end_series as end_dates


@staff("receptionist")
def end_absence(workshop: str, absence_id: int) -> ResponseReturnValue:
    """Take leave or a block back, or one date of those that repeat."""
    place = {"absence_id": absence_id}
    return _end(
        workshop, lambda session, shown, version: remove_absence(session, **_at(shown, version), **place)
    )


@staff("receptionist")
def end_closing(workshop: str, exception_id: int) -> ResponseReturnValue:
    """Open again what was closed."""
    place = {"exception_id": exception_id}
    return _end(workshop, lambda session, shown, version: reopen(session, **_at(shown, version), **place))


@staff("receptionist")
def end_series(workshop: str, series_id: int) -> ResponseReturnValue:
    """End what repeats: after the date that was typed, else at once; what has been stands."""

    def end(session: Session, shown: WorkshopView, version: int) -> object:
        from_on = _read_from(shown)
        place: dict[str, Any] = {"series_id": series_id, "from_on": from_on, "timezone": shown.timezone}
        return end_dates(session, **_at(shown, version), **place)

    return _end(workshop, end)


def _read_from(workshop: WorkshopView) -> date:
    """The day after the last date that stands; today where none was typed."""
    today = local_date(clock.now(), workshop.timezone)
    try:
        last_on = parse_day(request.form.get("last_on", ""), today=today)
    except ValueError as error:
        raise InvalidInputError({"last_on": str(error)}) from error
    return last_on + timedelta(days=1) if last_on else today


def _at(workshop: WorkshopView, version: int) -> dict[str, Any]:
    return {"garage_id": workshop.garage_id, "workshop_id": workshop.id, "version": version}


def _end(workshop: str, operation: Callable[[Session, WorkshopView, int], object]) -> ResponseReturnValue:
    """Carry out from the version that the page showed; what stood before stands again."""

    def end() -> None:
        version = read_version(request.form)
        with unit_of_work() as session:
            operation(session, get_workshop(session, current_user.garage.id, workshop), version)

    said = _("Taken back: that time can be booked again.")
    return carry_out(end, then=url_for(".closures", workshop=workshop), said=said)
