"""The desk's day: as a board, as a list, and on paper; its week and its month."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.orm import Session

from app import clock
from app.db.unit_of_work import reading
from app.localtime import local_date, to_local
from app.security.policy import staff
from app.tenancy.calendar import get_version, get_version_by_slug
from app.tenancy.queries import WorkshopView, get_workshop, list_workshops
from booking.appointments.conflict_counts import find_in_conflict
from booking.appointments.lengths import next_tick
from booking.desk.access import is_desk, sees_contact
from booking.desk.drop.page import carried
from booking.desk.reasons import say_reason
from calendars.board.day import Column
from calendars.board.lanes import By
from calendars.board.listing import group_visits
from calendars.board.load import get_board_load
from calendars.board.month import get_board_month
from calendars.board.navigation import Way, links_of
from calendars.board.queries import get_board_day
from calendars.board.sheet import Order, get_day_sheet
from calendars.board.totals import count_live, facts_of, is_late
from calendars.board.week import get_board_week


@dataclass(frozen=True, slots=True)
class Loaded:
    """What every page of the board starts from: the workshop, the date asked for, and its calendar's version.

    The version is read before any row, so that the page is never older than it says.
    """

    workshop: WorkshopView
    workshops: list[WorkshopView]
    on: date
    version: int

    @property
    def today(self) -> date:
        """The present date at the workshop."""
        return local_date(clock.now(), self.workshop.timezone)


blueprint = Blueprint("calendars_board", __name__, template_folder="../templates")


@blueprint.get("/desk/")
@staff("technician")
def today() -> ResponseReturnValue:
    """The first page of the desk: today in the garage's first workshop."""
    with reading() as session:
        workshops = list_workshops(session, current_user.garage.id)
    if not workshops:
        return render_template("calendars/board/no_workshop.html")
    return redirect(url_for("calendars_board.day", workshop=workshops[0].slug, _anchor="now"))


@blueprint.get("/desk/<workshop>/day")
@staff("technician")
def day(workshop: str) -> ResponseReturnValue:
    """One day. ``on``: the local date; ``by``: bay, technician or courtesy car; ``as``: board or list."""
    by = _by()
    as_list = request.args.get("as") == "list"
    with reading() as session:
        loaded = _load(session, workshop)
        board = get_board_day(session, loaded.workshop, on=loaded.on, by=by)
        in_conflict = find_in_conflict(session, loaded.workshop.garage_id)
    now = clock.now()
    return render_template(
        "calendars/board/day.html",
        workshop=loaded.workshop,
        board=board,
        version=loaded.version,
        by=by,
        as_list=as_list,
        now=now,
        today=loaded.today,
        groups=group_visits(board.visits, now=now),
        facts=facts_of(board.visits, now=now),
        away_href=_away_href(loaded, now),
        live_count=count_live(board.visits),
        is_late=is_late,
        in_conflict=in_conflict,
        **_carrying(by),
        links=links_of(
            Way(loaded.workshop, loaded.on, by, "list" if as_list else "board"),
            board.week,
            workshops=loaded.workshops,
            today=loaded.today,
            has_courtesy_cars=board.has_courtesy_cars,
        ),
    )


@blueprint.get("/desk/week")
@staff("technician")
def this_week() -> ResponseReturnValue:
    """The present week in the garage's first workshop."""
    with reading() as session:
        workshops = list_workshops(session, current_user.garage.id)
    if not workshops:
        return redirect(url_for("calendars_board.today"))
    return redirect(url_for("calendars_board.week", workshop=workshops[0].slug))


@blueprint.get("/desk/<workshop>/week")
@staff("technician")
def week(workshop: str) -> ResponseReturnValue:
    """One week. ``on``: a local date of it; ``by``: bay, technician or courtesy car."""
    by = _by()
    with reading() as session:
        loaded = _load(session, workshop)
        way = Way(loaded.workshop, loaded.on, by, "week")
        board = get_board_week(session, loaded.workshop, monday=way.monday, by=by)
        in_conflict = find_in_conflict(session, loaded.workshop.garage_id)
    return render_template(
        "calendars/board/week.html",
        workshop=loaded.workshop,
        board=board,
        version=loaded.version,
        by=by,
        now=clock.now(),
        today=loaded.today,
        monday=way.monday,
        sunday=way.monday + timedelta(days=6),
        live_counts=[count_live(visits) for visits in board.there],
        listed_counts=[count_live(visits) for visits in board.visits],
        is_late=is_late,
        in_conflict=in_conflict,
        **_carrying(by),
        links=links_of(
            way,
            board.days,
            workshops=loaded.workshops,
            today=loaded.today,
            has_courtesy_cars=board.has_courtesy_cars,
        ),
    )


@blueprint.get("/desk/<workshop>/month")
@staff("technician")
def month(workshop: str) -> ResponseReturnValue:
    """One month, and how full its days are. ``on``: a local date of it."""
    with reading() as session:
        loaded = _load(session, workshop)
        board = get_board_month(session, loaded.workshop, on=loaded.on)
    way = Way(loaded.workshop, loaded.on, "bay", "month")
    return render_template(
        "calendars/board/month.html",
        workshop=loaded.workshop,
        board=board,
        version=loaded.version,
        today=loaded.today,
        links=links_of(way, [], workshops=loaded.workshops, today=loaded.today, has_courtesy_cars=False),
        day_href=lambda on: replace(way, on=on, look="board").href,
        week_href=lambda on: replace(way, on=on, look="week").href,
    )


@blueprint.get("/desk/<workshop>/load")
@staff("technician")
def load(workshop: str) -> ResponseReturnValue:
    """How full one day is, by skill and bay, and what it still has room for. ``on``: the local date."""
    with reading() as session:
        loaded = _load(session, workshop)
        board = get_board_load(session, loaded.workshop, on=loaded.on, today=loaded.today)

    def href(endpoint: str, on: date) -> str:
        return url_for(endpoint, workshop=loaded.workshop.slug, on=on.isoformat())

    return render_template(
        "calendars/board/load.html",
        workshop=loaded.workshop,
        load=board,
        say_reason=say_reason,
        day_href=href("calendars_board.day", loaded.on),
        previous=href(".load", loaded.on - timedelta(days=1)),
        next=href(".load", loaded.on + timedelta(days=1)),
    )


@blueprint.get("/desk/<workshop>/version")
@staff("technician")
def version(workshop: str) -> ResponseReturnValue:
    """``{"version": n}``: another number than the page's says that something on it has changed."""
    with reading() as session:
        return jsonify(version=get_version_by_slug(session, current_user.garage.id, workshop))


@blueprint.get("/desk/<workshop>/sheet")
@staff("technician")
def sheet(workshop: str) -> ResponseReturnValue:
    """One day to be printed. ``date``: the local date; ``by``: bay, or time of arrival."""
    order: Order = "time" if request.args.get("by") == "time" else "bay"
    with reading() as session:
        shown = get_workshop(session, current_user.garage.id, workshop, or_archived=True)
        now = clock.now()
        day_sheet = get_day_sheet(session, shown, on=_date(request.args.get("date"), shown), order=order)
    return render_template(
        "calendars/board/sheet.html",
        workshop=shown,
        sheet=day_sheet,
        order=order,
        now=now,
        country=current_user.garage.country,
        sees_contact=sees_contact,
    )


def _load(session: Session, slug: str) -> Loaded:
    workshops = list_workshops(session, current_user.garage.id)
    shown = next((row for row in workshops if row.slug == slug), None)
    if shown is None:  # archived, or not there
        shown = get_workshop(session, current_user.garage.id, slug, or_archived=True)
    on, version = _date(request.args.get("on"), shown), get_version(session, shown.garage_id, shown.id)
    return Loaded(shown, workshops, on, version)


def _carrying(by: By) -> dict[str, Any]:
    """What the board may do with a visit, for whoever works at the desk; loans follow the work."""
    carries = is_desk() and by != "courtesy_car"
    return {"carries": carries, "carried": carried if carries else lambda _view: None}


def _away_href(loaded: Loaded, now: datetime) -> Callable[[Column], str]:
    """Where a column's leave, or time out of use, is entered: from now on, or all of another day."""
    if not is_desk() or loaded.on < loaded.today:
        return lambda _column: ""
    query: dict[str, Any] = {"from_on": loaded.on.isoformat()}
    if loaded.on == loaded.today:
        query["from_at"] = f"{to_local(next_tick(now), loaded.workshop.timezone):%H:%M}"

    def href(column: Column) -> str:
        if column.is_former:
            return ""
        return url_for(
            "booking_conflicts.closures", workshop=loaded.workshop.slug, of=column.resource_id, **query
        )

    return href


def _by() -> By:
    """Whose columns are asked for; bays, where that is nothing known."""
    asked = request.args.get("by")
    return "technician" if asked == "technician" else "courtesy_car" if asked == "courtesy_car" else "bay"


def _date(text: str | None, workshop: WorkshopView) -> date:
    """The date asked for; anything unreadable, or out of any calendar's reach, is today."""
    today_here = local_date(clock.now(), workshop.timezone)
    try:
        asked = date.fromisoformat(text or "")
    except ValueError:
        return today_here
    return asked if abs(asked - today_here) < timedelta(days=3660) else today_here
