"""The ways that lead on from a day: other days, other columns, other workshops, and back to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from flask import url_for
from flask_babel import format_date
from flask_babel import gettext as _

from app.tenancy.queries import WorkshopView
from booking.desk.access import is_desk
from calendars.board.queries import By, DayLoad

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Way:
    """A day as it is looked at."""

    workshop: WorkshopView
    on: date
    by: By
    as_list: bool

    @property
    def query(self) -> dict[str, Any]:
        """What an address carries of it, so that the way back leads to the same view."""
        parts: dict[str, Any] = {"on": self.on.isoformat()}
        if self.by != "bay":
            parts["by"] = self.by
        return parts | ({"as": "list"} if self.as_list else {})

    @property
    def href(self) -> str:
        return url_for("calendars_board.day", workshop=self.workshop.slug, **self.query)


@dataclass(frozen=True, slots=True)
class Link:
    """One of several ways; ``key`` takes it from the keyboard."""

    label: str
    href: str
    current: bool
    key: str = ""


@dataclass(frozen=True, slots=True)
class DayLink:
    """A day of the week with its load."""

    weekday: str
    number: int
    percent: int
    href: str
    current: bool
    today: bool


@dataclass(frozen=True, slots=True)
class Links:
    """Everything a day's page links to; ``book`` is empty for who may not."""

    previous: str
    today: str
    next: str
    views: list[Link]
    sites: list[Link]
    week: list[DayLink]
    query: dict[str, Any]
    book: str
    sheet: str
    here: str


def links_of(way: Way, week: Iterable[DayLoad], *, workshops: Iterable[WorkshopView], today: date) -> Links:
    """The links of a day. The week leaves out closed days, but for the one shown."""
    return Links(
        previous=replace(way, on=way.on - ONE_DAY).href,
        today=replace(way, on=today).href + "#now",
        next=replace(way, on=way.on + ONE_DAY).href,
        views=_views(way),
        sites=[
            Link(row.name, replace(way, workshop=row).href, row.slug == way.workshop.slug)
            for row in workshops
        ],
        week=[_day(way, load, today) for load in week if load.is_open or load.on == way.on],
        query=way.query,
        book=url_for("booking_phone.form", workshop=way.workshop.slug, **way.query) if is_desk() else "",
        sheet=url_for("calendars_board.sheet", workshop=way.workshop.slug, date=way.on.isoformat()),
        here=way.href,
    )


def _views(way: Way) -> list[Link]:
    """Bays and technicians change places by one key."""
    bays, people = (replace(way, by=by, as_list=False) for by in ("bay", "technician"))
    by_bay, by_people = way == bays, way == people
    return [
        Link(_("Bays"), bays.href, by_bay, key="" if by_bay else "b"),
        Link(_("Technicians"), people.href, by_people, key="b" if by_bay else ""),
        Link(_("List"), replace(way, as_list=True).href, way.as_list),
    ]


def _day(way: Way, load: DayLoad, today: date) -> DayLink:
    return DayLink(
        weekday=str(format_date(load.on, "EEE")),
        number=load.on.day,
        percent=load.percent,
        href=replace(way, on=load.on).href,
        current=load.on == way.on,
        today=load.on == today,
    )
