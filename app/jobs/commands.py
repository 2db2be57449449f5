"""``flask scheduler`` and ``flask serve``."""

from __future__ import annotations

import sys

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from app.jobs.scheduler import run_scheduler
from app.jobs.serving import serve
from app.jobs.start_checks import run_start_checks


def init_job_commands(app: Flask) -> None:
    """Add the commands to ``flask``."""
    app.cli.add_command(scheduler_command)
    app.cli.add_command(serve_command)


@click.command("scheduler")
@with_appcontext
def scheduler_command() -> None:
    """Run the scheduled jobs; any number of these may run at once."""
    _check()
    run_scheduler(current_app._get_current_object())  # type: ignore[attr-defined]  # the application behind the proxy, for other threads


@click.command("serve")
@click.option("--port", default=8000, show_default=True, help="Port on 127.0.0.1.")
@click.option("--workers", default=2, show_default=True, help="Web processes.")
@click.option("--threads", default=4, show_default=True, help="Threads of each web process.")
@with_appcontext
def serve_command(*, port: int, workers: int, threads: int) -> None:
    """Serve the pages and run one scheduler; Ctrl-C ends both."""
    _check()
    sys.exit(serve(port=port, workers=workers, threads=threads))


def _check() -> None:
    try:
        run_start_checks()
    except RuntimeError as error:
        raise click.ClickException(str(error)) from error
