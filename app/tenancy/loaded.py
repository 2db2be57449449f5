"""Rows that the open transaction has in hand: written or read by it, so that they need not be read again."""

from __future__ import annotations

from typing import TypeVar

from sqlalchemy import inspect
from sqlalchemy.orm import Session, object_session

from app.tenancy.owned import GarageOwned

R = TypeVar("R", bound=GarageOwned)


def find_loaded(session: Session, entity: type[R], *, garage_id: int, number: int) -> R | None:
    """The garage's row with this id, if it is stored and the session has it; else None.

    A query would give the very same object, as the session knows it: what the session has loaded it
    does not load anew.
    """
    row: R | None = session.identity_map.get(inspect(entity).identity_key_from_primary_key((number,)))
    if row is None or row.garage_id != garage_id or object_session(row) is not session:
        return None
    state = inspect(row)
    return row if state.persistent and not state.expired else None
