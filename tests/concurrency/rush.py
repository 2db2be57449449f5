"""One client of a rush: tries slots over HTTP from a common start, and prints what it was told.

Run as ``python -m tests.concurrency.rush``; the order comes as JSON on standard input.
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


def main() -> None:
    """Read the order, wait for the start, try, print a histogram of statuses and the slots won."""
    order = json.load(sys.stdin)
    chooser = random.Random(order["seed"])
    connection = _connect(order["url"])
    codes: Counter[str] = Counter()
    won: list[str] = []
    longest = 0.0
    time.sleep(max(0.0, order["starts_at"] - time.time()))
    for number in range(order["attempts"]):
        slot = chooser.choice(order["slots"])
        began = time.perf_counter()
        status, code = _attempt(connection, order, slot=slot, number=number)
        longest = max(longest, time.perf_counter() - began)
        codes[f"{status} {code}".strip()] += 1
        if status == 201:
            won.append(slot)
    json.dump({"codes": codes, "won": won, "longest": longest}, sys.stdout)


def _connect(url: str) -> http.client.HTTPConnection:
    parts = urlsplit(url)
    return http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)


def _attempt(
    connection: http.client.HTTPConnection, order: dict[str, Any], *, slot: str, number: int
) -> tuple[int, str]:
    body = {
        "services": ["oil"],
        "mode": "wait",
        "arrives_at": slot,
        "customer": {"name": f"Client {order['seed']}", "email": f"c{order['seed']}.{number}@rush.example"},
        "vehicle": {"plate": f"AA{order['seed']:03d}AA", "country": "FR"},
    }
    headers = {"Content-Type": "application/json", "Idempotency-Key": secrets.token_hex(16)}
    connection.request("POST", order["path"], json.dumps(body), headers)
    response = connection.getresponse()
    answer = json.loads(response.read())
    return response.status, answer.get("code", "") if response.status != 201 else ""


if __name__ == "__main__":
    main()
