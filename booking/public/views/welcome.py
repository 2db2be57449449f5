"""The product's own first page."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from app.db.unit_of_work import reading
from app.extensions import current_settings
from app.security.policy import public
from app.tenancy.queries import list_garages
from booking.public.links import public_url
from booking.public.page import show_page

MOST_SHOWN = 3


@public
def show_welcome() -> ResponseReturnValue:
    """What this is, and the way to sign in. Garages are linked in development alone."""
    garages = []
    if current_settings().env == "development":
        with reading() as session:
            garages = list_garages(session)[:MOST_SHOWN]
    links = [(garage.name, public_url("garage", garage=garage.slug)) for garage in garages]
    return show_page("welcome", links=links)
