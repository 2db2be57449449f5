"""Runs one command and ends it, children included, as soon as whoever started it says so or dies.

Started as a program of its own by :mod:`tests.support.processes`; it imports nothing of the project.
:mod:`tests.support.warm` keeps its commands by the same means.
Its first line of output is the command's process id; its standard input is the cord: a byte or the
end of file means "stop".
"""

from __future__ import annotations

import argparse
import contextlib
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Protocol


class Kept(Protocol):
    """A child process: as much of ``subprocess.Popen`` as is used here."""

    pid: int

    def poll(self) -> int | None: ...

    def wait(self) -> int: ...

    def send_signal(self, number: signal.Signals, /) -> None: ...


class Cord(Protocol):
    """What is pulled: a pipe or a socket."""

    def fileno(self) -> int: ...


def main() -> int:
    """Run the command until it ends or the cord is pulled; return its exit code."""
    options = _options()
    command = [part for part in options.command if part != "--"]
    identity = {"user": options.user, "group": options.group, "extra_groups": []} if options.user else {}
    child = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=sys.stderr, start_new_session=True, **identity
    )
    try:
        sys.stdout.write(f"{child.pid}\n")
        sys.stdout.flush()
        wait_for_cord(child, sys.stdin)
    finally:
        code = end_session(child, first=signal.Signals[options.signal], grace_seconds=options.grace)
        if options.remove:
            shutil.rmtree(options.remove, ignore_errors=True)
    return code


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--signal", default="SIGTERM")
    parser.add_argument("--grace", type=float, default=10.0)
    parser.add_argument("--user", type=int)
    parser.add_argument("--group", type=int)
    parser.add_argument("--remove")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    return parser.parse_args()


def wait_for_cord(child: Kept, cord: Cord) -> None:
    """Return when the cord is pulled or the command has ended by itself."""
    while child.poll() is None:
        pulled, _, _ = select.select([cord], [], [], 0.05)
        if pulled:
            return


def end_session(child: Kept, *, first: signal.Signals, grace_seconds: float) -> int:
    """Ask with ``first``, then kill what is left of its session: some start groups of their own."""
    if child.poll() is None:
        child.send_signal(first)
        patience = time.monotonic() + grace_seconds
        while child.poll() is None and time.monotonic() < patience:
            time.sleep(0.02)
    for group in {child.pid, *_groups_of_session(child.pid)}:
        with contextlib.suppress(ProcessLookupError):  # nobody of the group may be left
            os.killpg(group, signal.SIGKILL)
    code = child.wait()
    return code if code >= 0 else 128 - code  # ended by a signal: as a shell says it


def _groups_of_session(session: int) -> set[int]:
    """The process groups of a session, from Linux's process table; elsewhere none but its leader's."""
    groups = set()
    for table in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it has just ended
            fields = table.read_text(errors="replace").rpartition(")")[2].split()
            if int(fields[3]) == session:
                groups.add(int(fields[2]))
    return groups


if __name__ == "__main__":
    sys.exit(main())
