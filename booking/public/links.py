"""Addresses of the customer's pages; a language that was chosen stays in every one of them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import request, url_for

from app import clock
from app.i18n import LOCALES
from app.localtime import local_date

STEPS = ("services", "vehicle", "slot", "contact")
FURTHEST = timedelta(days=3660)


def chosen_lang() -> str | None:
    """The language the visitor chose in the address, if it is one we speak."""
    lang = request.args.get("lang")
    return lang if lang in LOCALES else None


def asked_day(timezone: str) -> date | None:
    """The day in the address; anything unreadable or out of reach is none."""
    try:
        day = date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return None
    return day if timedelta() <= day - local_date(clock.now(), timezone) <= FURTHEST else None


def public_url(endpoint: str, **values: Any) -> str:
    """The address of a public page, with the chosen language."""
    return url_for(f"booking_public.{endpoint}", **({"lang": chosen_lang()} | values))


def step_url(garage: str, workshop: str, *, token: str, step: str, **values: Any) -> str:
    """The address of one step of a booking being typed."""
    return public_url(step, garage=garage, workshop=workshop, token=token, **values)


def manage_url(token: str, **values: Any) -> str:
    """The address of an appointment's own page."""
    return public_url("manage", token=token, **values)
