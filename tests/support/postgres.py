"""One private PostgreSQL server for a test run: found, started, stopped. No port, no root, no trace left."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.support.processes import Keeping, KeptProcess

HOW_TO_GET = "apt install postgresql, or set PG_BIN to a folder with initdb and postgres"
ADMIN = "postgres"
OWNER = "garagenda"  # an ordinary role, as in production: owns its databases, is no superuser
# No sane installation runs in this zone: whatever leans on the server's own zone shows at once.
ODD_ZONE = "Asia/Kathmandu"
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
COMMON = ("listen_addresses=", "max_connections=200", f"timezone={ODD_ZONE}", "shared_buffers=64MB")


def find_binaries() -> Path | None:
    """The folder that holds ``initdb`` and ``postgres``, or None.

    ``PG_BIN``, if set, is the only place looked at. Else it is where the ``initdb`` on the path
    really lies, then Debian's folders per version, newest first.
    """
    named, found = os.environ.get("PG_BIN"), shutil.which("initdb")
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    candidates = [Path(found).resolve().parent] if found else []
    candidates += sorted(debian, key=lambda folder: -float(folder.parent.name))
    if named:
        candidates = [Path(named)]
    for folder in candidates:
        if all(os.access(folder / program, os.X_OK) for program in ("initdb", "postgres")):
            return folder
    return None


@dataclass(slots=True)
class PostgresServer:
    """A running server; connections go through the socket in ``socket_folder``."""

    socket_folder: Path
    process: KeptProcess | None = None
    durable: bool = False

    @classmethod
    def start(cls, *, durable: bool = False) -> PostgresServer:
        """Make a cluster and start it; ``durable`` keeps fsync on, for tests of crashes.

        Raises RuntimeError when there are no binaries or the server does not come up.
        """
        binaries = find_binaries()
        if binaries is None:
            raise RuntimeError(f"no PostgreSQL server programs found: {HOW_TO_GET}")
        folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))  # a socket's path must stay below 107 bytes
        server = cls(folder, durable=durable)
        try:
            server._make_cluster(binaries)
        except BaseException:
            server.stop()
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return server

    def url(self, database: str, *, user: str = OWNER) -> str:
        """The address of a database as ``GARAGENDA_DATABASE_URL`` takes it."""
        return f"postgresql+psycopg://{user}@/{database}?host={self.socket_folder}"

    def connect(self, database: str = "postgres", *, user: str = ADMIN) -> psycopg.Connection:
        """A connection in autocommit mode, of the superuser unless told otherwise."""
        return psycopg.connect(host=str(self.socket_folder), dbname=database, user=user, autocommit=True)

    def stop(self) -> None:
        """Fast shutdown, then wait; nothing happens when this process did not start the server."""
        if self.process is not None:
            self.process.stop()
            self.process = None

    def crash(self) -> None:
        """Kill every process of the server at once, as a power cut does, and start it on the same files.

        The keeper clears the folder away when the server ends, so the files stand elsewhere by then.
        """
        binaries = find_binaries()
        assert self.process is not None
        assert binaries is not None
        aside = self.socket_folder.with_suffix(".aside")
        (self.socket_folder / "data").rename(aside)  # open files move with their folder
        for pid in (self.process.pid, *self.process.children()):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.stop()
        self.socket_folder.mkdir()
        aside.rename(self.socket_folder / "data")
        self._launch(binaries)

    def _make_cluster(self, binaries: Path) -> None:
        _initdb(binaries, folder=self.socket_folder, user=_unprivileged())
        self._launch(binaries)
        with self.connect() as admin:
            admin.execute(f"CREATE ROLE {OWNER} LOGIN")

    def _launch(self, binaries: Path) -> None:
        user = _unprivileged()
        data, log = self.socket_folder / "data", self.socket_folder / "log"
        if user is not None:
            os.chown(self.socket_folder, *user)
        options = [*COMMON, *(() if self.durable else FAST), f"unix_socket_directories={self.socket_folder}"]
        words = [word for item in options for word in ("-c", item)]
        self.process = KeptProcess.start(
            [str(binaries / "postgres"), "-D", str(data), *words],
            name="PostgreSQL",
            log=log,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
            keeping=Keeping(signal=signal.SIGINT, user=user, remove=self.socket_folder),
        )
        self._await_answer()

    def _await_answer(self, timeout_seconds: float = 30) -> None:
        deadline = time.monotonic() + timeout_seconds
        while True:
            try:
                self.connect().close()
            except psycopg.OperationalError as error:
                alive = self.process is not None and self.process.is_alive
                if not alive or time.monotonic() > deadline:
                    detail = self.process.tail() if self.process and self.process.log.exists() else ""
                    raise RuntimeError(f"PostgreSQL does not answer: {error}\n{detail}") from error
                time.sleep(0.05)
            else:
                return


@contextmanager
def running_postgres(*, durable: bool = False) -> Iterator[PostgresServer]:
    """A server of the test's own, for those that kill it or need fsync."""
    server = PostgresServer.start(durable=durable)
    try:
        yield server
    finally:
        server.stop()


def _initdb(binaries: Path, *, folder: Path, user: tuple[int, int] | None) -> None:
    """Make the cluster; PostgreSQL refuses to run as root, so root hands it to somebody else."""
    if user is not None:
        os.chown(folder, *user)
    settings = ["-A", "trust", "--no-sync", "-E", "UTF8", "--no-locale"]
    result = subprocess.run(
        [str(binaries / "initdb"), "-D", str(folder / "data"), "-U", ADMIN, *settings],
        check=False,
        capture_output=True,
        text=True,
        cwd="/",
        user=user[0] if user else None,
        group=user[1] if user else None,
        extra_groups=[] if user else None,
    )
    if result.returncode != 0:
        raise RuntimeError(f"initdb failed:\n{result.stdout}{result.stderr}")


def _unprivileged() -> tuple[int, int] | None:
    """User and group for the server when we are root; None when we are not."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return entry.pw_uid, entry.pw_gid
    raise RuntimeError(
        "running as root, but there is neither a user postgres nor nobody to run PostgreSQL as"
    )
