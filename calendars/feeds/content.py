"""A whole feed: loaded in one transaction, then joined from what is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from icalendar import Calendar, vText
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.i18n import speaking
from booking.appointments.queries import AppointmentView, list_views
from booking.resources.models import MAX_ROW_DAYS, Occupancy
from booking.resources.queries import BusyRow
from calendars.feeds.appointment_file import PRODUCT, own_uid, plain
from calendars.feeds.event_text import busy_summary, busy_text, event_text
from calendars.feeds.kept import Kept, list_kept, window_of
from calendars.feeds.queries import FeedView

REFRESH = timedelta(minutes=15)
"""How often we ask subscribers to look again; few ask more than hourly whatever we say."""

BATCH = 10_000
"""Events read at once; both databases take more parameters in one statement."""

OTHER_KINDS = ("leave", "block", "imported")
END = "END:VCALENDAR\r\n"


@dataclass(frozen=True, slots=True)
class FeedContent:
    """Everything that a feed is written from: kept texts, what must be written anew, other busy time."""

    rows: list[Kept]
    stale: dict[int, AppointmentView]
    busy: list[tuple[int, BusyRow]]


def load_content(session: Session, feed: FeedView) -> FeedContent:
    """Read the feed's events; those without a text that stands are read whole, three statements more."""
    rows = list_kept(session, feed.workshop, feed.look, resource_id=feed.resource_id)
    ids = [row.appointment_id for row in rows if row.text is None]
    views: dict[int, AppointmentView] = {}
    for start in range(0, len(ids), BATCH):
        found = list_views(session, feed.garage_id, ids[start : start + BATCH])
        views |= {view.id: view for view in found}
    return FeedContent(rows, views, _other_busy_time(session, feed))


def write_feed(feed: FeedView, content: FeedContent) -> str:
    """The calendar's text: head, events by arrival, other busy time."""
    with speaking(feed.look.locale):
        fresh = {
            appointment_id: event_text(view, feed.workshop, feed.look)
            for appointment_id, view in content.stale.items()
        }
        busy = [
            busy_text(row, own_uid("busy", feed.garage_id, row_id), busy_summary(row, feed.look))
            for row_id, row in content.busy
        ]
        head = _head(plain(feed_name(feed)))
    # An appointment always has a row to join with its view, read in the same transaction.
    events = [row.text if row.text is not None else fresh[row.appointment_id] for row in content.rows]
    return "".join([head, *events, *busy, END])


def feed_name(feed: FeedView) -> str:
    """What the calendar is called in the reader's list."""
    if feed.resource_id is None:
        return feed.name
    return f"{feed.name} · {feed.workshop.name}"


def _head(name: str) -> str:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    for label in ("name", "x-wr-calname"):
        calendar.add(label, vText(name))  # of a property it does not know the library escapes nothing
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", f"PT{REFRESH // timedelta(minutes=1)}M")
    return str(calendar.to_ical().decode()).removesuffix(END)


def _other_busy_time(session: Session, feed: FeedView) -> list[tuple[int, BusyRow]]:
    """Leave, blocks and imported time of the feed's resource; a workshop has none."""
    if feed.resource_id is None:
        return []
    window = window_of(feed.workshop.timezone)
    rows = session.execute(
        select(
            Occupancy.id,
            Occupancy.resource_id,
            Occupancy.starts_at,
            Occupancy.ends_at,
            Occupancy.kind,
            Occupancy.label,
        )
        .where(
            Occupancy.garage_id == feed.garage_id,
            Occupancy.resource_id == feed.resource_id,
            Occupancy.kind.in_(OTHER_KINDS),
            Occupancy.starts_at > window.starts_at - timedelta(days=MAX_ROW_DAYS),
            Occupancy.starts_at < window.ends_at,
            Occupancy.ends_at > window.starts_at,
        )
        .order_by(Occupancy.starts_at, Occupancy.id)
    )
    return [(row[0], BusyRow(*row[1:])) for row in rows]
