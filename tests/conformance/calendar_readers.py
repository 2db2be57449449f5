"""Other people's calendar programs, each reading an address over HTTP and saying what it found there."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import vobject

from tests.support.processes import ROOT
from tests.support.servers import lean_environ

READ_WITH_ICAL_JS = ROOT / "tests" / "conformance" / "node" / "read_calendar.mjs"
PATIENCE_SECONDS = 120
UNIT, RECORD = "\x1f", "\x1e"
"""Characters that no text of ours can hold stand between khal's answers."""

KHAL_FIELDS = ("uid", "start-long-full", "end-long-full", "status", "title", "description", "location")
VDIRSYNCER = """
[general]
status_path = "{folder}/status"

[pair feed]
a = "address"
b = "here"
collections = null

[storage address]
type = "http"
url = "{url}"

[storage here]
type = "filesystem"
path = "{folder}/events"
fileext = ".ics"
"""
KHAL = """
[calendars]
[[feed]]
path = {folder}/events
readonly = True

[sqlite]
path = {folder}/khal.db

[locale]
local_timezone = UTC
default_timezone = UTC
timeformat = %H:%M:%S
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M:%S
longdatetimeformat = %Y-%m-%d %H:%M:%S
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """One event as a reader tells it."""

    uid: str
    starts_at: datetime
    ends_at: datetime
    status: str
    summary: str
    description: str
    location: str


def read_with_ical_js(url: str, _folder: Path) -> list[Seen]:
    """ical.js under Node; the calendar must hold events and nothing else."""
    found = json.loads(run(["node", str(READ_WITH_ICAL_JS), url]))
    assert found["status"] == 200
    assert found["parts"] == len(found["events"]), "a component of another kind"
    return [Seen(**event | times(event)) for event in found["events"]]


def times(event: dict[str, Any]) -> dict[str, datetime]:
    return {name: datetime.fromtimestamp(event[name], UTC) for name in ("starts_at", "ends_at")}


def read_with_vobject(url: str, _folder: Path) -> list[Seen]:
    """vobject; it also holds the calendar against its own rules of what belongs where."""
    with urlopen(url, timeout=30) as answer:
        text = answer.read().decode()
    (calendar,) = vobject.readComponents(text)
    calendar.validate(raiseException=True)
    assert {part.name for part in calendar.components()} <= {"VEVENT"}, "a component of another kind"
    return [seen_by_vobject(event) for event in calendar.contents.get("vevent", [])]


def seen_by_vobject(event: Any) -> Seen:
    def text(name: str) -> str:
        return str(event.contents[name][0].value) if name in event.contents else ""

    return Seen(
        uid=text("uid"),
        starts_at=event.dtstart.value.astimezone(UTC),
        ends_at=event.dtend.value.astimezone(UTC),
        **{name: text(name) for name in ("status", "summary", "description", "location")},
    )


def read_with_khal(url: str, folder: Path) -> list[Seen]:
    """vdirsyncer subscribes to the address and lays each event into a file; khal reads the files.

    vdirsyncer gives what it reads by HTTP a UID of its own, a hash of the event.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in (("vdirsyncer", VDIRSYNCER), ("khal", KHAL)):
        (folder / name).write_text(text.format(folder=folder, url=url))
    sync_with_vdirsyncer(folder)
    form = RECORD + UNIT.join(f"{{{name}}}" for name in KHAL_FIELDS) + UNIT
    words = ["khal", "-c", str(folder / "khal"), "list", "--notstarted", "--day-format", "", "--format", form]
    found = run([*words, "2026-01-01", "1100d"])
    return [seen_by_khal(record.split(UNIT)) for record in found.split(RECORD)[1:]]


def sync_with_vdirsyncer(folder: Path) -> None:
    """The first time it asks whether to go on with what it found; then it syncs by itself."""
    base = ["vdirsyncer", "-c", str(folder / "vdirsyncer")]
    run([*base, "discover"], answers="y\n" * 4)
    run([*base, "sync"])


def seen_by_khal(fields: Sequence[str]) -> Seen:
    uid, starts_at, ends_at, status, summary, description, location, _ = fields
    begins, ends = (
        datetime.strptime(text.strip(), "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
        for text in (starts_at, ends_at)
    )
    return Seen(uid, begins, ends, status.strip(), summary, description, location)


def run(command: Sequence[str], *, answers: str = "") -> str:
    """What the program printed; raises with its complaint if it failed."""
    done = subprocess.run(
        command,
        env=lean_environ(),
        check=False,
        input=answers,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
    )
    assert done.returncode == 0, f"{command[0]} ended with {done.returncode}:\n{done.stderr[-4000:]}"
    return done.stdout
