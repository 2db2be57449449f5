"""Calls to the public JSON API, as a partner's program would make them."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

WORKSHOP = "/api/v1/garages/martin/workshops/lyon"
APPOINTMENTS = f"{WORKSHOP}/appointments"
KEY = "a-key-of-sixteen"


def booking(**changes: Any) -> dict[str, Any]:
    """A body that books an oil change at Martin's; dotted names change parts: ``customer__phone``.

    None as value leaves the member out.
    """
    body: dict[str, Any] = {
        "services": ["oil"],
        "mode": "wait",
        "arrives_at": "2026-12-02T08:00:00+01:00",
        "customer": {"name": "Camille Perrot", "phone": "+33612345678"},
        "vehicle": {"plate": "GA-482-QT", "class": "city"},
    }
    for name, value in changes.items():
        part, *steps = name.split("__")
        inside, member = (body[part], steps[0]) if steps else (body, part)
        if value is None:
            inside.pop(member, None)
        else:
            inside[member] = value
    return body


def post_booking(client: FlaskClient, body: Any, *, key: str | None = KEY, **options: Any) -> TestResponse:
    """Send a booking; ``key`` None sends no Idempotency-Key."""
    headers = {"Idempotency-Key": key} if key is not None else {}
    return client.post(options.pop("path", APPOINTMENTS), json=body, headers=headers, **options)


def wrong_fields(response: TestResponse) -> dict[str, str]:
    """The fields a 422 names, each with its sentence."""
    assert response.status_code == 422, response.text
    assert response.json is not None
    return {each["field"]: each["message"] for each in response.json["errors"]}
