"""Sending forms of the settings as a browser would."""

from __future__ import annotations

from werkzeug.test import TestResponse

from app.tenancy.garage_file.times import DAYS
from tests.factories.staff import csrf_token
from tests.support.client import CarefulClient


def post(desk: CarefulClient, address: str, **form: str | list[str]) -> TestResponse:
    """Send these fields, and the token that every page of the desk has."""
    return desk.post(address, data={"csrf_token": csrf_token(desk.get("/desk/keys").text), **form})


def week(**days: list[tuple[str, str]]) -> dict[str, list[str]]:
    """The grid of weekly hours as a browser sends it: two pairs a day at least."""
    form: dict[str, list[str]] = {}
    for day in DAYS:
        pairs = [*days.get(day, []), ("", ""), ("", "")]
        form |= {f"{day}_from": [pair[0] for pair in pairs], f"{day}_to": [pair[1] for pair in pairs]}
    return form
