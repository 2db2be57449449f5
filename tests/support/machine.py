"""What this machine offers the tests: PostgreSQL's server programs, a browser, Node's packages, calendar
programs, memory; and the run's one server."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.support import postgres

SERVER = pytest.StashKey[postgres.PostgresServer]()
NODE_MODULES = Path(__file__).resolve().parents[1] / "conformance" / "node" / "node_modules"
NODE_HINT = "apt install nodejs npm, then make test, which fetches the packages"
TWILIO_DESCRIPTION = Path(
    os.environ.get("TWILIO_DESCRIPTION")
    or Path(__file__).resolve().parents[3] / "shared" / "data" / "twilio_api_v2010.json"
)
"""Twilio's OpenAPI description (public, MIT, from twilio/twilio-oai); too large to keep a copy here."""
TWILIO_HINT = "set TWILIO_DESCRIPTION to the path of twilio_api_v2010.json"
CALENDAR_PROGRAMS = ("khal", "vdirsyncer")
CALENDAR_HINT = "apt install khal vdirsyncer"
BROWSER_HINT = "apt install chromium, or set CHROME_PATH to the program"


MEMORY = Path("/dev/shm")
ROOMY_BYTES = 2 << 30


def memory_folder() -> Path | None:
    """A folder in memory with room for the tests' databases, or None for the usual place.

    A commit waits for the disk, which no test looks at: processes are killed here, power is not cut.
    """
    try:
        room = shutil.disk_usage(MEMORY).free
    except OSError:
        return None
    return MEMORY if room >= ROOMY_BYTES and os.access(MEMORY, os.W_OK) else None


def find_browser() -> str | None:
    """The Chromium to drive: ``CHROME_PATH``, else the first on the path, else None."""
    named = os.environ.get("CHROME_PATH")
    if named:
        return named if os.access(named, os.X_OK) else None
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def has_node_packages() -> bool:
    """Whether ``node`` and the packages named in ``tests/conformance/node`` are here."""
    return shutil.which("node") is not None and (NODE_MODULES / ".bin" / "prism").exists()


def missing() -> dict[str, str]:
    """What this machine lacks for a full run, each with how to get it."""
    lacks = {}
    if postgres.find_binaries() is None:
        lacks["PostgreSQL"] = postgres.HOW_TO_GET
    if find_browser() is None:
        lacks["a browser"] = BROWSER_HINT
    if not has_node_packages():
        lacks["Node's packages"] = NODE_HINT
    if not all(map(shutil.which, CALENDAR_PROGRAMS)):
        lacks["khal and vdirsyncer"] = CALENDAR_HINT
    if not TWILIO_DESCRIPTION.exists():
        lacks["Twilio's description"] = TWILIO_HINT
    return lacks


def server_of(config: pytest.Config) -> postgres.PostgresServer:
    """The run's server: the controller's for a worker, else our own, started when first asked for."""
    if SERVER not in config.stash:
        socket = getattr(config, "workerinput", {}).get("postgres_socket")
        server = postgres.PostgresServer(Path(socket)) if socket else postgres.PostgresServer.start()
        config.stash[SERVER] = server
    return config.stash[SERVER]
