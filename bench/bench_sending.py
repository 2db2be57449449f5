"""Sending what is due: our sender, states and commits included, against threads that only wait.

A provider takes 50 ms a text. The floor is as many threads that do nothing but that; ours claims,
asks again, writes and records each message in between. Prints ratios of neighbouring rounds, never
bare times. Every round is checked first: each message went out exactly once, and is accepted. The
first argument is another number of messages a round.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import flask_migrate

from app import clock
from app.config import Settings
from app.db.session import db
from notifications.channels.protocol import Accepted, Outgoing
from notifications.outbox.jobs import SENDING_THREADS
from notifications.outbox.models import State
from notifications.outbox.sending import send_due
from tests.factories.appointments import book
from tests.factories.garages import MadeGarage, make_garage
from tests.factories.messages import list_rows, make_due_messages
from wsgi import create_app

MESSAGES = int(sys.argv[1]) if len(sys.argv) > 1 else 400
PAIRS, LATENCY_SECONDS = 7, 0.05


@dataclass
class SlowChannel:
    """A provider that takes its time, and keeps a record of what it got."""

    got: Counter[int] = field(default_factory=Counter)

    def send(self, message: Outgoing) -> Accepted:
        time.sleep(LATENCY_SECONDS)
        self.got[message.message_id] += 1
        return Accepted(f"slow-{message.message_id}")


def main() -> None:
    """Print the median of the rounds' ratios, with min and max."""
    with tempfile.TemporaryDirectory() as folder:
        environ = {"ENV": "test", "DATA_DIR": folder, "RATE_LIMITS": "off"}
        settings = Settings.from_environ({f"GARAGENDA_{name}": value for name, value in environ.items()})
        clock.configure(settings.clock_offset_file)
        with create_app(settings).app_context():
            flask_migrate.upgrade()
            garage = make_garage()
            visit = book(garage, next_weekday())
            send_due({"email": SlowChannel(), "sms": SlowChannel()})
            ratios = [floor() / ours(garage, visit, number) for number in range(PAIRS)]
            db.engine.dispose()
    low, middle, high = min(ratios), statistics.median(ratios), max(ratios)
    print(f"{MESSAGES} messages, {SENDING_THREADS} threads {'':>10} {'ratio':>7} {'min':>7} {'max':>7}")
    print(f"{'rate of ours / threads over latency':>36} {middle:>7.2f} {low:>7.2f} {high:>7.2f}")


def next_weekday() -> datetime:
    """Nine in the morning, in Paris or an hour later, on a Wednesday when the workshop is open."""
    now = clock.now()
    ahead = timedelta(days=(2 - now.weekday()) % 7 + 7)
    return (now + ahead).replace(hour=8, minute=0, second=0, microsecond=0)


def floor() -> float:
    """Seconds that the provider alone takes, with as many threads."""
    began = time.perf_counter()
    with ThreadPoolExecutor(SENDING_THREADS) as pool:
        for run in [pool.submit(time.sleep, LATENCY_SECONDS) for _ in range(MESSAGES)]:
            run.result()
    return time.perf_counter() - began


def ours(garage: MadeGarage, visit: int, number: int) -> float:
    """Seconds to send a round's messages, each checked to have gone out once."""
    make_due_messages(garage, visit, count=MESSAGES, appointment_version=number + 2)
    channel = SlowChannel()
    began = time.perf_counter()
    accepted = send_due({"email": channel}, threads=SENDING_THREADS)
    took = time.perf_counter() - began
    assert accepted == MESSAGES == len(channel.got), (accepted, len(channel.got))
    assert set(channel.got.values()) == {1}
    assert not list_rows(garage, state=State.PLANNED, channel="email", kind="confirmed")
    return took


if __name__ == "__main__":
    main()
