"""Every address of the public API: importing this module fills the blueprint."""

from __future__ import annotations

from typing import Any

from flask import current_app

from app.api.openapi import openapi_document, refusals
from app.security.policy import public
from booking.api import appointments, workshops
from booking.api.blueprint import blueprint

__all__ = ["appointments", "blueprint", "workshops"]

DOCUMENT = {
    "description": "An OpenAPI 3.1 document.",
    "content": {"application/json": {"schema": {"type": "object"}}},
}


@blueprint.get("/openapi.json")
@blueprint.doc(operation_id="get_openapi", responses={200: DOCUMENT} | refusals())
@public
def get_openapi() -> dict[str, Any]:
    """Show this document."""
    return openapi_document(current_app)
