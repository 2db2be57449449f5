"""The stand-in for Twilio as a test sees it: told what to answer, asked what it took."""

from __future__ import annotations

import json
import re
import sys
import time
import urllib.request
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.servers import Servers, free_port
from tests.support.stand_in import COUNT, ORDERS, TRUTH

ACCOUNT = "AC" + "0" * 32
TOKEN = "only-for-tests-the-token-of-nobody"
SENDER = "+15005550006"
MARKER = re.compile(r"/r/([A-Za-z0-9_-]{22})")


@dataclass(frozen=True, slots=True)
class StandIn:
    """A running stand-in; ``settings`` are the changes that point an installation to it."""

    url: str
    settings: dict[str, str] = field(default_factory=dict)

    def order(self, *orders: dict[str, Any], **rest: Any) -> None:
        """Answer the next calls as told, in this order; ``always`` is for all after them."""
        body = json.dumps({"orders": list(orders), **rest}).encode()
        urllib.request.urlopen(urllib.request.Request(self.url + ORDERS, body), timeout=10).close()

    def truth(self, *, calls: bool = True) -> dict[str, Any]:
        """``taken``: the texts that it has; ``calls``: every form that came; ``count`` of them alone."""
        address = self.url + (TRUTH if calls else COUNT)
        with urllib.request.urlopen(address, timeout=10) as answer:
            found: dict[str, Any] = json.load(answer)
            return found

    def count_calls(self) -> int:
        """How often it was called so far."""
        return int(self.truth(calls=False)["count"])

    def taken(self) -> list[dict[str, str]]:
        """The texts that the provider has, in the order it took them."""
        found: list[dict[str, str]] = self.truth()["taken"]
        return found

    def markers(self) -> Counter[str]:
        """How often it took the text of each marker."""
        return Counter(MARKER.findall(text["body"])[0] for text in self.taken())


def start_stand_in(servers: Servers, clock_file: Path) -> StandIn:
    """Start one, ready to answer."""
    port = free_port()
    words = ["-m", "tests.support.stand_in", "--port", str(port), "--clock-file", str(clock_file)]
    servers.program([sys.executable, *words], name="stand-in")
    stand_in = StandIn(f"http://127.0.0.1:{port}", twilio_settings(f"http://127.0.0.1:{port}"))
    deadline = time.monotonic() + 20
    while True:
        try:
            stand_in.order(auth_token=TOKEN)
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return stand_in


def twilio_settings(api_url: str) -> dict[str, str]:
    """Settings of an installation whose provider is at ``api_url``."""
    return {
        "twilio_account_sid": ACCOUNT,
        "twilio_auth_token": TOKEN,
        "twilio_from": SENDER,
        "twilio_api_url": api_url,
    }
