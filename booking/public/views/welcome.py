"""The product's own first page."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from app.db.unit_of_work import reading
from app.extensions import current_settings
from app.security.policy import public
from app.tenancy.queries import find_garage
from booking.public.links import public_url
from booking.public.page import show_page

DEMO_GARAGE = "atelier-martin"


@public
def show_welcome() -> ResponseReturnValue:
    """What this is, and the way to sign in. In development the demo garage, if it is loaded."""
    demo_href = None
    if current_settings().env == "development":
        with reading() as session:
            demo = find_garage(session, DEMO_GARAGE)
        demo_href = public_url("garage", garage=demo.slug) if demo else None
    return show_page("welcome", demo_href=demo_href)
