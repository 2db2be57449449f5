"""Load over HTTP: a few clients that keep their connection, each sending its requests one by one.

Bare sockets, since what the client costs is missing to the server on the same two cores.
"""

from __future__ import annotations

import json
import secrets
import socket
import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from tests.support.servers import WebServer

TIMEOUT_SECONDS = 60


@dataclass(slots=True)
class Told:
    """What the clients were told: status and seconds of each request, and how long all took."""

    answers: list[tuple[int, float]] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        """Answers in a second."""
        return len(self.answers) / self.seconds

    @property
    def statuses(self) -> Counter[int]:
        return Counter(status for status, _ in self.answers)

    def latencies(self, status: int) -> list[float]:
        return [seconds for found, seconds in self.answers if found == status]


def get(path: str) -> bytes:
    """A GET request as it goes over the wire."""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\n\r\n".encode()


def post(path: str, body: dict[str, Any] | None = None) -> bytes:
    """A POST request of JSON with an idempotency key of its own."""
    content = json.dumps(body or {}).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Idempotency-Key: {secrets.token_hex(16)}\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


def send(web: WebServer, batches: Sequence[Sequence[bytes]]) -> Told:
    """Send each batch by a client of its own; all begin at one moment."""
    barrier = threading.Barrier(len(batches) + 1)
    with ThreadPoolExecutor(len(batches)) as pool:
        runs = [pool.submit(_send_batch, web.port, batch, barrier) for batch in batches]
        barrier.wait(TIMEOUT_SECONDS)
        began = time.perf_counter()
        answers = [answer for run in runs for answer in run.result()]
        return Told(answers=answers, seconds=time.perf_counter() - began)


def spread(requests: Sequence[bytes], *, clients: int) -> list[Sequence[bytes]]:
    """Deal the requests out to so many clients."""
    return [requests[number::clients] for number in range(clients)]


def _send_batch(port: int, batch: Sequence[bytes], barrier: threading.Barrier) -> list[tuple[int, float]]:
    answers = []
    with socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_SECONDS) as connection:
        barrier.wait(TIMEOUT_SECONDS)
        for request in batch:
            began = time.perf_counter()
            connection.sendall(request)
            status, goes_on = _read_answer(connection)
            answers.append((status, time.perf_counter() - began))
            if not goes_on:
                raise RuntimeError(f"the server hung up after a {status}")
    return answers


def _read_answer(connection: socket.socket) -> tuple[int, bool]:
    """Its status, and whether the connection stays open."""
    seen = b""
    while b"\r\n\r\n" not in seen:
        part = connection.recv(65_536)
        if not part:
            raise RuntimeError(f"no answer: {seen[:200]!r}")
        seen += part
    head, _, body = seen.partition(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    length = next(int(line[15:]) for line in lines if line.startswith(b"content-length:"))
    missing = length - len(body)
    while missing > 0:
        missing -= len(connection.recv(min(missing, 65_536)))
    return int(head[9:12]), b"connection: close" not in lines
