"""Child processes that cannot outlive the test run, whatever happens to it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

ROOT = Path(__file__).resolve().parents[2]
KEEPER = Path(__file__).with_name("keeper.py")


@dataclass(frozen=True, slots=True)
class Keeping:
    """How a process is ended: first signal, seconds before SIGKILL, whose it is, what goes with it."""

    signal: signal.Signals = signal.SIGTERM
    grace_seconds: float = 10.0
    user: tuple[int, int] | None = None
    remove: Path | None = None

    def arguments(self) -> list[str]:
        words = ["--signal", self.signal.name, "--grace", str(self.grace_seconds)]
        if self.user is not None:
            words += ["--user", str(self.user[0]), "--group", str(self.user[1])]
        if self.remove is not None:
            words += ["--remove", str(self.remove)]
        return words


class Keeper(Protocol):
    """Who stands between a test and its process; see :mod:`tests.support.keeper`."""

    def poll(self) -> int | None: ...

    def wait(self, timeout: float) -> int: ...

    def end(self, *, patience_seconds: float) -> int: ...


@dataclass(slots=True)
class KeptProcess:
    """A running command in a session of its own; ``pid`` is the command's, not the keeper's."""

    name: str
    pid: int
    log: Path
    _keeper: Keeper = field(repr=False)
    _patience_seconds: float = 15.0

    @classmethod
    def start(
        cls,
        command: Sequence[str],
        *,
        name: str,
        log: Path,
        env: Mapping[str, str],
        keeping: Keeping | None = None,
    ) -> KeptProcess:
        """Start ``command`` from the project's root, both outputs going to ``log``."""
        how = keeping or Keeping()
        with log.open("ab") as sink:
            keeper = subprocess.Popen(
                [sys.executable, "-I", str(KEEPER), *how.arguments(), "--", *command],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=sink,
                cwd=ROOT,
                env=dict(env),
                start_new_session=True,
            )
        line = keeper.stdout.readline() if keeper.stdout else b""
        kept = _ProgramAsKeeper(keeper)
        if not line.strip():
            kept.end(patience_seconds=5)
            raise RuntimeError(f"{name} did not start:\n{log.read_text(errors='replace')}")
        return cls(name, int(line), log, kept, how.grace_seconds + 5)

    @property
    def is_alive(self) -> bool:
        return self._keeper.poll() is None

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the command itself, for tests of crashes and of clean ends."""
        os.kill(self.pid, number)

    def wait(self, timeout_seconds: float = 15) -> int:
        """Wait for the command to end of itself; returns its exit code."""
        return self._keeper.wait(timeout_seconds)

    def stop(self) -> int:
        """End the command and everything it started; safe to call twice."""
        return self._keeper.end(patience_seconds=self._patience_seconds)

    def children(self) -> list[int]:
        """Process ids of the command's children, for example a server's workers."""
        return [int(pid) for pid in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()]

    def output(self) -> str:
        """All it has written so far."""
        return self.log.read_text(errors="replace")

    def tail(self, characters: int = 8_000) -> str:
        """The end of the log, for a failure's message."""
        return self.output()[-characters:]


def is_running(pid: int) -> bool:
    """Whether the process works still; one that has ended and waits to be collected does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):  # it may end between any two looks
        return False
    return state.rpartition(")")[2].split()[0] != "Z"


class _ProgramAsKeeper:
    """The keeper that is a program of its own; its cord is a pipe."""

    def __init__(self, program: subprocess.Popen[bytes]) -> None:
        self._program = program

    def poll(self) -> int | None:
        return self._program.poll()

    def wait(self, timeout: float) -> int:
        return self._program.wait(timeout)

    def end(self, *, patience_seconds: float) -> int:
        """Pull the cord. A forked sibling may hold the pipe open too, hence a byte and not only its end."""
        program = self._program
        if program.stdin and not program.stdin.closed:
            try:
                program.stdin.write(b"q")
                program.stdin.close()
            except BrokenPipeError:
                pass  # the command had already ended
        try:
            return program.wait(patience_seconds)
        except subprocess.TimeoutExpired:
            program.kill()
            return program.wait()
        finally:
            if program.stdout:
                program.stdout.close()
