"""The garage's services as the customer reads them: in titled groups, each with a small drawing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.i18n import pick
from app.web.filters import duration
from booking.catalog.drawings import drawing_of
from booking.catalog.groups import group_types
from booking.catalog.models import ServiceType
from booking.public.words import locale, price_from


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """One service type as a row to tick."""

    code: str
    name: str
    description: str
    price: str
    duration: str
    symbol: str
    minutes: int
    cents: int | None


def group_services(offered: list[ServiceType], currency: str) -> list[tuple[Any, list[ServiceLine]]]:
    """Titles with their rows, in the garage's order; a group that comes back joins its first."""
    return [(title, [_line(row, currency) for row in of_group]) for title, of_group in group_types(offered)]


def _line(row: ServiceType, currency: str) -> ServiceLine:
    language = str(locale())
    return ServiceLine(
        code=row.code,
        name=pick(row.name, language),
        description=pick(row.description, language),
        price=price_from(row.price_from_cents, currency),
        duration=duration(row.minutes),
        symbol=drawing_of(row),
        minutes=row.minutes,
        cents=row.price_from_cents or None,
    )
