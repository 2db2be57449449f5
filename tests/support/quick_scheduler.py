"""``flask scheduler`` with every job run twice a second, for tests that wait for several of its looks.

The jobs, their order and all that they do are the product's; only nobody waits a minute for the next.
"""

from __future__ import annotations

import sys

import wsgi
from app.jobs.registry import add_job, list_jobs
from app.jobs.scheduler import run_scheduler

LOOK_SECONDS = 0.5
READY = "ready to look"
"""The first line of its output."""


def run_quickly() -> None:
    """Run the jobs of ``wsgi`` until SIGTERM or SIGINT."""
    app = wsgi.create_app()
    for job in list_jobs():
        add_job(job.name, job.run, every_seconds=LOOK_SECONDS)
    sys.stdout.write(f"{READY}\n")
    sys.stdout.flush()
    with app.app_context():
        run_scheduler(app)


if __name__ == "__main__":
    run_quickly()
