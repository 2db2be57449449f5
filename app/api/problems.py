"""Refusals as problem documents (RFC 9457): ``type``, ``title``, ``status``, ``detail``, ``code``."""

from __future__ import annotations

import json
from http import HTTPStatus

from flask import Response
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException

from app.errors import DomainError, NotFoundError

CONTENT_TYPE = "application/problem+json"


def problem_response(error: DomainError | HTTPException | None) -> Response:
    """The problem document of a refusal; None is a fault of ours.

    An address that leads nowhere and somebody else's object answer alike.
    """
    if isinstance(error, HTTPException):
        if error.code != HTTPStatus.NOT_FOUND:
            return _http_problem(error)
        error = NotFoundError()
    if error is None:
        text = _("Something went wrong on our side. Nothing was lost; please try again.")
        return _response(problem(500, code="internal", detail=text))
    body = problem(int(error.status), code=error.code, detail=str(error.message)) | error.extra()
    headers = {"Retry-After": str(error.retry_after)} if error.retry_after is not None else {}
    return _response(body, headers)


def problem(status: int, *, code: str, detail: str) -> dict[str, object]:
    """The members that every problem document has."""
    return {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
    }


def _http_problem(error: HTTPException) -> Response:
    status = error.code or 500
    known = {
        400: ("bad_request", _("The body is not valid JSON.")),
        405: ("method_not_allowed", _("This address cannot be used that way.")),
        413: ("too_large", _("The body is too large.")),
        415: ("unsupported_media_type", _("Send the body as application/json.")),
    }
    code, detail = known.get(status, ("refused", _("We could not read that request.")))
    headers = {name: value for name, value in error.get_headers() if name == "Allow"}
    return _response(problem(status, code=code, detail=detail), headers)


def _response(body: dict[str, object], headers: dict[str, str] | None = None) -> Response:
    return Response(
        json.dumps(body, ensure_ascii=False),
        int(str(body["status"])),
        headers=headers,
        content_type=CONTENT_TYPE,
    )
