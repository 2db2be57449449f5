"""Instants as the whole minutes that the engine counts in, reckoned by the database itself.

A month of a busy workshop is ten thousand rows: a datetime made of each bound, only to be counted in
minutes, costs several times what the rest of their reading does.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.roles import ExpressionElementRole

_A_MINUTE = 60_000_000
"""Microseconds, which is what ``UtcDateTime`` stores on SQLite."""


class _Minutes(FunctionElement[int]):
    type = BigInteger()
    inherit_cache = True


class _MinutesUp(_Minutes):
    inherit_cache = True


def in_minutes(moment: ExpressionElementRole[datetime]) -> ColumnElement[int]:
    """:func:`app.localtime.to_minutes` of a ``UtcDateTime`` column, from 1970 on."""
    return _Minutes(moment)


def in_minutes_up(moment: ExpressionElementRole[datetime]) -> ColumnElement[int]:
    """:func:`app.localtime.to_minutes_up` of a ``UtcDateTime`` column, from 1970 on."""
    return _MinutesUp(moment)


@compiles(_Minutes, "sqlite")
def _down_on_sqlite(element: _Minutes, compiler: SQLCompiler, **options: Any) -> str:
    return f"({compiler.process(element.clauses, **options)} / {_A_MINUTE})"


@compiles(_MinutesUp, "sqlite")
def _up_on_sqlite(element: _MinutesUp, compiler: SQLCompiler, **options: Any) -> str:
    return f"(({compiler.process(element.clauses, **options)} + {_A_MINUTE - 1}) / {_A_MINUTE})"


@compiles(_Minutes, "postgresql")
def _down_on_postgresql(element: _Minutes, compiler: SQLCompiler, **options: Any) -> str:
    moment = compiler.process(element.clauses, **options)
    return f"floor(date_part('epoch', {moment}) / 60)::bigint"


@compiles(_MinutesUp, "postgresql")
def _up_on_postgresql(element: _MinutesUp, compiler: SQLCompiler, **options: Any) -> str:
    moment = compiler.process(element.clauses, **options)
    return f"ceil(date_part('epoch', {moment}) / 60)::bigint"
