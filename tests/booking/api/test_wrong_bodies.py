"""Every field of a booking with bad values: refused, the field named, nothing stored."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.db.unit_of_work import reading
from app.tenancy.scope import scoped_to
from booking.appointments.models import Appointment, StoredAnswer
from booking.customers.models import Customer
from tests.factories.garages import MadeGarage, make_garage
from tests.support.api import APPOINTMENTS, booking, post_booking, wrong_fields
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock

NUL, TAG, LONG = "a\x00b", "<b>a</b>", "x" * 5000
WRONG: dict[str, list[Any]] = {
    "services": [None, [], "oil", ["ship"], ["secret"], ["oil"] * 51, {}],
    "mode": [None, "", "fly", 1, True, ["wait"], "WAIT"],
    "arrives_at": [
        None,
        "",
        "2026-12-02T08:00:00",
        "2026-12-02",
        "soon",
        1_764_000_000,
        "2026-02-30T08:00:00Z",
    ],
    "courtesy_car": ["true", 1, 0, "yes", [], None],
    "customer": [None, "Camille", [], 7, True, "null"],
    "customer.name": [None, "", "   ", "12345", NUL, TAG, LONG, 7, ["Camille"]],
    "customer.phone": ["", None, "call me", "123", "+33 6 12", "0" * 30, NUL, LONG, 33612345678],
    "customer.email": ["camille", "a@b", "@perrot.example", "a b@perrot.example", NUL, LONG, 7],
    "customer.locale": ["", "de", "FR", "en-GB", 7, ["fr"]],
    "customer.sms_consent": ["true", "yes", 1, 0, [], "on"],
    "vehicle": ["GA482QT", [], 7, True, "null", ["GA482QT"]],
    "vehicle.plate": ["!!!", "X" * 21, NUL, TAG, 482, ["GA482QT"], "车牌"],
    "vehicle.country": ["", "XX", "fr", "EU", "F", "FRA", "12", "€€", 7, NUL],
    "vehicle.make": [NUL, TAG, LONG, 7, ["Peugeot"], {}],
    "vehicle.model": [NUL, TAG, LONG, 208, ["208"], {}],
    "vehicle.class": ["", "tank", "SUV", 1, ["suv"], True],
    "vehicle.energy": ["", "steam", "Diesel", 1, ["gas"], True],
    "notes": [NUL, TAG, LONG, "x" * 1001, 7, ["a"]],
    "colour": ["blue", None, 7, [], {}, True],
    "customer.shoe_size": [42, None, "42", [], {}, True],
}


@pytest.fixture
def garage(app: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(datetime(2026, 12, 1, 7, tzinfo=UTC))
    with app.app_context():
        return make_garage(services=[{}, {"code": "secret", "online": False}])


def body_with(path: str, value: Any) -> dict[str, Any]:
    """A good body with ``value`` at ``path``."""
    body = booking()
    *parents, name = path.split(".")
    inside = body[parents[0]] if parents else body
    inside[name] = value
    return body


def test_every_field_of_a_body_is_tried(client: CarefulClient) -> None:
    document = client.get("/api/v1/openapi.json").json
    assert document is not None
    shapes = document["components"]["schemas"]
    fields = {*shapes["BookingBody"]["properties"]}
    for part, shape in (("customer", "CustomerBody"), ("vehicle", "VehicleBody")):
        fields |= {f"{part}.{name}" for name in shapes[shape]["properties"]}
    assert fields == {path for path in WRONG if path not in {"colour", "customer.shoe_size"}}


@pytest.mark.parametrize("path", WRONG)
def test_a_wrong_field_is_refused_by_its_name(client: CarefulClient, garage: MadeGarage, path: str) -> None:
    for value in WRONG[path]:
        named = wrong_fields(post_booking(client, body_with(path, value)))
        assert list(named) == [path], (path, value)


def test_nothing_is_stored_of_what_is_refused(app: Flask, client: CarefulClient, garage: MadeGarage) -> None:
    for path, values in WRONG.items():
        post_booking(client, body_with(path, values[0]))
    with app.app_context(), scoped_to(garage.id), reading() as session:
        for model in (Appointment, Customer, StoredAnswer):
            count = select(func.count()).select_from(model).where(model.garage_id == garage.id)
            assert session.scalar(count) == 0


def test_a_courtesy_car_does_not_go_with_waiting(client: CarefulClient, garage: MadeGarage) -> None:
    assert list(wrong_fields(post_booking(client, booking(courtesy_car=True)))) == ["courtesy_car"]


def test_a_mode_that_a_service_lacks_is_refused(
    app: Flask, client: CarefulClient, clock: MovableClock
) -> None:
    clock.move_to(datetime(2026, 12, 1, 7, tzinfo=UTC))
    with app.app_context():
        make_garage(services=[{"modes": ["drop_off"]}])
    response = post_booking(client, booking())
    assert list(wrong_fields(response)) == ["mode"]
    assert response.json is not None
    assert response.json["code"] == "mode_not_offered"


def test_phone_and_email_may_not_both_be_missing(client: CarefulClient, garage: MadeGarage) -> None:
    body = booking(customer__phone=None)
    assert list(wrong_fields(post_booking(client, body))) == ["customer.phone"]


def test_all_wrong_fields_are_named_at_once(client: CarefulClient, garage: MadeGarage) -> None:
    body = booking(mode="fly", customer__name="", vehicle__energy="steam", notes=7)
    named = wrong_fields(post_booking(client, body, key="short"))
    assert set(named) == {"Idempotency-Key", "mode", "customer.name", "vehicle.energy", "notes"}


@pytest.mark.parametrize(
    ("lang", "sentence"), [("en", "There is no such field."), ("fr", "Ce champ n’existe pas.")]
)
def test_a_field_is_named_in_the_callers_language(
    client: CarefulClient, garage: MadeGarage, lang: str, sentence: str
) -> None:
    response = post_booking(client, booking() | {"colour": "blue"}, path=f"{APPOINTMENTS}?lang={lang}")
    assert wrong_fields(response) == {"colour": sentence}


@pytest.mark.parametrize("body", ["a", 7, None, True, [], [{}]])
def test_a_body_that_is_no_object_is_refused(client: CarefulClient, garage: MadeGarage, body: Any) -> None:
    response = client.post(
        APPOINTMENTS,
        data=json.dumps(body),
        content_type="application/json",
        headers={"Idempotency-Key": "k" * 16},
    )
    assert list(wrong_fields(response)) == ["body"]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"{'a': 1}",
        b"NaN",
        b'{"notes": "\\ud800"}',
        b"\xff\xfe",
        b"[" * 60_000,
        b'{"a":' * 10_000,
        b'{"a": ' + b"1" * 5000 + b"}",
        '{"notes": "é"}'.encode("utf-16"),
    ],
)
def test_what_is_not_json_is_a_bad_request(client: CarefulClient, garage: MadeGarage, raw: bytes) -> None:
    response = client.post(APPOINTMENTS, data=raw, content_type="application/json")
    assert (response.status_code, response.mimetype) == (400, "application/problem+json")


@pytest.mark.parametrize(
    "raw",
    [
        b'{"notes": 1e309}',
        b'{"notes": -1e309, "mode": 123456789012345678901234567890}',
        b'{"' + b"k" * 50_000 + b'": 1}',
        b'{"\\u0000": "\\u0000"}',
        b'{"a": 1, "a": 2}',
    ],
)
def test_odd_json_is_refused_like_any_other(client: CarefulClient, garage: MadeGarage, raw: bytes) -> None:
    response = client.post(
        APPOINTMENTS, data=raw, content_type="application/json", headers={"Idempotency-Key": "k" * 16}
    )
    assert response.status_code == 422


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
)
def test_another_content_type_is_not_taken(client: CarefulClient, garage: MadeGarage, kind: str) -> None:
    response = client.post(APPOINTMENTS, data=b"{}", content_type=kind)
    assert (response.status_code, response.mimetype) == (415, "application/problem+json")


def test_a_body_of_more_than_64_kb_is_not_read(client: CarefulClient, garage: MadeGarage) -> None:
    response = post_booking(client, booking(notes="x" * 65_536))
    assert (response.status_code, response.mimetype) == (413, "application/problem+json")


@pytest.mark.parametrize("key", [None, "", "x" * 15, "x" * 256, "with a space in it", "clé-de-seize-lettres"])
def test_a_booking_needs_a_well_formed_key(
    client: CarefulClient, garage: MadeGarage, key: str | None
) -> None:
    assert list(wrong_fields(post_booking(client, booking(), key=key))) == ["Idempotency-Key"]


@pytest.mark.parametrize("key", ["x" * 16, "~" * 255])
def test_a_key_may_be_16_to_255_characters(client: CarefulClient, garage: MadeGarage, key: str) -> None:
    assert post_booking(client, booking(), key=key).status_code == 201
