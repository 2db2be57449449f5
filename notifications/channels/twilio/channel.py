"""SMS by Twilio: one text handed over, or looked up in the account's list."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from queue import Empty, LifoQueue
from typing import TYPE_CHECKING

from app.config import Settings
from notifications.channels.protocol import Accepted, Answer, Outgoing, Report, Unknown
from notifications.channels.twilio.addresses import status_address
from notifications.channels.twilio.statuses import outcome_of

if TYPE_CHECKING:
    from notifications.channels.twilio.client import Line

TIME_LIMITS = (5.0, 10.0)
"""Seconds to connect and to wait for an answer: together well below the lease of a claim."""

LISTED = 200
"""As many texts to one number as we read back."""

DATE_SLACK = timedelta(days=1)
"""The list is by date, in UTC, of a clock that is not ours."""


class TwilioChannel:
    """Hands texts to Twilio. Any number of threads; each call has a connection to itself.

    The library is imported with the first call: it takes most of a second, which web processes
    and commands need not spend.
    """

    def __init__(self, settings: Settings, *, time_limits: tuple[float, float] = TIME_LIMITS) -> None:
        self._settings = settings
        self._time_limits = time_limits
        self._idle: LifoQueue[Line] = LifoQueue()

    def send(self, message: Outgoing, /) -> Answer:
        """Hand over one text, once: Twilio takes a second try for a second text."""
        from requests.exceptions import RequestException  # noqa: PLC0415
        from twilio.base.exceptions import TwilioRestException, TwilioServiceException  # noqa: PLC0415

        from notifications.channels.twilio.errors import answer_to_refusal, answer_to_silence  # noqa: PLC0415

        with self._line() as line:
            try:
                created = line.client.messages.create(
                    to=message.recipient,
                    body=message.text,
                    status_callback=status_address(self._settings, message.marker),
                    **self._sender(),
                )
            except (TwilioRestException, TwilioServiceException) as error:
                code, waits = error.code or error.status, line.session.last_headers.get("retry-after", "")
                return answer_to_refusal(error.status, code, retry_after=waits)
            except RequestException as error:
                return answer_to_silence(error)
        return Accepted(created.sid) if created.sid else Unknown("no_id")

    def find(self, marker: str, /, *, recipient: str, since: datetime) -> Report | None:
        """Look for the marker in the texts that the account sent to ``recipient`` about then."""
        with self._line() as line:
            listed = line.client.messages.list(
                to=recipient, date_sent_after=since - DATE_SLACK, limit=LISTED, page_size=LISTED
            )
        for text in listed:
            if marker in (text.body or ""):
                code = str(text.error_code or "")
                return Report(text.sid, outcome_of(str(text.status), code) or "accepted", code)
        return None

    @property
    def open_lines(self) -> int:
        """Connections kept for the next calls."""
        return self._idle.qsize()

    def _sender(self) -> dict[str, str]:
        settings = self._settings
        if settings.twilio_messaging_service_sid:
            return {"messaging_service_sid": settings.twilio_messaging_service_sid}
        return {"from_": settings.twilio_from}

    @contextmanager
    def _line(self) -> Iterator[Line]:
        """A line for one call; one that broke, or has rested too long, is not used again."""
        line = self._take()
        try:
            yield line
        except BaseException:
            line.session.close()
            raise
        line.used_at = time.monotonic()
        self._idle.put(line)

    def _take(self) -> Line:
        from notifications.channels.twilio.client import open_line  # noqa: PLC0415

        while True:
            try:
                line = self._idle.get_nowait()
            except Empty:
                return open_line(self._settings, self._time_limits)
            if line.is_fresh:
                return line
            line.session.close()
