"""Keeping the search index true: the terms of a row are written by the flush that writes the row."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, delete, event, insert
from sqlalchemy.orm import Mapper, Session, SessionTransaction, UOWTransaction, object_session
from sqlalchemy.orm.attributes import get_history

from app.db.base import table_of
from booking.customers.models import Customer, Vehicle
from booking.customers.search.models import CustomerTerm, VehicleTerm
from booking.customers.search.terms import list_name_terms, list_phone_terms, list_plate_terms

Values = dict[str, Any]
Row = Customer | Vehicle

_INSERTS = {Customer: insert(table_of(CustomerTerm)), Vehicle: insert(table_of(VehicleTerm))}
_NEW = "rows_without_terms"
"""In a session: the new rows of the flush that runs."""


def list_customer_terms(garage_id: int, customer_id: int, *, name: str, phone: str | None) -> list[Values]:
    """The rows of :class:`CustomerTerm` that a customer has."""
    keys = {"garage_id": garage_id, "customer_id": customer_id}
    terms = [term._asdict() for term in list_name_terms(name)]
    terms += [{"kind": kind, "term": term, "rest": ""} for kind, term in list_phone_terms(phone or "")]
    return [keys | term for term in terms]


def list_vehicle_terms(garage_id: int, vehicle_id: int, *, plate: str) -> list[Values]:
    """The rows of :class:`VehicleTerm` that a vehicle has."""
    keys = {"garage_id": garage_id, "vehicle_id": vehicle_id}
    return [keys | {"kind": kind, "term": term} for kind, term in list_plate_terms(plate)]


def keep_search_terms() -> None:
    """Follow every customer and vehicle that a session writes; safe to call again.

    A statement that writes their tables without a row in hand is not followed: nobody makes one
    (``tests/guards/test_search_terms.py``), and the database refuses to delete a row that has terms.
    """
    for model in (Customer, Vehicle):
        if not event.contains(model, "after_insert", _after_insert):
            event.listen(model, "after_insert", _after_insert)
            event.listen(model, "after_update", _after_update)
            event.listen(model, "before_delete", _before_delete)
    if not event.contains(Session, "after_flush", _after_flush):
        event.listen(Session, "after_flush", _after_flush)
        event.listen(Session, "after_soft_rollback", _forget_new)


def _after_insert(_mapper: Mapper[Any], _connection: Connection, row: Row) -> None:
    """New rows wait for the end of their flush, so that a list of thousands is two statements a flush."""
    session = object_session(row)
    assert session is not None  # it is being flushed by one
    session.info.setdefault(_NEW, []).append(row)


def _after_flush(session: Session, _context: UOWTransaction) -> None:
    rows: list[Row] = session.info.pop(_NEW, [])
    for model, insert_terms in _INSERTS.items():
        values = [each for row in rows if isinstance(row, model) for each in _terms_of(row)]
        if values:
            session.connection().execute(insert_terms, values)


def _forget_new(session: Session, _previous: SessionTransaction) -> None:
    """Rows whose flush was undone have no terms."""
    session.info.pop(_NEW, None)


def _after_update(_mapper: Mapper[Any], connection: Connection, row: Row) -> None:
    names = ("name", "phone") if isinstance(row, Customer) else ("plate",)
    if any(get_history(row, name).has_changes() for name in names):
        _remove(connection, row)
        _write(connection, row)


def _before_delete(_mapper: Mapper[Any], connection: Connection, row: Row) -> None:
    _remove(connection, row)


def _terms_of(row: Row) -> list[Values]:
    if isinstance(row, Customer):
        return list_customer_terms(row.garage_id, row.id, name=row.name, phone=row.phone)
    return list_vehicle_terms(row.garage_id, row.id, plate=row.plate)


def _write(connection: Connection, row: Row) -> None:
    values = _terms_of(row)
    if values:
        connection.execute(_INSERTS[type(row)], values)


def _remove(connection: Connection, row: Row) -> None:
    if isinstance(row, Customer):
        theirs = (CustomerTerm.garage_id == row.garage_id, CustomerTerm.customer_id == row.id)
        connection.execute(delete(CustomerTerm).where(*theirs))
    else:
        its = (VehicleTerm.garage_id == row.garage_id, VehicleTerm.vehicle_id == row.id)
        connection.execute(delete(VehicleTerm).where(*its))
