"""The product with a booking that commits in the middle, for a control: a kill must leave halves.

The product itself has no such switch: this module commits before the resources are taken, and
thinks for a moment.
"""

from __future__ import annotations

import time
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

import booking.appointments.operations.book as book_module

THINKING_SECONDS = 0.3


def create_app() -> Flask:
    """The application whose bookings come in two parts."""
    import wsgi  # noqa: PLC0415  # late: after the module was looked up above

    honest = book_module.occupy  # type: ignore[attr-defined]  # the point of this module

    def occupy_later(session: Session, appointment: Any, placement: Any) -> None:
        session.flush()
        session.commit()
        time.sleep(THINKING_SECONDS)
        honest(session, appointment, placement)

    book_module.occupy = occupy_later  # type: ignore[attr-defined]  # the point of this module
    return wsgi.create_app()
