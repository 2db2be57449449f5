"""A stand-in for Twilio's Messages resource, as a process of its own that keeps the truth.

``python -m tests.support.stand_in --port 9100`` answers as the provider would. What it was told to
do is posted to ``/stand-in/orders``; what it really took is read from ``/stand-in/truth``, whatever
it answered. It has the product's clock, for dates and reports.

An order names what to ``do``: accept, refuse (``status``, ``code``, ``retry_after``), hang
(``seconds``), cut, or ``accept_then`` one of ``cut``, ``hang``, ``error``.
"""

from __future__ import annotations

import argparse
import json
import queue
import socket
import threading
import time
import urllib.parse
import urllib.request
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from app import clock

ORDERS, TRUTH, COUNT = "/stand-in/orders", "/stand-in/truth", "/stand-in/count"
ACCEPT = {"do": "accept"}


@dataclass
class Taken:
    """One text that the provider has."""

    sid: str
    to: str
    body: str
    callback: str
    at: str
    status: str = "queued"


@dataclass
class Truth:
    """Everything that happened: texts taken, calls seen, orders left."""

    taken: list[Taken] = field(default_factory=list)
    calls: list[dict[str, str]] = field(default_factory=list)
    orders: list[dict[str, Any]] = field(default_factory=list)
    always: dict[str, Any] = field(default_factory=lambda: dict(ACCEPT))
    delay_seconds: float = 0.0
    list_lag_seconds: float = 0.0
    reports: list[str] = field(default_factory=list)
    auth_token: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)
    outgoing: queue.SimpleQueue[Taken] = field(default_factory=queue.SimpleQueue)

    def next_order(self, form: dict[str, str]) -> dict[str, Any]:
        with self.lock:
            self.calls.append(form)
            return self.orders.pop(0) if self.orders else self.always

    def take(self, form: dict[str, str]) -> Taken:
        with self.lock:
            text = Taken(
                sid=f"SM{len(self.taken) + 1:032x}",
                to=form.get("To", ""),
                body=form.get("Body", ""),
                callback=form.get("StatusCallback", ""),
                at=clock.now().isoformat(),
            )
            self.taken.append(text)
        if self.reports:
            self.outgoing.put(text)
        return text

    def listed(self, query: dict[str, str]) -> list[Taken]:
        until = (clock.now() - timedelta(seconds=self.list_lag_seconds)).isoformat()
        since = query.get("DateSent>", "")[:10]
        with self.lock:
            return [
                text
                for text in reversed(self.taken)
                if text.to == query.get("To", text.to) and text.at[:10] >= since and text.at <= until
            ]


TRUE = Truth()


class Handler(BaseHTTPRequestHandler):
    """One kept-alive connection."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def do_POST(self) -> None:  # the library's name
        length = int(self.headers.get("Content-Length", 0))
        raw = self.rfile.read(length).decode()
        if len(raw) < length:
            self.close_connection = True
            return  # its sender died in the middle: no call, and nothing taken
        if self.path == ORDERS:
            for name, value in json.loads(raw).items():
                setattr(TRUE, name, value)
            self.answer(200, {})
            return
        form = dict(urllib.parse.parse_qsl(raw, keep_blank_values=True))
        if TRUE.delay_seconds:
            time.sleep(TRUE.delay_seconds)
        self.obey(TRUE.next_order(form), form)

    def do_GET(self) -> None:
        address = urllib.parse.urlsplit(self.path)
        if address.path == TRUTH:
            with TRUE.lock:
                self.answer(200, {"taken": [asdict(text) for text in TRUE.taken], "calls": list(TRUE.calls)})
            return
        if address.path == COUNT:
            self.answer(200, {"count": len(TRUE.calls)})
            return
        query = dict(urllib.parse.parse_qsl(address.query))
        self.answer(200, page_of(TRUE.listed(query)))

    def obey(self, order: dict[str, Any], form: dict[str, str]) -> None:
        do = order["do"]
        text = None
        if do in {"accept", "accept_then"}:
            text = TRUE.take(form)
        match order.get("then", do):
            case "accept":
                assert text is not None
                self.answer(201, resource(text))
            case "refuse":
                headers = {"Retry-After": str(order["retry_after"])} if "retry_after" in order else {}
                problem = {"code": order.get("code"), "message": "no", "status": order["status"]}
                self.answer(order["status"], problem, headers)
            case "error":
                self.answer(500, {"code": 20500, "message": "Internal error", "status": 500})
            case "hang":
                time.sleep(order.get("seconds", 60))
                self.cut()
            case "cut":
                self.cut()

    def cut(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def answer(self, status: int, document: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, *_: object) -> None:
        """Nothing: texts and numbers are nobody's business here either."""


def resource(text: Taken) -> dict[str, Any]:
    """A message as the provider's API writes it."""
    return {
        "sid": text.sid,
        "status": text.status,
        "to": text.to,
        "body": text.body,
        "error_code": None,
        "date_sent": None,
        "date_created": None,
    }


def page_of(texts: list[Taken]) -> dict[str, Any]:
    return {"messages": [resource(text) for text in texts], "next_page_uri": None, "page": 0}


def report() -> None:
    """Tell the product what becomes of each text, signed as the provider signs."""
    from twilio.request_validator import RequestValidator  # noqa: PLC0415

    while True:
        text = TRUE.outgoing.get()
        for status in TRUE.reports:
            text.status = status
            form = {"MessageSid": text.sid, "MessageStatus": status, "To": text.to}
            signature = RequestValidator(TRUE.auth_token).compute_signature(text.callback, form)
            call = urllib.request.Request(
                text.callback,
                urllib.parse.urlencode(form).encode(),
                {"X-Twilio-Signature": signature},
            )
            try:
                urllib.request.urlopen(call, timeout=10).close()
            except OSError:
                continue  # a provider shrugs too


class Server(ThreadingHTTPServer):
    """Many connections at once."""

    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *_: object) -> None:
        """A client that was killed is part of the play."""


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--port", type=int, required=True)
    arguments.add_argument("--clock-file", type=Path)
    chosen = arguments.parse_args()
    clock.configure(chosen.clock_file)
    threading.Thread(target=report, daemon=True).start()
    Server(("127.0.0.1", chosen.port), Handler).serve_forever()


if __name__ == "__main__":
    main()
