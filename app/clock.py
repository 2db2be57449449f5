"""The only clock: UTC, plus an offset that development and tests may set for real processes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

_offset_file: Path | None = None
_frozen: list[datetime] = []


def configure(offset_file: Path | None) -> None:
    """Take the offset, in seconds, from ``offset_file``, read at every call; None means none."""
    global _offset_file  # noqa: PLW0603  # one clock per process is the point
    _offset_file = offset_file


def now() -> datetime:
    """The current instant, aware UTC."""
    if _frozen:
        return _frozen[-1]
    return datetime.now(UTC) + _offset()


class at:  # noqa: N801  # reads as a phrase: ``with clock.at(moment):``
    """Within the block, :func:`now` is ``moment``: history is made with the time it had.

    For the demo garage and tests; never entered while serving.
    """

    def __init__(self, moment: datetime) -> None:
        self._moment = moment.astimezone(UTC)

    def __enter__(self) -> None:
        _frozen.append(self._moment)

    def __exit__(self, *_: object) -> None:
        _frozen.pop()


def _offset() -> timedelta:
    if _offset_file is None:
        return timedelta()
    try:
        return timedelta(seconds=float(_offset_file.read_text() or 0))
    except (FileNotFoundError, ValueError):
        return timedelta()
