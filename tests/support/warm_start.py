"""Starts the product's processes as copies of one that has it loaded; see :mod:`tests.support.warm`."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.processes import Keeping, KeptProcess

START_SECONDS = 60.0
PYTHON_MODULE = (sys.executable, "-m")


@dataclass
class WarmStart:
    """One warm program, begun when first needed; its socket and log lie in ``folder``."""

    folder: Path
    environ: Mapping[str, str]
    _program: KeptProcess | None = field(default=None, repr=False)

    def start(
        self, command: Sequence[str], *, name: str, log: Path, env: Mapping[str, str], keeping: Keeping
    ) -> KeptProcess:
        """As :meth:`KeptProcess.start`, for a command of the form ``python -m module …``."""
        assert tuple(command[:2]) == PYTHON_MODULE
        call = self._call()
        order = {
            "command": list(command[2:]),
            "environ": dict(env),
            "log": str(log),
            "grace_seconds": keeping.grace_seconds,
        }
        call.sendall(f"{json.dumps(order)}\n".encode())
        keeper = _CopyAsKeeper(call)
        return KeptProcess(name, int(keeper.next_line()), log, keeper, keeping.grace_seconds + 5)

    def stop(self) -> None:
        if self._program is not None:
            self._program.stop()
            self._program = None

    def _call(self) -> socket.socket:
        """A connection to the program, which is begun by the first and may still be loading."""
        address = str(self.folder / "warm")
        if self._program is None:
            self._program = KeptProcess.start(
                [*PYTHON_MODULE, "tests.support.warm", address],
                name="warm start",
                log=self.folder / "warm.log",
                env=self.environ,
            )
        deadline = time.monotonic() + START_SECONDS
        while True:
            call = socket.socket(socket.AF_UNIX)
            try:
                call.connect(address)
            except OSError:
                call.close()
                if not self._program.is_alive or time.monotonic() > deadline:
                    raise RuntimeError(f"nothing starts warm:\n{self._program.tail()}") from None
                time.sleep(0.02)
            else:
                return call


class _CopyAsKeeper:
    """The keeper that is a copy of the warm program; its cord is a connection."""

    def __init__(self, call: socket.socket) -> None:
        self._call = call
        self._lines = b""
        self._code: int | None = None

    def next_line(self, timeout: float = START_SECONDS) -> bytes:
        """What the keeper writes next; raises TimeoutExpired, and RuntimeError if it is gone."""
        self._call.settimeout(timeout)
        while b"\n" not in self._lines:
            try:
                read = self._call.recv(64)
            except (TimeoutError, BlockingIOError):
                raise subprocess.TimeoutExpired("a copy of the warm program", timeout) from None
            if not read:
                raise RuntimeError("the keeper of a process is gone")
            self._lines += read
        line, _, self._lines = self._lines.partition(b"\n")
        return line

    def poll(self) -> int | None:
        with suppress(subprocess.TimeoutExpired):
            return self.wait(0)
        return None

    def wait(self, timeout: float) -> int:
        if self._code is None:
            self._code = int(self.next_line(timeout))
            self._call.close()
        return self._code

    def end(self, *, patience_seconds: float) -> int:
        if self._code is None:
            with suppress(OSError):  # the command has just ended
                self._call.sendall(b"q")
        return self.wait(patience_seconds)
