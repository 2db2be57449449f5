"""Compiled templates, made once a process: a worker compiles them before its first visitor comes."""

from __future__ import annotations

from collections.abc import Iterator
from types import CodeType
from typing import Any

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

ENDINGS = (".html", ".txt", ".xml")


class CompiledTemplates(BytecodeCache):
    """The code of each template by the text it was made from, for every application of the process.

    Copies of the process have it from the start. The text is looked at again by each application, so
    that a changed template is compiled anew.
    """

    def __init__(self) -> None:
        self._code: dict[str, tuple[str, CodeType]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        checksum, code = self._code.get(bucket.key, ("", None))
        if checksum == bucket.checksum:
            bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self._code[bucket.key] = (bucket.checksum, bucket.code)


_COMPILED = CompiledTemplates()


def init_templates(app: Flask) -> None:
    """Let ``app`` share what other applications of this process have compiled."""
    app.jinja_env.bytecode_cache = _COMPILED


def compile_templates(app: Flask) -> None:
    """Compile every template now; takes most of a second in a new process, next to nothing in a copy."""
    for name in _names(app):
        app.jinja_env.get_template(name)


def _names(app: Flask) -> Iterator[Any]:
    return (name for name in app.jinja_env.list_templates() if name.endswith(ENDINGS))
