"""Where the benchmarks play: migrated databases of both kinds, servers, and a clock that stands in 2027.

Everything lies in one temporary folder and listens on this machine alone; nothing outlives the run.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.measuring import Pace
from tests.support.clock import MovableClock
from tests.support.databases import Database, DatabaseStock, Kind
from tests.support.postgres import PostgresServer
from tests.support.servers import Servers

NOW = datetime(2027, 2, 26, 7, 0, tzinfo=UTC)
"""The present of every benchmark: the next month, March, has a clock change in Paris."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One kind of database, and how long to measure on it."""

    kind: Kind
    stock: DatabaseStock
    folder: Path
    quick: bool

    @property
    def pace(self) -> Pace:
        return Pace(pairs=7) if self.quick else Pace(pairs=9, sample_seconds=0.1)

    @property
    def on_the_wall(self) -> bool:
        """PostgreSQL works in processes of its own, whose time only the wall clock sees."""
        return self.kind == "postgresql"

    def database(self, name: str) -> AbstractContextManager[Database]:
        """A migrated, empty database, gone afterwards."""
        return self.stock.own(self.kind, name=name)

    @contextmanager
    def servers(self) -> Iterator[Servers]:
        """Starts gunicorn on a database; all are ended after the block."""
        running = Servers(folder=Path(tempfile.mkdtemp(dir=self.folder)))
        try:
            yield running
        finally:
            running.stop()


@contextmanager
def open_stages(kinds: Sequence[Kind], *, quick: bool) -> Iterator[list[Stage]]:
    """A stage for each kind. PostgreSQL is a server of the run's own that does wait for its disk."""
    with ExitStack() as ending:
        folder = Path(ending.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        clock_file = folder / "offset"
        MovableClock(clock_file).move_to(NOW)
        stock = DatabaseStock(
            folder=folder, clock_file=clock_file, worker="bench", start_server=_starting(ending)
        )
        ending.callback(stock.close)
        yield [Stage(kind=kind, stock=stock, folder=folder, quick=quick) for kind in kinds]


def _starting(ending: ExitStack) -> Callable[[], PostgresServer]:
    """Starts the server when it is first asked for, and ends it with the run."""
    started: list[PostgresServer] = []

    def start() -> PostgresServer:
        if not started:
            started.append(PostgresServer.start(durable=True))
            ending.callback(started[0].stop)
        return started[0]

    return start
