"""The ways that lead on from a day: other days, other columns, other workshops, and back to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Literal

from flask import url_for
from flask_babel import format_date
from flask_babel import gettext as _

from app.tenancy.queries import WorkshopView
from booking.desk.access import is_desk
from calendars.board.lanes import By
from calendars.board.month import next_month, previous_month
from calendars.board.queries import DayLoad

ONE_DAY = timedelta(days=1)
ONE_WEEK = timedelta(days=7)

Look = Literal["board", "list", "week", "month"]


@dataclass(frozen=True, slots=True)
class Way:
    """A day as it is looked at, or the week that it lies in."""

    workshop: WorkshopView
    on: date
    by: By
    look: Look = "board"

    @property
    def query(self) -> dict[str, Any]:
        """What an address carries of it, so that the way back leads to the same view."""
        parts: dict[str, Any] = {"on": self.on.isoformat()}
        if self.by != "bay":
            parts["by"] = self.by
        return parts | ({"as": self.look} if self.look != "board" else {})

    @property
    def href(self) -> str:
        if self.look in {"week", "month"}:
            parts = {name: value for name, value in self.query.items() if name != "as"}
            return url_for(f"calendars_board.{self.look}", workshop=self.workshop.slug, **parts)
        return url_for("calendars_board.day", workshop=self.workshop.slug, **self.query)

    @property
    def monday(self) -> date:
        """The first day of its week."""
        return self.on - timedelta(days=self.on.weekday())


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
    """Everything a page of the board links to; ``book`` and ``walk_in`` are empty for who may not.

    ``month`` is the one that the day lies in.
    """

    previous: str
    today: str
    next: str
    views: list[Link]
    sites: list[Link]
    week: list[DayLink]
    query: dict[str, Any]
    book: str
    walk_in: str
    sheet: str
    here: str
    month: str


def links_of(
    way: Way,
    week: Iterable[DayLoad],
    *,
    workshops: Iterable[WorkshopView],
    today: date,
    has_courtesy_cars: bool,
) -> Links:
    """The links of a day, week or month; a day has the open ones of its week, a week all it shows."""
    before, after = _beside(way)
    return Links(
        previous=replace(way, on=before).href,
        today=replace(way, on=today).href + ("" if way.look in {"week", "month"} else "#now"),
        next=replace(way, on=after).href,
        views=_views(way, has_courtesy_cars=has_courtesy_cars),
        sites=[
            Link(row.name, replace(way, workshop=row).href, row.slug == way.workshop.slug)
            for row in workshops
        ],
        week=[
            _day(way, load, today) for load in week if way.look == "week" or load.is_open or load.on == way.on
        ],
        query=way.query,
        book=url_for("booking_phone.form", workshop=way.workshop.slug, **way.query) if is_desk() else "",
        walk_in=url_for("booking_walk_in.form", workshop=way.workshop.slug, **way.query) if is_desk() else "",
        sheet=url_for("calendars_board.sheet", workshop=way.workshop.slug, date=way.on.isoformat()),
        here=way.href,
        month=replace(way, look="month").href,
    )


def _beside(way: Way) -> tuple[date, date]:
    """The day, week or month before and after."""
    if way.look == "month":
        return previous_month(way.on), next_month(way.on)
    step = ONE_WEEK if way.look == "week" else ONE_DAY
    return way.on - step, way.on + step


def _views(way: Way, *, has_courtesy_cars: bool) -> list[Link]:
    """Whose columns, one after the other by one key, and the list of a day."""
    plain: Look = "week" if way.look == "week" else "board"
    kinds: list[tuple[By, str]] = [("bay", _("Bays")), ("technician", _("Technicians"))]
    if has_courtesy_cars or way.by == "courtesy_car":
        kinds.append(("courtesy_car", _("Courtesy")))
    shown = [kind for kind, _label in kinds].index(way.by) if way.look == plain else -1
    links = [
        Link(
            label,
            replace(way, by=kind, look=plain).href,
            current=number == shown,
            key="b" if number == (shown + 1) % len(kinds) else "",
        )
        for number, (kind, label) in enumerate(kinds)
    ]
    if way.look != "week":
        links.append(Link(_("List"), replace(way, look="list").href, way.look == "list"))
    return links


def _day(way: Way, load: DayLoad, today: date) -> DayLink:
    return DayLink(
        weekday=str(format_date(load.on, "EEE")),
        number=load.on.day,
        percent=load.percent,
        href=replace(way, on=load.on, look="board" if way.look == "week" else way.look).href,
        current=load.on == way.on and way.look != "week",
        today=load.on == today,
    )
