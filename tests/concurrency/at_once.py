"""Several requests at the same moment, each on a connection of its own that stands already."""

from __future__ import annotations

import http.client
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from threading import Barrier
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Request:
    """A POST; ``body`` as it goes over the wire."""

    path: str
    body: str
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; ``cookies`` by name, as they were set."""

    status: int
    text: str
    location: str
    cookies: dict[str, str]


def send_at_once(url: str, requests: Sequence[Request]) -> list[Answer]:
    """The answers in the order of the requests."""
    start = Barrier(len(requests))
    parts = urlsplit(url)

    def send(request: Request) -> Answer:
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
        connection.connect()
        start.wait()
        try:
            connection.request("POST", request.path, request.body, request.headers)
            response = connection.getresponse()
            set_cookies = SimpleCookie("; ".join(response.headers.get_all("Set-Cookie", [])))
            return Answer(
                response.status,
                response.read().decode(),
                response.headers.get("Location", ""),
                {name: morsel.value for name, morsel in set_cookies.items()},
            )
        finally:
            connection.close()

    with ThreadPoolExecutor(len(requests)) as pool:
        return list(pool.map(send, requests))
