"""The scheduler process: a ticker that runs every registered job, and drains when asked to stop.

APScheduler only keeps the time, in memory. What is due stands in the database, so any number of
these processes may run, and none need remember anything.
"""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from types import FrameType

import structlog
from apscheduler.events import EVENT_SCHEDULER_STARTED
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.interval import IntervalTrigger
from flask import Flask

from app.db.unit_of_work import unit_of_work
from app.jobs.registry import Job, ask_to_stop, is_stopping, list_jobs
from app.jobs.ticks import record_tick

log = structlog.get_logger(__name__)

TICK_SECONDS = 5.0
"""A job that runs each second is noted no more often than this."""


def run_scheduler(app: Flask) -> None:
    """Run the jobs until SIGTERM or SIGINT, then finish what is in hand and return."""
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # it warns of every tick that a long run skips
    scheduler = _scheduler(app)

    def stop(_number: int = 0, _frame: FrameType | None = None) -> None:
        was_stopping = is_stopping()
        ask_to_stop()
        if scheduler.running and not was_stopping:
            _shut_down(scheduler)

    def stop_if_asked(_event: object) -> None:
        if is_stopping():
            _shut_down(scheduler)

    scheduler.add_listener(stop_if_asked, EVENT_SCHEDULER_STARTED)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    log.info("scheduler_started", jobs=len(list_jobs()))
    scheduler.start()
    log.info("scheduler_stopped")


def _scheduler(app: Flask) -> BlockingScheduler:
    jobs = list_jobs()
    scheduler = BlockingScheduler(
        executors={"default": ThreadPoolExecutor(max(len(jobs), 1))},
        job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
        timezone=UTC,
    )
    for job in jobs:
        trigger = IntervalTrigger(seconds=job.every_seconds, timezone=UTC)
        scheduler.add_job(make_tick(app, job), trigger, id=job.name, next_run_time=datetime.now(UTC))
    return scheduler


def _shut_down(scheduler: BlockingScheduler) -> None:
    """Wait for the running jobs elsewhere: a signal handler must not hold up the ticker's thread."""
    threading.Thread(target=scheduler.shutdown, name="shutdown").start()


def make_tick(app: Flask, job: Job) -> Callable[[], None]:
    """One run of ``job`` in an application context; an error is logged, and the next tick tries again.

    A run without error is noted as a sign of life.
    """
    noted_at = float("-inf")

    def tick() -> None:
        nonlocal noted_at
        if is_stopping():
            return
        try:
            with app.app_context():
                job.run()
                if time.monotonic() - noted_at >= TICK_SECONDS:
                    with unit_of_work() as session:
                        record_tick(session, job.name)
                    noted_at = time.monotonic()
        except Exception:
            log.exception("job_failed", job=job.name)

    return tick
