"""The list's place in the desk's rail, with how many are on it."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.web.registries import NavEntry
from notifications.please_phone.queries import count_to_phone

TO_PHONE = NavEntry(
    "notifications_please_phone.please_phone",
    _l("To phone"),
    "callback",
    role="receptionist",
    position=30,
    count=count_to_phone,
)
