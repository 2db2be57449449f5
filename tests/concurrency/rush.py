"""One client of a rush: books over HTTP from a common start, and prints what it was told.

Run as ``python -m tests.concurrency.rush``; the order comes as a line of JSON on standard input. The client
says that it is ready, and begins when the next line comes. A connection that breaks is counted as ``cut``
and opened again: nobody knows what came of that attempt.
"""

from __future__ import annotations

import http.client
import json
import random
import secrets
import sys
import time
from collections import Counter
from typing import Any
from urllib.parse import urlsplit

CUT = (0, {"code": "cut"})


def main() -> None:
    """Read the order, wait for the start, try, print a histogram of answers and what was booked."""
    order = json.loads(sys.stdin.readline())
    chooser = random.Random(order["seed"])
    connection = _connect(order["url"])
    codes: Counter[str] = Counter()
    won: list[str] = []
    references: list[str] = []
    longest = 0.0
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    start = time.monotonic()
    for number in range(order["attempts"]):
        time.sleep(max(0.0, start + number * order["every_seconds"] - time.monotonic()))
        body = _body(chooser, order, number=number)
        began = time.perf_counter()
        status, answer = _attempt(connection, order["path"], body)
        longest = max(longest, time.perf_counter() - began)
        codes[f"{status} {answer.get('code', '')}".strip() if status != 201 else "201"] += 1
        if status == 201:
            won.append(body["arrives_at"])
            references.append(answer["reference"])
    json.dump({"codes": codes, "won": won, "references": references, "longest": longest}, sys.stdout)


def _connect(url: str) -> http.client.HTTPConnection:
    parts = urlsplit(url)
    return http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)


def _body(chooser: random.Random, order: dict[str, Any], *, number: int) -> dict[str, Any]:
    visit: dict[str, Any] = chooser.choice(order["visits"])
    return visit | {
        "arrives_at": chooser.choice(order["slots"]),
        "customer": {"name": f"Client {order['seed']}", "email": f"c{order['seed']}.{number}@rush.example"},
        "vehicle": {"plate": f"AA{order['seed']:03d}AA", "country": "FR"},
    }


def _attempt(
    connection: http.client.HTTPConnection, path: str, body: dict[str, Any]
) -> tuple[int, dict[str, Any]]:
    headers = {"Content-Type": "application/json", "Idempotency-Key": secrets.token_hex(16)}
    try:
        connection.request("POST", path, json.dumps(body), headers)
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    except (OSError, http.client.HTTPException):
        connection.close()  # the next attempt connects anew
        return CUT


if __name__ == "__main__":
    main()
