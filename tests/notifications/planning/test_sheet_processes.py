"""The evening mail by real schedulers and a real mail server: one sheet, in time or a little late."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from tests.factories.appointments import book
from tests.factories.garages import make_garage
from tests.support.clock import MovableClock
from tests.support.databases import Database
from tests.support.mail_servers import MailBox, mail_server
from tests.support.quick_scheduler import LOOK_SECONDS
from tests.support.servers import Servers

MONDAY_SIX = datetime(2026, 12, 7, 17, 0, tzinfo=UTC)  # 18:00 in Paris
TUESDAY_NINE = datetime(2026, 12, 8, 8, 0, tzinfo=UTC)
DESK = "desk@martin.example"
PATIENCE_SECONDS = 30


def sheets(box: MailBox) -> list[str]:
    return [str(letter["Subject"]) for letter in box.letters if letter["To"] == DESK]


def wait_for_sheet(box: MailBox, *, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not sheets(box):
        assert time.monotonic() < deadline, "no sheet came"
        time.sleep(0.1)


@pytest.mark.processes
def test_after_an_outage_two_schedulers_bring_one_sheet(
    database: Database, clock: MovableClock, servers: Servers
) -> None:
    clock.move_to(MONDAY_SIX - timedelta(hours=4))
    with database.app.app_context():
        book(make_garage(email=DESK), TUESDAY_NINE, source="desk")
    clock.move_to(MONDAY_SIX + timedelta(hours=3))
    with mail_server() as box:
        mail = {"smtp_url": f"smtp://127.0.0.1:{box.port}", "mail_from": "bookings@book.example"}
        schedulers = [servers.quick_scheduler(database, **mail) for _ in range(2)]
        wait_for_sheet(box, seconds=PATIENCE_SECONDS)
        clock.advance(minutes=30)
        time.sleep(3 * LOOK_SECONDS)
        assert sheets(box) == ["Demain, mardi 8 décembre\u202f: 1 voiture (Workshop martin)"]
        assert all(process.is_alive for process in schedulers)
