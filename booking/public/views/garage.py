"""A garage's own address, and the style sheet with its colour."""

from __future__ import annotations

from flask import Response, redirect
from flask.typing import ResponseReturnValue

from app.db.unit_of_work import reading
from app.errors import NotFoundError
from app.security.policy import public
from app.tenancy.queries import list_workshops
from app.web.accent import accent_sheet
from app.web.assets import FOR_EVER
from booking.public.links import public_url
from booking.public.page import accent_href, accent_mark, show_page
from booking.public.place import at_garage


@public
def show_garage(garage: str) -> ResponseReturnValue:
    """The garage's workshops to choose from; straight on where there is only one."""
    with at_garage(garage) as found:
        with reading() as session:
            workshops = list_workshops(session, found.id)
        links = [
            (workshop, public_url("services_start", garage=found.slug, workshop=workshop.slug))
            for workshop in workshops
        ]
        if len(links) == 1:
            return redirect(links[0][1])
        return show_page("garage", garage=found, links=links, accent_href=accent_href(found))


@public
def show_accent(garage: str, mark: str) -> ResponseReturnValue:
    """The garage's seven colour tokens; its address changes with the colour."""
    with at_garage(garage) as found:
        if accent_mark(found) != mark:
            raise NotFoundError
        response = Response(accent_sheet(found.accent), content_type="text/css; charset=utf-8")
        response.headers["Cache-Control"] = FOR_EVER
        return response
