"""Finding customers and vehicles by what is typed: each way of asking is one range of the index.

Nothing here grows with the garage: a statement reads the first rows of a few ranges.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from booking.customers.models import Customer, Vehicle
from booking.customers.queries import KnownCar
from booking.customers.search.models import CustomerTerm, VehicleTerm
from booking.customers.search.question import Question
from booking.customers.search.terms import SLIP_LETTERS, is_slip, list_name_terms, list_slips

MOST_OF_A_RANGE = 24
MOST_SPELLINGS = 60
MOST_CARS = 3
"""Of one customer the newest cars are found."""
_AFTER_ALL = "\U0010ffff"
"""Comes after whatever a term may go on with."""

Meant = dict[str, list[str]]
"""Words of the index that lie a slip from a typed one, by the typed one."""


class Fit(IntEnum):
    """How well something fits what was typed: the lower, the better."""

    REFERENCE = 0
    WHOLE_PLATE = 1
    PLATE_BEGINS = 2
    PLATE_HAS = 3
    NUMBER = 4
    NAME = 5
    NAME_BEGINS = 6
    SLIP = 7


@dataclass(frozen=True, slots=True)
class Hit:
    """A customer or a vehicle that fits; one of the two ids is None."""

    fit: Fit
    customer_id: int | None = None
    vehicle_id: int | None = None


def list_hits(session: Session, garage_id: int, question: Question) -> list[Hit]:
    """What fits, the best first, each once. At most two statements; the first is for names alone."""
    meant = _find_meant(session, garage_id, question.words)
    ranges = [*_vehicle_ranges(garage_id, question), *_customer_ranges(garage_id, question, meant)]
    if not ranges:
        return []
    rows = session.execute(union_all(*(select(part.subquery()) for part in ranges))).all()
    hits = sorted((_judge(row, question) for row in rows), key=lambda hit: hit.fit)
    best = {(hit.customer_id, hit.vehicle_id): hit for hit in reversed(hits)}
    return sorted(best.values(), key=lambda hit: (hit.fit, hit.customer_id or 0, hit.vehicle_id or 0))


def list_cars(
    session: Session, garage_id: int, hits: Iterable[Hit], *, question: Question
) -> list[tuple[Fit, KnownCar]]:
    """The cars behind the hits with their customers, each once, the best and then the newest first.

    A customer who has none comes alone. Of a name every word that was typed must fit. One statement.
    """
    fits = {(hit.customer_id, hit.vehicle_id): hit.fit for hit in hits}
    if not fits:
        return []
    parts = [_newest_cars(garage_id, number) for number, _ in fits if number is not None]
    parts += [_one_car(garage_id, number) for _, number in fits if number is not None]
    pairs = union_all(*(select(part.subquery()) for part in parts)).subquery()
    rows = session.execute(
        select(Customer, Vehicle)
        .select_from(pairs)
        # Outer though none is missing: so SQLite, too, begins with the few pairs.
        .outerjoin(Customer, (Customer.garage_id == garage_id) & (Customer.id == pairs.c.customer_id))
        .outerjoin(Vehicle, (Vehicle.garage_id == garage_id) & (Vehicle.id == pairs.c.vehicle_id))
        .order_by(pairs.c.vehicle_id.desc(), pairs.c.customer_id.desc())
    )
    found: dict[str, tuple[Fit, KnownCar]] = {}
    for customer, vehicle in rows:
        by_plate = fits.get((None, vehicle.id)) if vehicle else None
        by_person = fits.get((customer.id, None))
        if by_person is not None and by_person >= Fit.NAME and not _has_all(customer.name, question.words):
            by_person = None
        known = [fit for fit in (by_plate, by_person) if fit is not None]
        if known:
            car = KnownCar(customer, vehicle)
            found.setdefault(car.key, (min(known), car))
    return sorted(found.values(), key=lambda each: each[0])


def _newest_cars(garage_id: int, customer_id: int) -> Select[int, int]:
    return (
        select(Customer.id.label("customer_id"), Vehicle.id.label("vehicle_id"))
        .outerjoin(Vehicle, (Vehicle.garage_id == garage_id) & (Vehicle.customer_id == Customer.id))
        .where(Customer.garage_id == garage_id, Customer.id == customer_id)
        .order_by(Vehicle.id.desc())
        .limit(MOST_CARS)
    )


def _one_car(garage_id: int, vehicle_id: int) -> Select[int, int]:
    """By its own number: of a list of them SQLite would go through all cars of the garage."""
    return select(Vehicle.customer_id.label("customer_id"), Vehicle.id.label("vehicle_id")).where(
        Vehicle.garage_id == garage_id, Vehicle.id == vehicle_id
    )


def _vehicle_ranges(garage_id: int, question: Question) -> Iterator[Select[str, str, str, int]]:
    if not question.plate:
        return
    for kind in ("plate", "plate_end"):
        yield (
            select(VehicleTerm.kind, VehicleTerm.term, literal("").label("rest"), VehicleTerm.vehicle_id)
            .where(
                VehicleTerm.garage_id == garage_id,
                VehicleTerm.kind == kind,
                _begins(VehicleTerm.term, question.plate),
            )
            .order_by(VehicleTerm.term, VehicleTerm.vehicle_id)
            .limit(MOST_OF_A_RANGE)
        )


def _customer_ranges(
    garage_id: int, question: Question, meant: Meant
) -> Iterator[Select[str, str, str, int]]:
    for first_digits in question.phone:
        yield _range(garage_id, "phone", _begins(CustomerTerm.term, first_digits))
    if question.phone_end:
        yield _range(garage_id, "phone_end", _begins(CustomerTerm.term, question.phone_end[::-1]))
    words = question.longest_words
    if len(words) == 1:
        yield _range(garage_id, "name", _begins(CustomerTerm.term, words[0]))
        if meant[words[0]]:
            yield _range(garage_id, "name", CustomerTerm.term.in_(meant[words[0]]))
    elif words:
        one, other = words
        ones, others = [one, *meant[one]], [other, *meant[other]]
        yield _range(garage_id, "name", CustomerTerm.term.in_(ones), _begins(CustomerTerm.rest, other))
        yield _range(garage_id, "name", CustomerTerm.term.in_(others), _begins(CustomerTerm.rest, one))
        if meant[other]:
            yield _range(garage_id, "name", CustomerTerm.term.in_(ones), CustomerTerm.rest.in_(meant[other]))


def _range(garage_id: int, kind: str, *conditions: ColumnElement[bool]) -> Select[str, str, str, int]:
    """The first rows within it. Left in the index's order: to ask for one would read all of a common word."""
    return (
        select(CustomerTerm.kind, CustomerTerm.term, CustomerTerm.rest, CustomerTerm.customer_id)
        .where(CustomerTerm.garage_id == garage_id, CustomerTerm.kind == kind, *conditions)
        .limit(MOST_OF_A_RANGE)
    )


def _begins(column: InstrumentedAttribute[str], text: str) -> ColumnElement[bool]:
    return and_(column >= text, column < text + _AFTER_ALL)


def _find_meant(session: Session, garage_id: int, words: Iterable[str]) -> Meant:
    """The garage's words within one slip of each typed one: they share what a letter left out leaves.

    A common word stands there once for each customer who bears it, so the read goes from one word
    to the next and never through those who bear it.
    """
    meant: Meant = {word: [] for word in words}
    slips = list(dict.fromkeys(slip for word in meant for slip in list_slips(word)))
    if not slips:
        return meant
    typed = union_all(*(select(literal(slip).label("slip")) for slip in slips)).subquery()
    here = (CustomerTerm.garage_id == garage_id, CustomerTerm.kind == "slip")
    first = select(
        typed.c.slip,
        select(func.min(CustomerTerm.rest))
        .where(*here, CustomerTerm.term == typed.c.slip)
        .scalar_subquery()
        .label("word"),
    ).cte("spelling", recursive=True)
    following = (
        select(func.min(CustomerTerm.rest))
        .where(*here, CustomerTerm.term == first.c.slip, CustomerTerm.rest > first.c.word)
        .scalar_subquery()
    )
    spelling = first.union_all(select(first.c.slip, following).where(first.c.word.is_not(None)))
    found = session.scalars(select(spelling.c.word).where(spelling.c.word.is_not(None)).limit(MOST_SPELLINGS))
    for near in sorted(set(found)):
        for word in meant:
            meant[word] += [near] if _is_meant(word, near) else []
    return meant


def _judge(row: Any, question: Question) -> Hit:
    kind, term, rest, number = row
    if kind == "plate":
        whole = term == question.plate
        return Hit(Fit.WHOLE_PLATE if whole else Fit.PLATE_BEGINS, vehicle_id=number)
    if kind == "plate_end":
        return Hit(Fit.PLATE_HAS, vehicle_id=number)
    if kind != "name":
        return Hit(Fit.NUMBER, customer_id=number)
    return Hit(max(_fit_of(word, (term, rest)) for word in question.longest_words), customer_id=number)


def _fit_of(word: str, known: Collection[str]) -> Fit:
    if word in known:
        return Fit.NAME
    return Fit.NAME_BEGINS if any(other.startswith(word) for other in known) else Fit.SLIP


def _has_all(name: str, words: Iterable[str]) -> bool:
    known = {term.term for term in list_name_terms(name) if term.kind == "name"}
    return all(any(each.startswith(word) or _is_meant(word, each) for each in known) for word in words)


def _is_meant(word: str, other: str) -> bool:
    return len(word) in SLIP_LETTERS and is_slip(word, other)
