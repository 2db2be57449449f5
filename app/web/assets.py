"""Static files: a hash in every address, compressed beforehand, cached for ever."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, Response, abort, request

from app.security.policy import public

COMPRESSIBLE = {".css", ".js", ".svg", ".json", ".txt"}
FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is served."""

    address: str
    content_type: str
    body: bytes
    compressed: bytes | None


class Assets:
    """All files below one folder, read and compressed once at start."""

    def __init__(self, folder: Path) -> None:
        self._by_name: dict[str, Asset] = {}
        self._by_address: dict[str, Asset] = {}
        for path in sorted(folder.rglob("*")):
            if path.is_file() and "src" not in path.parts:
                self._add(path.relative_to(folder).as_posix(), path.read_bytes())

    def _add(self, name: str, body: bytes) -> None:
        stem, dot, ending = name.rpartition(".")
        digest = hashlib.sha256(body).hexdigest()[:10]
        address = f"{stem}.{digest}{dot}{ending}" if name != "widget.js" else name
        small = gzip.compress(body, 9, mtime=0) if f".{ending}" in COMPRESSIBLE else None
        asset = Asset(
            address=address,
            content_type=_content_type(name),
            body=body,
            compressed=small,
        )
        self._by_name[name] = asset
        self._by_address[address] = asset

    def url(self, name: str) -> str:
        """The address of the file called ``name``; raises KeyError for one that does not exist."""
        return f"/static/{self._by_name[name].address}"

    def find(self, address: str) -> Asset | None:
        """The file served at ``address``."""
        return self._by_address.get(address)


def init_assets(app: Flask, folder: Path) -> None:
    """Serve ``folder`` below ``/static/`` and give templates ``asset(name)``."""
    assets = Assets(folder)
    app.jinja_env.globals["asset"] = assets.url
    app.extensions["garagenda_assets"] = assets

    @app.get("/static/<path:address>", endpoint="static")
    @public
    def static_file(address: str) -> Response:
        asset = assets.find(address)
        if asset is None:
            abort(404)
        body, encoding = asset.body, None
        if asset.compressed is not None and request.accept_encodings.quality("gzip"):
            body, encoding = asset.compressed, "gzip"
        response = Response(body, content_type=asset.content_type)
        response.headers["Cache-Control"] = FOR_EVER
        if encoding:
            response.headers["Content-Encoding"] = encoding
        if asset.compressed is not None:
            response.headers["Vary"] = "Accept-Encoding"
        return response


def _content_type(name: str) -> str:
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    if name.endswith(".js"):
        kind = "text/javascript"
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind
