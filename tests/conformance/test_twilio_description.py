"""Our calls to Twilio, held by Prism against the provider's own description of its API.

The description is not part of the project: ``tests/support/machine.py`` says where it is looked for.
Without it the test is left out, and the run says so; under CI that is an error only where the
folder it belongs in exists.
"""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from notifications.channels.protocol import Accepted, Refused
from notifications.channels.twilio.channel import TwilioChannel
from tests.notifications.channels.test_twilio import TEXT, settings_at
from tests.support.servers import Servers, free_port

NOW = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)


@pytest.fixture
def prism(servers: Servers, node_modules: Path, twilio_description: Path) -> str:
    """The address of a Prism that answers from the description, and refuses what it does not allow."""
    port = free_port()
    program = str(node_modules / ".bin" / "prism")
    words = ["mock", str(twilio_description), "--host", "127.0.0.1", "--port", str(port)]
    process = servers.program([program, *words], name="prism")
    deadline = time.monotonic() + 60
    while "is listening" not in process.output():
        assert process.is_alive, process.tail()
        assert time.monotonic() < deadline, process.tail()
        time.sleep(0.1)
    return f"http://127.0.0.1:{port}"


def test_what_we_ask_of_twilio_is_what_its_description_allows(prism: str) -> None:
    by_number = TwilioChannel(settings_at(prism))
    by_service = TwilioChannel(settings_at(prism, twilio_messaging_service_sid="MG" + "0" * 32))
    for channel in (by_number, by_service):
        answer = channel.send(TEXT)
        assert isinstance(answer, Accepted)
        assert answer.provider_id.startswith("SM")
    assert by_number.find("marker of nobody", recipient=TEXT.recipient, since=NOW) is None
    stranger = TwilioChannel(replace(settings_at(prism), twilio_account_sid="nobody"))
    assert isinstance(stranger.send(TEXT), Refused)
