"""What numbers in addresses may be."""

from __future__ import annotations

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

LARGEST_ID = 2**63 - 1


class IdConverter(IntegerConverter):
    """A whole number that a row may bear: a larger one is no address, not a fault of the database."""

    def __init__(self, map: Map) -> None:  # noqa: A002  # Werkzeug's name
        super().__init__(map, max=LARGEST_ID)


def init_converters(app: Flask) -> None:
    """Let ``<int:…>`` take no more than a key can hold; before any route is added."""
    app.url_map.converters["int"] = IdConverter
