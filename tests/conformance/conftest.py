"""Fixtures of the conformance tests: other people's programs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.machine import CALENDAR_PROGRAMS, TWILIO_DESCRIPTION


@pytest.fixture(scope="session")
def twilio_description() -> Path:
    """Twilio's OpenAPI description; a test that asks for it is left out without it."""
    return TWILIO_DESCRIPTION


@pytest.fixture(scope="session")
def calendar_programs() -> tuple[str, ...]:
    """khal and vdirsyncer; a test that asks for them is left out without them."""
    return CALENDAR_PROGRAMS
