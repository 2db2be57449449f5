"""Files between looking and storing: kept for two hours as rows of the garage, then forgotten."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app import clock
from app.errors import NotFoundError
from booking.customers.importing.reading import Table
from booking.customers.models import CustomerImport

KEPT = timedelta(hours=2)
MOST_OF_A_NAME = 120


def keep_upload(
    session: Session, *, garage_id: int, file_name: str, table: Table, user_id: int | None
) -> CustomerImport:
    """Keep what was sent, to be looked at. Flushes."""
    row = CustomerImport(
        garage_id=garage_id,
        file_name="".join(char for char in file_name if char.isprintable())[-MOST_OF_A_NAME:],
        header=list(table.header),
        rows=[list(cells) for cells in table.rows],
        uploaded_by_user_id=user_id,
        expires_at=clock.now() + KEPT,
    )
    session.add(row)
    session.flush()
    return row


def get_upload(session: Session, garage_id: int, import_id: int, *, lock: bool = False) -> CustomerImport:
    """The garage's file of this number; ``lock`` keeps it as it is. Raises NotFoundError."""
    statement = select(CustomerImport).where(
        CustomerImport.garage_id == garage_id, CustomerImport.id == import_id
    )
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    row = session.scalar(statement)
    if row is None:
        raise NotFoundError
    return row


def is_over(row: CustomerImport) -> bool:
    """Whether its time is over before it was stored."""
    return row.stored_at is None and row.expires_at <= clock.now()


def delete_old_uploads(session: Session) -> None:
    """Forget every file whose time is over; the caller stands in ``across_garages``."""
    session.execute(
        delete(CustomerImport)
        .where(CustomerImport.expires_at <= clock.now())
        .execution_options(synchronize_session=False)
    )
