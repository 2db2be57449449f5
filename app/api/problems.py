"""Refusals as problem documents (RFC 9457): ``type``, ``title``, ``status``, ``detail``, ``code``."""

from __future__ import annotations

import json
from http import HTTPStatus

from flask import Response
from werkzeug.exceptions import HTTPException

from app.errors import DomainError, RateLimitedError

CONTENT_TYPE = "application/problem+json"
HTTP_CODES = {
    400: "bad_request",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "unsupported_media_type",
}


def problem_response(error: DomainError | HTTPException | None) -> Response:
    """The problem document of a refusal; None is a fault of ours."""
    headers: dict[str, str] = {}
    if isinstance(error, DomainError):
        body = problem(int(error.status), code=error.code, detail=str(error.message))
        body |= error.extra()
        if isinstance(error, RateLimitedError):
            headers["Retry-After"] = str(error.retry_after)
    elif isinstance(error, HTTPException):
        status = error.code or 500
        body = problem(status, code=HTTP_CODES.get(status, "refused"), detail="")
        headers |= {name: value for name, value in error.get_headers() if name == "Allow"}
    else:
        body = problem(500, code="internal", detail="")
    return Response(json.dumps(body), int(str(body["status"])), headers=headers, content_type=CONTENT_TYPE)


def problem(status: int, *, code: str, detail: str) -> dict[str, object]:
    """The members that every problem document has."""
    title = HTTPStatus(status).phrase
    return {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail or title,
        "code": code,
    }
