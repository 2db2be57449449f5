"""The garage's customers as a list to leaf through, and one of them with their vehicles."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, Tuple, select, tuple_, union
from sqlalchemy.orm import Session

from app.errors import NotFoundError
from booking.customers.fields import parse_email, parse_phone, parse_plate
from booking.customers.models import Customer, Vehicle
from booking.customers.names import sort_key

A_PAGE = 50
MOST_TWINS = 5
MOST_ALIKE = 10
LAST_CHARACTER = "\U0010ffff"
"""Sorts after every name that goes on from a beginning."""


@dataclass(frozen=True, slots=True)
class CustomerPage:
    """One page of the list; ``before`` and ``after`` are the keys of the pages beside it, None at an end."""

    customers: tuple[Customer, ...]
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class Turn:
    """Which page: the one after or before a customer (by number), or from a beginning of names on."""

    after: int | None = None
    before: int | None = None
    first: str = ""


def list_customers(session: Session, garage_id: int, turn: Turn, *, size: int = A_PAGE) -> CustomerPage:
    """A page by name, in one statement by the index, wherever it lies."""
    backwards = turn.before is not None
    key = turn.before if backwards else turn.after
    statement = select(Customer).where(Customer.garage_id == garage_id)
    if key is not None:
        place, here = tuple_(Customer.sort_name, Customer.id), _place_of(garage_id, key)
        statement = statement.where(place < here if backwards else place > here)
    elif turn.first:
        statement = statement.where(Customer.sort_name >= turn.first)
    columns = (Customer.sort_name, Customer.id)
    order = [column.desc() for column in columns] if backwards else columns
    rows = list(session.scalars(statement.order_by(*order).limit(size + 1)))
    has_more, rows = len(rows) > size, rows[:size]
    if backwards:
        rows.reverse()
    has_before = has_more if backwards else bool(key or turn.first)
    has_after = has_more or backwards
    return CustomerPage(
        customers=tuple(rows),
        before=rows[0].id if rows and has_before else None,
        after=rows[-1].id if rows and has_after else None,
    )


def _place_of(garage_id: int, customer_id: int) -> Tuple:
    """Where a customer stands in the list; nowhere if there is none of that number."""
    here = (Customer.garage_id == garage_id, Customer.id == customer_id)
    columns = (Customer.sort_name, Customer.id)
    return tuple_(*(select(column).where(*here).scalar_subquery() for column in columns))


def get_customer(
    session: Session, garage_id: int, customer_id: int, *, fresh: bool = False, lock: bool = False
) -> Customer:
    """The garage's customer with this number. Raises NotFoundError.

    ``fresh`` reads it again; ``lock`` keeps it as it is until the transaction ends.
    """
    statement = select(Customer).where(Customer.garage_id == garage_id, Customer.id == customer_id)
    if lock:
        statement = statement.with_for_update()
    row = session.scalar(statement.execution_options(populate_existing=fresh))
    if row is None:
        raise NotFoundError
    return row


def get_vehicle(
    session: Session, garage_id: int, customer_id: int, *, vehicle_id: int, fresh: bool = False
) -> Vehicle:
    """The customer's vehicle with this number; ``fresh`` reads it again. Raises NotFoundError."""
    row = session.scalar(
        select(Vehicle)
        .where(Vehicle.garage_id == garage_id, Vehicle.customer_id == customer_id, Vehicle.id == vehicle_id)
        .execution_options(populate_existing=fresh)
    )
    if row is None:
        raise NotFoundError
    return row


def list_vehicles_of(
    session: Session, garage_id: int, customer_ids: Collection[int]
) -> dict[int, list[Vehicle]]:
    """The vehicles of several customers in one statement, the newest first."""
    rows = session.scalars(
        select(Vehicle)
        .where(Vehicle.garage_id == garage_id, Vehicle.customer_id.in_(customer_ids))
        .order_by(Vehicle.id.desc())
    )
    found: dict[int, list[Vehicle]] = defaultdict(list)
    for row in rows:
        found[row.customer_id].append(row)
    return found


def list_people_like(session: Session, garage_id: int, words: str, *, country: str) -> list[Customer]:
    """Whose phone, e-mail or plate the words are, or whose name begins with them; each by its index."""
    if not words.isprintable():  # PostgreSQL refuses NUL in a text
        return []
    halves = list(_halves_of(garage_id, words, country=country))
    return _list_of(session, garage_id, halves, limit=MOST_ALIKE) if halves else []


def _halves_of(garage_id: int, words: str, *, country: str) -> Iterator[Select[int]]:
    def by(*conditions: ColumnElement[bool]) -> Select[int]:
        statement = select(Customer.id).where(Customer.garage_id == garage_id, *conditions)
        return statement.order_by(Customer.id.desc()).limit(MOST_ALIKE)

    first = sort_key(" ".join(words.split()))
    if first:
        yield by(Customer.sort_name >= first, Customer.sort_name < first + LAST_CHARACTER)
    with suppress(ValueError):
        if phone := parse_phone(words, country=country):
            yield by(Customer.phone == phone)
    with suppress(ValueError):
        if email := parse_email(words):
            yield by(Customer.email == email)
    with suppress(ValueError):
        if plate := parse_plate(words):
            owners = select(Vehicle.customer_id).where(Vehicle.garage_id == garage_id, Vehicle.plate == plate)
            yield by(Customer.id.in_(owners))


def list_twins(session: Session, customer: Customer) -> list[Customer]:
    """Others who may be the same person: of the same number, the same address, or the same name."""
    return _list_of(session, customer.garage_id, _same_as(customer), limit=MOST_TWINS)


def _same_as(customer: Customer) -> list[Select[int]]:
    facts: list[tuple[Any, str]] = [(Customer.sort_name, customer.sort_name)]
    facts += [(Customer.phone, customer.phone)] if customer.phone else []
    facts += [(Customer.email, customer.email)] if customer.email else []
    return [
        select(Customer.id)
        .where(Customer.garage_id == customer.garage_id, column == value, Customer.id != customer.id)
        .order_by(Customer.id.desc())
        .limit(MOST_TWINS)
        for column, value in facts
    ]


def _list_of(session: Session, garage_id: int, halves: list[Select[int]], *, limit: int) -> list[Customer]:
    # Each half of a union is read by its own index; of conditions joined by OR none would be.
    ids = union(*(select(half.subquery().c.id) for half in halves)).subquery()
    rows = session.scalars(
        select(Customer)
        .join(ids, ids.c.id == Customer.id)
        .where(Customer.garage_id == garage_id)
        .order_by(Customer.sort_name, Customer.id)
        .limit(limit)
    )
    return list(rows)
