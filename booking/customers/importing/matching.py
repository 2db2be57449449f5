"""Whom of a file the garage knows already, and what the file adds: what is known is never written over."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.customers.directory import list_vehicles_of
from booking.customers.importing.candidates import Person, keys_of, words_of
from booking.customers.models import Customer, Vehicle
from booking.customers.operations import VehicleDetails

AT_ONCE = 500
FILLED = ("phone", "email")
CAR_FILLED = ("make", "model", "energy")

Kind = Literal["new", "completed", "same"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What storing would do with one person of the file."""

    person: Person
    known: Customer | None
    facts: dict[str, str]
    new_cars: tuple[VehicleDetails, ...]
    filled_cars: tuple[tuple[Vehicle, dict[str, str]], ...] = ()

    @property
    def kind(self) -> Kind:
        if self.known is None:
            return "new"
        return "completed" if self.facts or self.new_cars or self.filled_cars else "same"


def match_people(session: Session, garage_id: int, people: Sequence[Person]) -> list[Outcome]:
    """An outcome for everybody, in their order.

    Somebody is known if a customer of the same name, its words in any order, has their number, address
    or plate. Of several the one who has most of these, then the latest. What is empty there is filled.
    """
    known = _load_known(session, garage_id, people)
    chosen = [_choose(person, known) for person in people]
    ids = {row.id for row in chosen if row is not None}
    vehicles: dict[int, list[Vehicle]] = {}
    for some in _in_parts(sorted(ids)):
        vehicles |= list_vehicles_of(session, garage_id, some)
    return [
        _outcome(person, row, vehicles.get(row.id, []) if row is not None else [])
        for person, row in zip(people, chosen, strict=True)
    ]


def fingerprint(columns: Sequence[str], outcomes: Iterable[Outcome]) -> str:
    """Stands for all that a preview has shown: the same again only if storing would do the same."""
    facts = [
        (outcome.person.lines, outcome.known.id if outcome.known else 0, outcome.kind, sorted(outcome.facts))
        for outcome in outcomes
    ]
    return hashlib.sha256(repr((list(columns), facts)).encode()).hexdigest()[:32]


def _choose(person: Person, known: dict[str, list[Customer]]) -> Customer | None:
    fits: dict[int, int] = defaultdict(int)
    rows: dict[int, Customer] = {}
    for key in keys_of(person):
        for row in known.get(key, ()):
            if words_of(row.name) == person.words:
                rows[row.id] = row
                fits[row.id] += 1
    best = max(rows, key=lambda number: (fits[number], number), default=None)
    return rows[best] if best is not None else None


def _outcome(person: Person, known: Customer | None, vehicles: Sequence[Vehicle]) -> Outcome:
    if known is None:
        return Outcome(person, None, {}, person.cars)
    offered = {name: getattr(person, name) for name in FILLED}
    facts = {name: value for name, value in offered.items() if value and not getattr(known, name)}
    new, filled = [], []
    for car in person.cars:
        row = next((row for row in vehicles if _is_same(row, car)), None)
        if row is None:
            new.append(car)
        elif missing := _missing(row, car):
            filled.append((row, missing))
    return Outcome(person, known, facts, tuple(new), tuple(filled))


def _is_same(row: Vehicle, car: VehicleDetails) -> bool:
    if car.plate:
        return row.plate == car.plate
    return (row.make.casefold(), row.model.casefold()) == (car.make.casefold(), car.model.casefold())


def _missing(row: Vehicle, car: VehicleDetails) -> dict[str, str]:
    offered: dict[str, Any] = {name: value for name, value in asdict(car).items() if name in CAR_FILLED}
    return {name: value for name, value in offered.items() if value and not getattr(row, name)}


def _load_known(session: Session, garage_id: int, people: Iterable[Person]) -> dict[str, list[Customer]]:
    """By number, address and plate: the customers who have it. A few statements for hundreds of people."""
    found: dict[str, list[Customer]] = defaultdict(list)
    everybody = list(people)
    for column, name in ((Customer.phone, "phone"), (Customer.email, "email")):
        wanted = {getattr(person, name) for person in everybody} - {None}
        for some in _in_parts(sorted(wanted)):
            rows = session.scalars(select(Customer).where(Customer.garage_id == garage_id, column.in_(some)))
            for row in rows:
                found[getattr(row, name)].append(row)
    plates = {car.plate for person in everybody for car in person.cars if car.plate}
    for some in _in_parts(sorted(plates)):
        pairs = session.execute(
            select(Vehicle.plate, Customer)
            .join(Customer, (Customer.garage_id == Vehicle.garage_id) & (Customer.id == Vehicle.customer_id))
            .where(Vehicle.garage_id == garage_id, Vehicle.plate.in_(some))
        )
        for plate, row in pairs:
            found[f"plate {plate}"].append(row)
    return found


def _in_parts(values: Sequence[Any]) -> Iterator[Collection[Any]]:
    for first in range(0, len(values), AT_ONCE):
        yield values[first : first + AT_ONCE]
