"""A feed served by real processes: what a 304 reads, and how soon an ended link is closed in each of them."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from app import clock as app_clock
from app.db.unit_of_work import unit_of_work
from app.tenancy.scope import scoped_to
from calendars.feeds.operations import revoke_feed, rotate_feed
from tests.factories.busy import fill_calendar
from tests.factories.feeds import make_feed
from tests.factories.garages import make_garage
from tests.support.clock import MovableClock
from tests.support.databases import Database
from tests.support.servers import Servers, WebServer

WORKERS = 2
ENDINGS = {"revoked": revoke_feed, "rotated": rotate_feed}
EVENT_TABLES = ("appointment", "feed_event", "occupancy", "customer", "vehicle")


def status_of(url: str, mark: str = "") -> int:
    """The status of one request on a connection of its own; ``mark``: the copy that the reader has."""
    request = Request(url, headers={"If-None-Match": mark} if mark else {})
    try:
        with urlopen(request, timeout=15) as answer:
            return int(answer.status)
    except HTTPError as refusal:
        refusal.close()
        return refusal.code


def mark_of(url: str) -> str:
    with urlopen(url, timeout=15) as answer:
        return str(answer.headers["ETag"])


@contextmanager
def only(server: WebServer, worker: int) -> Iterator[None]:
    """Within the block every other worker of the server stands still, so that this one answers."""
    others = [pid for pid in server.process.children() if pid != worker]
    for pid in others:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in others:
            os.kill(pid, signal.SIGCONT)


def ask_each(server: WebServer, url: str) -> list[int]:
    """What each worker answers, one after the other."""
    answers = []
    for worker in server.process.children():
        with only(server, worker):
            answers.append(status_of(url))
    return answers


@pytest.mark.parametrize("ending", ENDINGS)
def test_an_ended_link_is_closed_in_every_process_within_a_second(
    database: Database, clock: MovableClock, servers: Servers, ending: str
) -> None:
    with database.app.app_context():
        garage = make_garage()
        feed = make_feed(garage)
        server = servers.web(database, workers=WORKERS)
        assert ask_each(server, server.url + feed.path) == [200] * WORKERS
        with scoped_to(garage.id), unit_of_work() as session:
            ENDINGS[ending](session, garage_id=garage.id, feed_id=feed.id)
        began = time.monotonic()
        assert ask_each(server, server.url + feed.path) == [404] * WORKERS
        assert time.monotonic() - began < 1


def test_an_unchanged_feed_answers_though_no_event_can_be_read(
    own_database: Database, clock: MovableClock, servers: Servers
) -> None:
    with own_database.app.app_context():
        garage = make_garage()
        fill_calendar(garage, 20, first_at=app_clock.now() + timedelta(days=1))
        path = make_feed(garage).path
    url = servers.web(own_database).url + path
    mark = mark_of(url)
    with own_database.engine.begin() as connection:
        for table in EVENT_TABLES:
            connection.exec_driver_sql(f"ALTER TABLE {table} RENAME TO away_{table}")
    assert status_of(url, mark) == 304
    assert status_of(url) == 500, "the control: whoever wants the events would have to read them"
