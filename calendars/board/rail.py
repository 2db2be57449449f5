"""The board in the desk's rail."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.web.registries import NavEntry

BOARD_ENTRIES = (
    NavEntry(
        "calendars_board.today",
        _l("Day"),
        "cal",
        role="technician",
        position=10,
        here="calendars_board.day",
        key="d",
    ),
    NavEntry(
        "calendars_board.this_week",
        _l("Week"),
        "week",
        role="technician",
        position=15,
        here="calendars_board.week",
        key="k",
    ),
)
