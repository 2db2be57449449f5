"""The catalogue in the garage file: ``[[service]]``, and what energies ask for in ``[garage]``."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.tenancy.garage_file.basics import get_garage_row
from app.tenancy.garage_file.kinds import Key, ListOf, MappingOf, Table, Tables, Values
from app.tenancy.garage_file.registry import Owner, Part, Section
from app.tenancy.garage_file.rows import sync_rows, update_row
from app.tenancy.garage_file.values import MAX_PARAGRAPH, by_locale, choice, flag, number, slug, text
from booking.catalog.models import ENERGIES, MODES, VEHICLE_CLASSES, ServiceType
from booking.catalog.queries import list_service_types

STEP = 5
MAX_WORK_MINUTES = 7 * 24 * 60
MAX_NOTICE_MINUTES = 366 * 24 * 60

_minutes = number(least=STEP, most=MAX_WORK_MINUTES, step=STEP)

SERVICE_KEYS = (
    Key("code", slug()),
    Key("group", text(most=60), ""),
    Key("name", by_locale(text(is_required=True), least=1)),
    Key("description", by_locale(text(most=MAX_PARAGRAPH)), {}),
    Key("minutes", _minutes),
    Key("minutes_by_class", MappingOf(VEHICLE_CLASSES, _minutes), {}),
    Key("equipment_by_class", MappingOf(VEHICLE_CLASSES, ListOf(slug())), {}),
    Key("turnaround_minutes", number(most=24 * 60, step=STEP), 0),
    Key("equipment", ListOf(slug()), []),
    Key("skills", ListOf(slug()), []),
    Key("modes", ListOf(choice(MODES), least=1), list(MODES)),
    Key("price_from_cents", number(most=100_000_000), 0),
    Key("online", flag(), default=True),
    Key("notice_minutes", number(most=MAX_NOTICE_MINUTES), 0),
    Key("stay_days", number(most=60), 0),
    Key("max_per_day", number(most=1000), 0),
)


def _store_services(session: Session, owner: Owner, entries: list[Values]) -> list[str]:
    rows = session.scalars(
        select(ServiceType).where(ServiceType.garage_id == owner.garage_id).order_by(ServiceType.id)
    ).all()
    return sync_rows(session, rows, entries, key="code", make=lambda: ServiceType(garage_id=owner.garage_id))


def _fetch_services(session: Session, owner: Owner) -> list[Values]:
    rows = list_service_types(session, owner.garage_id, online_only=False)
    return [{key.name: getattr(row, key.name) for key in SERVICE_KEYS} for row in rows]


def _store_energies(session: Session, owner: Owner, values: Values) -> list[str]:
    return update_row(get_garage_row(session, owner.garage_id), values)


def _fetch_energies(session: Session, owner: Owner) -> Values:
    return {"energy_skills": get_garage_row(session, owner.garage_id).energy_skills}


SERVICES = Section(
    "service",
    Tables(Table(SERVICE_KEYS), unique="code"),
    _store_services,
    _fetch_services,
    is_planned_with=True,
)
ENERGY_SKILLS = Part(
    "garage",
    (Key("energy_skills", MappingOf(ENERGIES, ListOf(slug())), {}),),
    _store_energies,
    _fetch_energies,
)
