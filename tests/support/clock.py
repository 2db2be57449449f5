"""Moving the product's clock, also that of real processes that read the same offset file."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app import clock


@dataclass(frozen=True, slots=True)
class MovableClock:
    """``app.clock`` for a test: it goes on ticking from wherever it was moved to."""

    file: Path

    def now(self) -> datetime:
        return clock.now()

    def move_to(self, moment: datetime) -> None:
        """Make it ``moment`` (aware) now, here and in every process that reads the file."""
        self._write(moment - datetime.now(UTC))

    def advance(self, **parts: float) -> None:
        """Move by so much, named as for ``timedelta``: ``advance(hours=23, minutes=30)``."""
        self._write(clock.now() + timedelta(**parts) - datetime.now(UTC))

    def reset(self) -> None:
        """Back to the true time."""
        self.file.unlink(missing_ok=True)

    def at(self, moment: datetime) -> AbstractContextManager[None]:
        """Stand still at ``moment`` within the block; in this process only."""
        return clock.at(moment)

    def _write(self, offset: timedelta) -> None:
        # Renamed into place: a process that reads in between must not see half a number.
        draft = self.file.with_suffix(".new")
        draft.write_text(repr(offset.total_seconds()))
        draft.replace(self.file)
