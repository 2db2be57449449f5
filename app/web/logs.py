"""Structured logs: one line an event, with the request's id, and no personal data.

Addresses hold tokens and forms hold names: a request is logged by its rule, never its path.
"""

from __future__ import annotations

import logging
import secrets
import sys
import time

import structlog
from flask import Flask, Response, g, request

from app.config import Settings

log = structlog.get_logger("request")


def configure_logs(settings: Settings) -> None:
    """JSON lines in production, coloured text in development."""
    renderer: structlog.types.Processor = (
        structlog.processors.JSONRenderer()
        if settings.log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.WARNING if settings.env == "test" else logging.INFO
        ),
        # Standard output belongs to commands: a dump must come out as it is.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )


def init_request_log(app: Flask) -> None:
    """Give each request an id and log its end: method, rule, status, milliseconds."""

    @app.before_request
    def _begin() -> None:
        g.request_id = secrets.token_hex(8)
        g.started = time.perf_counter()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=g.request_id)

    @app.after_request
    def _end(response: Response) -> Response:
        rule = request.url_rule.rule if request.url_rule else None
        elapsed = round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000, 1)
        if rule not in {"/static/<path:address>", "/healthz"}:
            log.info("request", method=request.method, rule=rule, status=response.status_code, ms=elapsed)
        response.headers["X-Request-Id"] = g.get("request_id", "")
        return response
