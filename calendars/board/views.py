"""The desk's day: as a board by bay or technician, and as a list."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.db.unit_of_work import reading
from app.errors import NotFoundError
from app.localtime import local_date
from app.security.policy import staff
from app.tenancy.queries import WorkshopView, list_workshops
from calendars.board.listing import group_visits
from calendars.board.queries import BoardDay, By, get_board_day

blueprint = Blueprint("calendars_board", __name__, template_folder="../templates")


@blueprint.get("/desk/")
@staff("technician")
def today() -> ResponseReturnValue:
    """The first page of the desk: today in the garage's first workshop."""
    with reading() as session:
        workshops = list_workshops(session, current_user.garage.id)
    if not workshops:
        return render_template("calendars/board/no_workshop.html")
    return redirect(url_for("calendars_board.day", workshop=workshops[0].slug))


@blueprint.get("/desk/<workshop>/day")
@staff("technician")
def day(workshop: str) -> ResponseReturnValue:
    """One day. ``on``: the local date; ``by``: bay or technician; ``as``: board or list."""
    by: By = "technician" if request.args.get("by") == "technician" else "bay"
    as_list = request.args.get("as") == "list"
    with reading() as session:
        workshops = list_workshops(session, current_user.garage.id)
        shown = _pick(workshops, workshop)
        on = _date(request.args.get("on"), shown)
        board = get_board_day(session, shown, on=on, by=by)
    return render_template(
        "calendars/board/day.html",
        workshop=shown,
        board=board,
        by=by,
        as_list=as_list,
        now=clock.now(),
        groups=group_visits(board.visits, now=clock.now()),
        **_navigation(board, shown, workshops, by=by, as_list=as_list),
    )


def _pick(workshops: list[WorkshopView], slug: str) -> WorkshopView:
    found = next((row for row in workshops if row.slug == slug), None)
    if found is None:
        raise NotFoundError
    return found


def _date(text: str | None, workshop: WorkshopView) -> date:
    """The date asked for; anything unreadable, or out of any calendar's reach, is today."""
    today_here = local_date(clock.now(), workshop.timezone)
    try:
        asked = date.fromisoformat(text or "")
    except ValueError:
        return today_here
    return asked if abs(asked - today_here) < timedelta(days=3660) else today_here


def _navigation(
    board: BoardDay, workshop: WorkshopView, workshops: list[WorkshopView], *, by: By, as_list: bool
) -> dict[str, Any]:
    kept = {"by": by if by != "bay" else None, "as": "list" if as_list else None}

    def href(on: date, **changes: Any) -> str:
        slug = changes.pop("slug", workshop.slug)
        return url_for("calendars_board.day", workshop=slug, on=on.isoformat(), **(kept | changes))

    today_here = local_date(clock.now(), workshop.timezone)
    return {
        "previous_href": href(board.on - timedelta(days=1)),
        "today_href": href(today_here),
        "next_href": href(board.on + timedelta(days=1)),
        "views": [
            _entry(_("Bays"), href(board.on, by=None, **{"as": None}), by == "bay" and not as_list),
            _entry(
                _("Technicians"),
                href(board.on, by="technician", **{"as": None}),
                by == "technician" and not as_list,
            ),
            _entry(_("List"), href(board.on, **{"as": "list"}), as_list),
        ],
        "sites": [
            _entry(row.name, href(board.on, slug=row.slug), row.slug == workshop.slug) for row in workshops
        ],
        "week": [
            {
                "weekday": format_date(load.on, "EEE"),
                "number": load.on.day,
                "percent": load.percent,
                "href": href(load.on),
                "current": load.on == board.on,
            }
            for load in board.week
            if load.is_open or load.on == board.on
        ],
        "is_today": board.on == today_here,
    }


def _entry(label: str, href: str, current: bool) -> dict[str, Any]:
    return {"label": label, "href": href, "current": current}
