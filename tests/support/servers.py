"""Real web servers and schedulers for tests, each in a session of its own, none outliving its test."""

from __future__ import annotations

import http.client
import os
import socket
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.databases import Database
from tests.support.processes import Keeping, KeptProcess
from tests.support.warm_start import WarmStart

FLASK = (sys.executable, "-m", "flask", "--app", "wsgi")
START_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class WebServer:
    """A server that answers at ``url``."""

    url: str
    port: int
    process: KeptProcess


@dataclass
class Servers:
    """Starts processes on a test's database; ``stop`` ends all of them, the newest first.

    With ``warm`` web servers, schedulers, modules and commands start as copies of a program that has the
    product loaded; ``serve`` always starts from nothing, and so do the processes that it starts.
    """

    folder: Path
    warm: WarmStart | None = None
    processes: list[KeptProcess] = field(default_factory=list)

    def web(
        self,
        database: Database,
        *,
        workers: int = 1,
        threads: int = 4,
        application: str = "wsgi:serving_app()",
        **changes: str,
    ) -> WebServer:
        """gunicorn as in production, ready to answer; ``changes`` as in ``Database.environ``.

        ``application`` is another one only for a control that must fail.
        """
        port = free_port()
        command = _gunicorn(application, port=port, workers=workers, threads=threads)
        process = self._start_warm(command, name="web", environ=_at_port(database, port, **changes))
        return _ready(process, port)

    def unready_web(self, database: Database, **changes: str) -> WebServer:
        """gunicorn that stands but says 503 on ``/readyz``."""
        port = free_port()
        command = _gunicorn("wsgi:serving_app()", port=port, workers=1, threads=4)
        process = self._start_warm(command, name="web", environ=_at_port(database, port, **changes))
        wait_ready(process, port=port, status=503)
        return WebServer(f"http://127.0.0.1:{port}", port, process)

    def serve(self, database: Database, *, workers: int = 1, **changes: str) -> WebServer:
        """``flask serve``: web and scheduler of one machine by one command."""
        port = free_port()
        command = [*FLASK, "serve", "--port", str(port), "--workers", str(workers)]
        process = self._start(command, name="serve", environ=_at_port(database, port, **changes))
        return _ready(process, port)

    def scheduler(self, database: Database, **changes: str) -> KeptProcess:
        """One ``flask scheduler``; any number may run."""
        return self._start_warm(
            [*FLASK, "scheduler"], name="scheduler", environ=_environ(database, **changes)
        )

    def quick_scheduler(self, database: Database, **changes: str) -> KeptProcess:
        """The same with a look every half second, for a test that waits for more than the first."""
        return self.module(database, "tests.support.quick_scheduler", **changes)

    def command(self, database: Database, *words: str, **changes: str) -> str:
        """Run a ``flask`` command to its end and return what it printed; raises if it fails."""
        process = self._start_warm(
            [*FLASK, *words], name="-".join(words[:2]), environ=_environ(database, **changes)
        )
        code = process.wait(timeout_seconds=120)
        if code != 0:
            raise RuntimeError(f"flask {' '.join(words)} ended with {code}:\n{process.tail()}")
        return process.output()

    def module(self, database: Database, name: str, **changes: str) -> KeptProcess:
        """A module run in place of a ``flask`` command, for a control that must fail."""
        return self._start_warm(
            [sys.executable, "-m", name], name=name, environ=_environ(database, **changes)
        )

    def program(self, command: Sequence[str], *, name: str) -> KeptProcess:
        """Anything else that a test needs beside the product, in the same lean environment."""
        return self._start(command, name=name, environ=lean_environ())

    def stop(self) -> None:
        for process in reversed(self.processes):
            process.stop()

    def _start(self, command: Sequence[str], *, name: str, environ: Mapping[str, str]) -> KeptProcess:
        return self._note(KeptProcess.start, command, name=name, environ=environ)

    def _start_warm(self, command: Sequence[str], *, name: str, environ: Mapping[str, str]) -> KeptProcess:
        start = KeptProcess.start if self.warm is None else self.warm.start
        return self._note(start, command, name=name, environ=environ)

    def _note(
        self,
        start: Callable[..., KeptProcess],
        command: Sequence[str],
        *,
        name: str,
        environ: Mapping[str, str],
    ) -> KeptProcess:
        log = self.folder / f"{len(self.processes)}-{name}.log"
        process = start(command, name=name, log=log, env=environ, keeping=Keeping())
        self.processes.append(process)
        return process


def _ready(process: KeptProcess, port: int) -> WebServer:
    wait_ready(process, port=port)
    return WebServer(f"http://127.0.0.1:{port}", port, process)


def _gunicorn(application: str, *, port: int, workers: int, threads: int) -> list[str]:
    command = [sys.executable, "-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}"]
    command += ["--workers", str(workers), "--threads", str(threads)]
    return [*command, "--no-control-socket"]  # it would lie in the home folder, one for all servers


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_ready(process: KeptProcess, *, port: int, status: int = 200) -> None:
    """Wait until ``/readyz`` answers ``status``; raises with the end of the log when it does not."""
    deadline = time.monotonic() + START_SECONDS
    answer = "nothing"
    while process.is_alive and time.monotonic() < deadline:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            found = connection.getresponse().status
            if found == status:
                return
            answer = str(found)
        except (OSError, http.client.HTTPException) as error:
            answer = type(error).__name__
        finally:
            connection.close()
        time.sleep(0.05)
    raise RuntimeError(f"{process.name} is not ready (/readyz: {answer}):\n{process.tail()}")


def _at_port(database: Database, port: int, **changes: str) -> dict[str, str]:
    return _environ(database, **({"public_url": f"http://127.0.0.1:{port}"} | changes))


def _environ(database: Database, **changes: str) -> dict[str, str]:
    return lean_environ() | database.environ(**({"log_format": "text"} | changes))


def lean_environ() -> dict[str, str]:
    """Nothing of the developer's own settings reaches the processes."""
    wanted = ("PATH", "PYTHONPATH", "HOME", "TZ", "TMPDIR")
    kept = {name: os.environ[name] for name in wanted if name in os.environ}
    return kept | {"LC_ALL": "C.UTF-8", "PYTHONUNBUFFERED": "1"}
