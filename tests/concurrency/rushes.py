"""Many clients at once on one garage's API, each a process of its own; and what they were told."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.localtime import to_local
from tests.factories.garages import MadeGarage
from tests.guards.tree import ROOT
from tests.support.servers import WebServer

OIL: dict[str, Any] = {"services": ["oil"], "mode": "wait"}


@dataclass
class Rush:
    """Clients under way; :meth:`end` waits for all of them."""

    processes: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def is_over(self) -> bool:
        return all(process.poll() is not None for process in self.processes)

    def stop(self) -> None:
        """End it here, whatever the clients were about."""
        for process in self.processes:
            process.kill()
            process.communicate()

    def end(self, *, patience_seconds: float = 240) -> list[dict[str, Any]]:
        """What each client was told; the output is short, so nobody blocks on a full pipe."""
        deadline = time.monotonic() + patience_seconds
        told = []
        for process in self.processes:
            output, _ = process.communicate(timeout=max(1.0, deadline - time.monotonic()))
            told.append(json.loads(output))
        return told


def start_rush(
    web: WebServer,
    garage: MadeGarage,
    *,
    clients: int,
    attempts: int,
    slots: Sequence[datetime],
    visits: Sequence[dict[str, Any]] = (OIL,),
    every_seconds: float = 0,
) -> Rush:
    """Start ``clients`` processes that begin at one moment; each attempt picks a slot and a visit."""
    order = {
        "url": web.url,
        "path": f"/api/v1/garages/{garage.slug}/workshops/{garage.workshop.slug}/appointments",
        "slots": [to_local(slot, garage.workshop.timezone).isoformat() for slot in slots],
        "visits": list(visits),
        "attempts": attempts,
        "every_seconds": every_seconds,
    }
    rush = Rush()
    for seed in range(clients):
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.concurrency.rush"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        rush.processes.append(process)
        assert process.stdin is not None
        process.stdin.write(f"{json.dumps(order | {'seed': seed})}\n")
        process.stdin.flush()
    _let_go(rush.processes)
    return rush


def _let_go(processes: Sequence[subprocess.Popen[str]]) -> None:
    """Start all at one moment, once each has said that it is ready."""
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.close()
        process.stdin = None  # else communicate() would close it again


def told(answers: list[dict[str, Any]]) -> Counter[str]:
    """All answers together."""
    total: Counter[str] = Counter()
    for answer in answers:
        total.update(answer["codes"])
    return total
