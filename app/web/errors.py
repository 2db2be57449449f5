"""Errors as pages; calls below ``/api/`` get theirs from the API shell."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import structlog
from flask import Flask, Response, g, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from app.db.failures import is_passing
from app.errors import DomainError, UnavailableError

log = structlog.get_logger(__name__)

REPEATABLE = frozenset({429, 500, 503})
"""Answers after which the same address may well work."""

Renderer = Callable[[DomainError | HTTPException | None], Response]
_renderers: dict[str, Renderer] = {}


def init_errors(app: Flask, *, renderers: dict[str, Renderer]) -> None:
    """One handler for what the domain refuses, one for HTTP, one for what we got wrong.

    ``renderers`` maps a path prefix to what speaks there in place of pages (the API's problems).
    """
    _renderers.update(renderers)
    app.register_error_handler(DomainError, _domain_error)
    app.register_error_handler(CSRFError, _form_expired)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(SQLAlchemyError, _database_error)
    app.register_error_handler(Exception, _our_fault)


def _renderer() -> Renderer | None:
    return next((show for prefix, show in _renderers.items() if request.path.startswith(prefix)), None)


def _domain_error(error: DomainError) -> ResponseReturnValue:
    if (show := _renderer()) is not None:
        return show(error)
    response = make_response(_page(error.status, str(error.message)), error.status)
    if error.retry_after is not None:
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _form_expired(_error: CSRFError) -> ResponseReturnValue:
    text = _("This form was open for too long. Go back, reload the page and send it again.")
    return _page(HTTPStatus.BAD_REQUEST, text), HTTPStatus.BAD_REQUEST


def _http_error(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if 300 <= status < 400:
        return error
    if (show := _renderer()) is not None:
        return show(error)
    texts = {
        403: _("Your account may not do this. Ask the owner or a manager of the garage."),
        404: _("There is nothing at this address. Perhaps the link was copied only in part."),
        405: _("This address cannot be used that way."),
    }
    response = make_response(_page(status, texts.get(status, _("We could not read that request."))), status)
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            response.headers[name] = value
    return response


def _database_error(error: SQLAlchemyError) -> ResponseReturnValue:
    if not is_passing(error):
        return _our_fault(error)
    log.error("database_unavailable", error=type(error).__name__, exc_info=error)
    return _domain_error(UnavailableError())


def _our_fault(error: Exception) -> ResponseReturnValue:
    log.error("unhandled", error=type(error).__name__, exc_info=error)
    if (show := _renderer()) is not None:
        return show(None)
    return _page(500, _("Something went wrong on our side. Nothing was lost; please try again.")), 500


def lead_on(ways: Callable[[], dict[str, Any]]) -> None:
    """Should this request go wrong, show what ``ways`` gives: whose page it is and how to go on.

    The names are those that ``error.html`` reads; without them it leads to the first page.
    """
    g.ways_on = ways


def _page(status: int, text: str) -> str:
    ways: Callable[[], dict[str, Any]] = g.get("ways_on", dict)
    can_repeat = status in REPEATABLE and request.method == "GET"
    known = {"retry_href": request.full_path.rstrip("?") if can_repeat else ""}
    return render_template("error.html", status=int(status), message=text, **(known | ways()))
