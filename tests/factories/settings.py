"""Sending forms of the settings as a browser would."""

from __future__ import annotations

from datetime import date
from typing import Any

from werkzeug.test import TestResponse

from app.db.unit_of_work import reading, unit_of_work
from app.tenancy.garage_file.times import DAYS
from app.tenancy.scope import scoped_to
from booking.catalog.models import ServiceType
from booking.catalog.operations import archive_service_type
from booking.catalog.queries import whole_catalogue
from booking.resources.rule_changes import add_exception
from tests.factories.garages import MadeGarage
from tests.factories.staff import csrf_token
from tests.support.client import CarefulClient


def post(desk: CarefulClient, address: str, /, **form: Any) -> TestResponse:
    """Send these fields, and the token that every page of the desk has."""
    return desk.post(address, data={"csrf_token": csrf_token(desk.get("/desk/keys").text), **form})


def add_dates(garage: MadeGarage, on: date) -> int:
    """A date on which the workshop is closed, as the settings say it; returns its id."""
    with scoped_to(garage.id), unit_of_work() as session:
        return add_exception(
            session,
            garage_id=garage.id,
            workshop_id=garage.workshop.id,
            values={"from": on, "to": None, "hours": [], "label": ""},
            user_id=None,
        ).id


def services_of(garage: MadeGarage) -> list[ServiceType]:
    """The whole catalogue in its order, archived ones too."""
    with scoped_to(garage.id), reading() as session:
        return list(session.scalars(whole_catalogue(garage.id)))


def archive_service(garage: MadeGarage, code: str) -> int:
    """Take a service type out of the catalogue; returns its id."""
    row = next(row for row in services_of(garage) if row.code == code)
    with scoped_to(garage.id), unit_of_work() as session:
        archive_service_type(
            session, garage_id=garage.id, service_type_id=row.id, version=row.version, user_id=None
        )
    return row.id


def week(**days: list[tuple[str, str]]) -> dict[str, list[str]]:
    """The grid of weekly hours as a browser sends it: two pairs a day at least."""
    form: dict[str, list[str]] = {}
    for day in DAYS:
        pairs = [*days.get(day, []), ("", ""), ("", "")]
        form |= {f"{day}_from": [pair[0] for pair in pairs], f"{day}_to": [pair[1] for pair in pairs]}
    return form
