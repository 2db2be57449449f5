"""The product without its look at versions, for a control: two desks must overwrite each other."""

from __future__ import annotations

from typing import Any

from flask import Flask

import booking.appointments.operations.change_status as change_status_module


def create_app() -> Flask:
    """The application that takes every step, whatever the page had shown."""
    import wsgi  # noqa: PLC0415  # late: after the module was looked up above

    honest = change_status_module.lock_appointment

    def lock_any_version(session: Any, **words: Any) -> Any:
        return honest(session, **(words | {"version": None}))

    change_status_module.lock_appointment = lock_any_version
    return wsgi.create_app()
