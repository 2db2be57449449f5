"""Signs of life: when each job last ran through, by whichever scheduler."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app import clock
from app.jobs.models import SchedulerTick


def record_tick(session: Session, job: str) -> None:
    """Note that ``job`` has run through just now."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    now = clock.now()
    session.execute(
        insert(SchedulerTick)
        .values(job=job, ticked_at=now)
        .on_conflict_do_update(index_elements=[SchedulerTick.job], set_={"ticked_at": now})
    )


def list_ticks(session: Session) -> dict[str, datetime]:
    """The last time that each job ran through, by its name."""
    rows = session.scalars(select(SchedulerTick).order_by(SchedulerTick.job))
    return {row.job: row.ticked_at for row in rows}


def show_ticks(session: Session) -> dict[str, str]:
    """The same for ``/readyz``: RFC 3339 in UTC."""
    return {job: ticked_at.isoformat(timespec="seconds") for job, ticked_at in list_ticks(session).items()}
