"""The header by which a caller says that two calls are one: ``Idempotency-Key``."""

from __future__ import annotations

import hashlib
import json
import re

from flask import request
from flask_babel import gettext as _
from pydantic import BaseModel, Field

from app.errors import InvalidInputError

HEADER = "Idempotency-Key"
PATTERN = "^[!-~]{16,255}$"
_KEY = re.compile(PATTERN.strip("^$"))


class KeyHeader(BaseModel):
    """The header as the document shows it."""

    key: str = Field(alias=HEADER, min_length=16, max_length=255, pattern=PATTERN)


def read_key() -> str:
    """The caller's key: 16 to 255 visible ASCII characters; raises InvalidInputError."""
    key = request.headers.get(HEADER, "")
    if not _KEY.fullmatch(key):
        text = _("Send a key of your own for this booking: 16 to 255 letters, digits or signs.")
        raise InvalidInputError({HEADER: text})
    return key


def hash_body(body: object, *, scope: str) -> str:
    """SHA-256 of a JSON body, whatever its spacing and order of members, within ``scope``."""
    canonical = json.dumps([scope, body], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
