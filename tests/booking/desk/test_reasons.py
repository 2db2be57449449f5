"""The desk's words for the reasons of the engine: one sentence each, in both languages."""

from __future__ import annotations

from typing import get_args

import pytest
from flask import Flask
from flask_babel import force_locale

from booking.availability.engine.model import Reason
from booking.desk.reasons import SENTENCES, say_reason

REASONS: tuple[Reason, ...] = get_args(Reason)


def test_every_reason_has_its_own_sentence(app_context: Flask) -> None:
    assert set(SENTENCES) == set(REASONS)
    assert len({say_reason(reason) for reason in REASONS}) == len(REASONS)


@pytest.mark.parametrize("reason", REASONS)
def test_every_sentence_is_said_in_french_too(app_context: Flask, reason: Reason) -> None:
    with force_locale("en"):
        english = say_reason(reason)
    with force_locale("fr"):
        french = say_reason(reason)
    assert french != english
    assert french.endswith(".")
