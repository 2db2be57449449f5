"""The customers' place in the desk's rail."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.web.registries import NavEntry

CUSTOMERS = NavEntry("booking_customers.listing", _l("Customers"), "users", role="receptionist", position=50)
