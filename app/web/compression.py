"""Pages are compressed on their way out; static files are compressed beforehand."""

from __future__ import annotations

import gzip
import hashlib
from functools import cached_property

from flask import Flask, Response, request

KINDS = {
    "text/html",
    "application/json",
    "application/problem+json",
    "text/calendar",
    "text/css",
    "text/plain",
}
WORTH_IT = 600
ZIPPED = "-gz"
"""Ends the entity tag of a compressed answer: a strong tag names one sequence of bytes (RFC 9110 §8.8.3)."""


def init_compression(app: Flask) -> None:
    """gzip answers of more than a few hundred bytes for clients that take it."""

    @app.after_request
    def _compress(response: Response) -> Response:
        if (
            response.mimetype not in KINDS
            or response.direct_passthrough
            or "Content-Encoding" in response.headers
        ):
            return response
        response.vary.add("Accept-Encoding")
        if not request.accept_encodings.quality("gzip") or response.status_code in {204, 304}:
            return response
        body = response.get_data()
        if len(body) >= WORTH_IT:
            response.set_data(gzip.compress(body, 6, mtime=0))
            response.headers["Content-Encoding"] = "gzip"
            tag, is_weak = response.get_etag()
            if tag is not None and not is_weak:
                response.set_etag(tag + ZIPPED)
        return response


class Packed:
    """The body of an answer that is given again and again: its entity tag, and compressed once."""

    def __init__(self, body: bytes, *, content_type: str) -> None:
        self.body = body
        self.content_type = content_type
        self.tag = hashlib.sha256(body).hexdigest()[:32]

    @cached_property
    def zipped(self) -> bytes:
        """Compressed when somebody first takes it so."""
        return gzip.compress(self.body, 6, mtime=0)


def send_packed(packed: Packed) -> Response:
    """The answer, or 304 to whoever says that they have it; kept by nobody without asking again."""
    is_zipped = len(packed.body) >= WORTH_IT and bool(request.accept_encodings.quality("gzip"))
    known = find_known_tag(packed.tag) if request.if_none_match else None
    if known is not None:
        response = Response(status=304)
    else:
        response = Response(packed.zipped if is_zipped else packed.body, content_type=packed.content_type)
        if is_zipped:
            response.headers["Content-Encoding"] = "gzip"
    tag = known or (packed.tag + ZIPPED if is_zipped else packed.tag)
    response.headers["ETag"] = f'"{tag}"'
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Vary"] = "Accept-Encoding"
    return response


def find_known_tag(tag: str) -> str | None:
    """The entity tag, plain or of the compressed answer, by which the client says that it has it.

    Compared weakly (RFC 9110 §13.1.2): a proxy that compresses again weakens the tag it passes on.
    """
    known = request.if_none_match
    return next((mark for mark in (tag, tag + ZIPPED) if known.contains_weak(mark)), None)
