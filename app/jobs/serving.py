"""Web and scheduler of one machine by one command: two child processes that live and end together."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import structlog

log = structlog.get_logger(__name__)

ROOT = Path(__file__).resolve().parents[2]
GRACE_SECONDS = 30
"""How long requests and messages under way may take to end."""

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
"""What ends all of us: a service manager, Ctrl-C, a terminal that goes away."""

ENDED_WELL = (0, -signal.SIGTERM)
"""Exit codes after we asked; one that was still starting ends by the signal itself."""


@dataclass(frozen=True, slots=True)
class Child:
    """A running child process, by the name that logs give it."""

    name: str
    process: subprocess.Popen[bytes]


def serve(*, port: int, workers: int, threads: int) -> int:
    """Run the web server on ``127.0.0.1:port`` and one scheduler until a signal, or until one ends.

    Returns the exit code: 0 after a signal if both ended well, else that of the child that failed
    (1 for one that ended by itself without an error).
    """
    stopping = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    before = {number: signal.signal(number, stop) for number in STOP_SIGNALS}
    children = [
        _start("web", _web_command(port=port, workers=workers, threads=threads)),
        _start("scheduler", [sys.executable, "-m", "flask", "--app", "wsgi", "scheduler"]),
    ]
    try:
        dead = _wait(children, stopping)
    finally:
        codes = _end(children)
        for number, handler in before.items():
            signal.signal(number, handler)
    if dead is not None:
        log.error("child_ended", child=dead.name, code=dead.process.returncode)
        return _exit_code(dead.process.returncode) or 1
    return next((_exit_code(code) for code in codes if code not in ENDED_WELL), 0)


def _web_command(*, port: int, workers: int, threads: int) -> list[str]:
    options = {
        "--bind": f"127.0.0.1:{port}",
        "--worker-class": "gthread",
        "--workers": workers,
        "--threads": threads,
        "--graceful-timeout": GRACE_SECONDS,
        "--log-level": "warning",
    }
    words = [str(word) for pair in options.items() for word in pair]
    return [sys.executable, "-m", "gunicorn", "wsgi:serving_app()", *words, "--no-control-socket"]


def _start(name: str, command: Sequence[str]) -> Child:
    """Start a child in a process group of its own, so that we alone hear the terminal and tell it.

    Ctrl-C signals a whole group: a worker that gets that and our request to end at once may hang.
    """
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    environ = os.environ | {"PYTHONPATH": os.pathsep.join(paths)}
    process = subprocess.Popen(command, env=environ, stdin=subprocess.DEVNULL, process_group=0)  # noqa: S603  # fixed words
    return Child(name, process)


def _wait(children: Sequence[Child], stopping: threading.Event) -> Child | None:
    """The first child that ends by itself, or None once we are asked to stop."""
    while not stopping.wait(0.2):
        for child in children:
            if child.process.poll() is not None:
                return child
    return None


def _end(children: Sequence[Child]) -> list[int]:
    """Ask every child to finish, kill what is left after the grace; the exit codes."""
    for child in children:
        if child.process.poll() is None:
            child.process.terminate()
    deadline = time.monotonic() + GRACE_SECONDS + 5
    for child in children:
        try:
            child.process.wait(max(deadline - time.monotonic(), 0))
        except subprocess.TimeoutExpired:
            log.error("child_killed", child=child.name)
            child.process.kill()
            child.process.wait()
    return [child.process.returncode for child in children]


def _exit_code(code: int) -> int:
    """A shell's exit code: 128 and the signal's number for a child that a signal ended."""
    return 128 - code if code < 0 else code
