"""Two records of one person made into one: which facts win, what becomes of consents and of double cars."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from booking.customers.models import Customer, Vehicle

OURS, THEIRS = "ours", "theirs"
FIELDS = ("name", "phone", "email", "locale")
CAR_FIELDS = ("make", "model", "vehicle_class", "energy")


@dataclass(frozen=True, slots=True)
class Choice:
    """A field in which both records say something, and not the same."""

    field: str
    ours: str
    theirs: str


@dataclass(frozen=True, slots=True)
class Twins:
    """Vehicles of one plate: the latest is kept, and completed from the others."""

    kept: Vehicle
    others: tuple[Vehicle, ...]


def list_choices(ours: Customer, theirs: Customer) -> list[Choice]:
    """What somebody has to decide; where one of them is empty, the other wins."""
    pairs = ((name, getattr(ours, name), getattr(theirs, name)) for name in FIELDS)
    return [Choice(*pair) for pair in pairs if pair[1] and pair[2] and pair[1] != pair[2]]


def facts_after(ours: Customer, theirs: Customer, taken: Mapping[str, str]) -> dict[str, Any]:
    """The facts of the person; ``taken`` says by field whose wins, by default ours."""
    facts: dict[str, Any] = {}
    for name in FIELDS:
        first, second = (theirs, ours) if taken.get(name) == THEIRS else (ours, theirs)
        facts[name] = getattr(first, name) or getattr(second, name)
    facts["sms_consent_at"] = consent_after(facts["phone"], (ours, theirs))
    return facts


def consent_after(phone: str | None, people: Iterable[Customer]) -> datetime | None:
    """When the person agreed to texts to ``phone``: never more than each of the records allowed.

    A consent is for the number that it was given with, and one record of a number without it is a no.
    Who had no number was never asked.
    """
    asked = [row for row in people if row.phone]
    given = [row.sms_consent_at for row in asked if row.sms_consent_at is not None]
    own = [row.sms_consent_at for row in asked if row.phone == phone and row.sms_consent_at is not None]
    return min(own) if own and len(given) == len(asked) else None


def find_twins(vehicles: Iterable[Vehicle]) -> list[Twins]:
    """The vehicles of which there are several with one plate; those without a plate are never the same."""
    by_plate: dict[tuple[str, str], list[Vehicle]] = defaultdict(list)
    for row in vehicles:
        if row.plate:
            by_plate[row.plate, row.plate_country].append(row)
    groups = [sorted(rows, key=lambda row: row.id) for rows in by_plate.values() if len(rows) > 1]
    return [Twins(rows[-1], tuple(rows[:-1])) for rows in groups]


def complete(twins: Twins) -> None:
    """Write into the kept vehicle what only the others know; its version is above all of theirs."""
    kept = twins.kept
    for other in reversed(twins.others):
        for name in CAR_FIELDS:
            setattr(kept, name, getattr(kept, name) or getattr(other, name))
    kept.version = max(row.version for row in (kept, *twins.others)) + 1
