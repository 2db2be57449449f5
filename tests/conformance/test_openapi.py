"""The OpenAPI document is valid, complete, and enough to book by."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.conformance.document_client import DocumentClient
from tests.factories.garages import make_garage
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock

ADDRESS = "/api/v1/openapi.json"
KEY = "a-key-of-my-own-0001"


@pytest.fixture
def partner(app: Flask, client: CarefulClient, clock: MovableClock) -> DocumentClient:
    clock.move_to(datetime(2026, 12, 1, 7, tzinfo=UTC))
    with app.app_context():
        make_garage(rules={"cancel_until_minutes": 60})
    return DocumentClient(client, ADDRESS)


def place() -> dict[str, str]:
    return {"garage": "martin", "workshop": "lyon"}


def first_slot(partner: DocumentClient) -> dict[str, str]:
    """The first arrival offered on 2 December for the workshop's first service."""
    service = partner.call("list_services", **place()).body[0]
    days = partner.call(
        "list_availability",
        **place(),
        service=[service["code"]],
        mode=service["modes"][0],
        **{"from": "2026-12-02", "to": "2026-12-02"},
    ).body["days"]
    slot: dict[str, str] = days[0]["slots"][0]
    return slot


def body(partner: DocumentClient, arrives_at: str, **changes: Any) -> dict[str, Any]:
    service = partner.call("list_services", **place()).body[0]
    return {
        "services": [service["code"]],
        "mode": service["modes"][0],
        "arrives_at": arrives_at,
        "customer": {"name": "Camille Perrot", "email": "camille@perrot.example"},
    } | changes


def shapes(part: Any) -> list[dict[str, Any]]:
    """Every object shape inside a part of the document."""
    if isinstance(part, list):
        return [shape for each in part for shape in shapes(each)]
    if not isinstance(part, dict):
        return []
    here = [part] if part.get("type") == "object" else []
    return here + [shape for each in part.values() for shape in shapes(each)]


def test_the_document_is_valid_openapi_3_1(partner: DocumentClient) -> None:
    assert partner.document["openapi"].startswith("3.1")
    assert [str(error) for error in OpenAPIV31SpecValidator(partner.document).iter_errors()] == []


def test_the_document_holds_the_public_calls(partner: DocumentClient) -> None:
    workshop = "/api/v1/garages/{garage}/workshops/{workshop}"
    calls = {(each.method, each.path) for each in partner.operations.values()}
    assert calls == {
        ("get", workshop),
        ("get", f"{workshop}/services"),
        ("get", f"{workshop}/availability"),
        ("post", f"{workshop}/appointments"),
        ("get", "/api/v1/appointments/{manage_token}"),
        ("patch", "/api/v1/appointments/{manage_token}"),
        ("delete", "/api/v1/appointments/{manage_token}"),
        ("get", ADDRESS),
    }


def test_every_route_of_the_api_is_documented(app: Flask, partner: DocumentClient) -> None:
    routed = {
        (method.lower(), rule.rule.replace("<", "{").replace(">", "}"))
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert routed == {(each.method, each.path) for each in partner.operations.values()}


@pytest.mark.parametrize(
    ("operation", "statuses"),
    [
        ("get_workshop", {"200", "404", "429", "503"}),
        ("list_services", {"200", "404", "429", "503"}),
        ("list_availability", {"200", "304", "404", "422", "429", "503"}),
        ("book_appointment", {"201", "400", "404", "409", "413", "415", "422", "429", "503"}),
        ("get_appointment", {"200", "404", "429", "503"}),
        ("move_appointment", {"200", "400", "404", "409", "413", "415", "422", "429", "503"}),
        ("cancel_appointment", {"200", "404", "409", "429", "503"}),
        ("get_openapi", {"200", "429", "503"}),
    ],
)
def test_every_status_that_can_occur_is_documented(
    partner: DocumentClient, operation: str, statuses: set[str]
) -> None:
    answers = partner.operations[operation].notes["responses"]
    assert set(answers) == statuses
    for status, answer in answers.items():
        kind = "application/problem+json" if status >= "400" else "application/json"
        assert list(answer["content"]) == ([] if status == "304" else [kind])
    assert all(answers[late]["headers"]["Retry-After"]["required"] is True for late in ("429", "503"))


def test_answers_and_bodies_hold_exactly_what_is_documented(partner: DocumentClient) -> None:
    assert all(
        shape["additionalProperties"] is False for shape in shapes(partner.document["components"]["schemas"])
    )


def test_the_journey_can_be_made_by_the_document_alone(partner: DocumentClient) -> None:
    slot = first_slot(partner)
    booked = partner.call(
        "book_appointment", body(partner, slot["arrives_at"]), **place(), Idempotency_Key=KEY
    )
    assert (booked.status, booked.body["arrives_at"]) == (201, slot["arrives_at"])
    shown = partner.call("get_appointment", **booked.links["get_appointment"])
    assert shown.body["reference"] == booked.body["reference"]
    other = first_slot(partner)
    assert other != slot
    moved = partner.call(
        "move_appointment", {"arrives_at": other["arrives_at"]}, **booked.links["move_appointment"]
    )
    assert (moved.status, moved.body["arrives_at"]) == (200, other["arrives_at"])
    assert first_slot(partner) == slot
    cancelled = partner.call("cancel_appointment", **booked.links["cancel_appointment"])
    assert cancelled.body["status"] == "cancelled"
    assert first_slot(partner) == slot


def test_a_lost_slot_is_answered_by_alternatives_that_can_be_booked(partner: DocumentClient) -> None:
    slot = first_slot(partner)
    partner.call("book_appointment", body(partner, slot["arrives_at"]), **place(), Idempotency_Key=KEY)
    lost = partner.call(
        "book_appointment", body(partner, slot["arrives_at"]), **place(), Idempotency_Key=f"{KEY}-other"
    )
    assert (lost.status, lost.body["code"]) == (409, "slot_taken")
    for number, other in enumerate(lost.body["alternatives"][::2]):
        again = partner.call(
            "book_appointment",
            body(partner, other["arrives_at"]),
            **place(),
            Idempotency_Key=f"{KEY}-{number}",
        )
        assert again.status == 201


def test_too_late_is_answered_as_documented(partner: DocumentClient, clock: MovableClock) -> None:
    slot = first_slot(partner)
    booked = partner.call(
        "book_appointment", body(partner, slot["arrives_at"]), **place(), Idempotency_Key=KEY
    )
    clock.move_to(datetime.fromisoformat(slot["arrives_at"]))
    late = partner.call("cancel_appointment", **booked.links["cancel_appointment"])
    assert (late.status, late.body["phone"]) == (409, "+33472000000")


def test_a_refused_move_is_answered_as_documented(partner: DocumentClient, clock: MovableClock) -> None:
    slot = first_slot(partner)
    booked = partner.call(
        "book_appointment", body(partner, slot["arrives_at"]), **place(), Idempotency_Key=KEY
    )
    link = booked.links["move_appointment"]
    night = partner.call("move_appointment", {"arrives_at": "2026-12-02T03:00:00+01:00"}, **link)
    assert (night.status, len(night.body["alternatives"])) == (409, 3)
    assert partner.call("move_appointment", {"arrives_at": "0001-01-01T00:00:00Z"}, **link).status == 409
    clock.move_to(datetime.fromisoformat(slot["arrives_at"]))
    late = partner.call("move_appointment", {"arrives_at": slot["arrives_at"]}, **link)
    assert (late.status, late.body["phone"]) == (409, "+33472000000")


def test_wrong_fields_are_answered_as_documented(partner: DocumentClient) -> None:
    wrong = partner.call(
        "book_appointment",
        body(partner, "2026-12-02T08:00:00Z", services=["ship"]),
        **place(),
        Idempotency_Key=KEY,
    )
    assert [each["field"] for each in wrong.body["errors"]] == ["services"]


def test_an_unknown_token_is_answered_as_documented(partner: DocumentClient) -> None:
    assert partner.call("get_appointment", manage_token="A" * 22).status == 404
