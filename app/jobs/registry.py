"""Scheduled jobs: every package registers its own in ``wsgi.py``; the scheduler process runs them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Job:
    """``run`` is called every ``every_seconds`` in an application context, one run at a time.

    It opens its own transactions, and is safe to run in any number of processes at once.
    """

    name: str
    run: Callable[[], None]
    every_seconds: float


_jobs: dict[str, Job] = {}
_stopping = threading.Event()


def add_job(name: str, run: Callable[[], None], every_seconds: float) -> None:
    """Run ``run`` every ``every_seconds`` in the scheduler; the last of a name counts."""
    _jobs[name] = Job(name=name, run=run, every_seconds=every_seconds)


def list_jobs() -> tuple[Job, ...]:
    """Every job, in the order of registration."""
    return tuple(_jobs.values())


def ask_to_stop() -> None:
    """Tell long jobs to end after the piece of work in hand."""
    _stopping.set()


def is_stopping() -> bool:
    """Whether the process is about to end; long jobs ask between two pieces of work."""
    return _stopping.is_set()
