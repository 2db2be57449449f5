"""A program that has the product loaded, and splits off a copy of itself for each process a test starts.

Loading the product takes longer than most of these processes live. A copy runs its module as a new
interpreter would by ``-m``, with the environment it is given and nothing of ours. Between it and this
program stands a keeper like :mod:`tests.support.keeper`, whose cord is the caller's connection. It
writes the process id first, and the exit code at the end.
"""

from __future__ import annotations

import gc
import json
import os
import runpy
import signal
import socket
import sys
import time
from contextlib import suppress
from importlib import import_module
from typing import Any

from tests.support.keeper import end_session, wait_for_cord

MODULES = ("wsgi", "flask.cli", "gunicorn.app.wsgiapp", "gunicorn.workers.gthread", "psycopg")


class Child:
    """A process that was split off: what a keeper needs of it."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._code: int | None = None

    def poll(self) -> int | None:
        if self._code is None:
            ended, status = os.waitpid(self.pid, os.WNOHANG)
            self._code = os.waitstatus_to_exitcode(status) if ended else None
        return self._code

    def wait(self) -> int:
        while (code := self.poll()) is None:
            time.sleep(0.005)
        return code

    def send_signal(self, number: signal.Signals, /) -> None:
        os.kill(self.pid, number)


def main(address: str) -> int:
    """Take orders until killed; in a copy: run the module that was ordered, and return its exit code."""
    for name in MODULES:
        import_module(name)
    _make_ready()
    gc.freeze()  # what is loaded by now stays shared between all copies
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the caller hears how it ended, we need not
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen()
        caller = _next_caller(listener)
    return _keep(caller)


def _make_ready() -> None:
    """Compile what every web worker compiles, once for all copies."""
    from app.config import Settings  # noqa: PLC0415  # this program's own start must not wait for it
    from wsgi import create_app, make_ready  # noqa: PLC0415

    make_ready(create_app(Settings.from_environ({"GARAGENDA_ENV": "test"})))


def _next_caller(listener: socket.socket) -> socket.socket:
    """Split off a copy for every caller; return in the copies only."""
    while True:
        caller, _ = listener.accept()
        if os.fork() == 0:
            return caller
        caller.close()


def _keep(caller: socket.socket) -> int:
    """Split off the command, and end it when the cord is pulled; return in the command only."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    with caller.makefile() as lines:
        order = json.loads(lines.readline())
    pid = os.fork()
    if pid == 0:
        caller.close()
        return _become(order)
    child = Child(pid)
    try:
        caller.sendall(f"{pid}\n".encode())
        wait_for_cord(child, caller)
    finally:
        code = end_session(child, first=signal.SIGTERM, grace_seconds=order["grace_seconds"])
        with suppress(OSError):  # the caller may be gone
            caller.sendall(f"{code}\n".encode())
        os._exit(0)


def _become(order: dict[str, Any]) -> int:
    """Run a module by its name; of this program nothing is left but what is loaded."""
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDONLY)
    log = os.open(order["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    for number, source in enumerate((nothing, log, log)):
        os.dup2(source, number)
    os.closerange(3, max(nothing, log) + 1)
    os.environ.clear()
    os.environ.update(order["environ"])
    time.tzset()
    sys.argv = order["command"]
    try:
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
    except SystemExit as end:
        if isinstance(end.code, str):
            sys.stderr.write(f"{end.code}\n")
            return 1
        return end.code or 0
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
