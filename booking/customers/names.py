"""Names in the order of a list: case and accents set nobody apart."""

from __future__ import annotations

import unicodedata


def sort_key(name: str) -> str:
    """``Élodie d'Aubigné`` as ``elodie d'aubigne``: what a list of names is ordered by."""
    parts = unicodedata.normalize("NFKD", name.casefold())
    return "".join(char for char in parts if not unicodedata.combining(char))
