"""Empty, migrated databases for tests, on both engines: made once by the real migrations, then wiped."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import flask_migrate
import pytest
import sqlalchemy as sa
from flask import Flask
from psycopg import Connection
from sqlalchemy.pool import QueuePool

from app.config import Settings
from app.db.session import db
from tests.support.client import CarefulClient, watch_sessions
from tests.support.postgres import OWNER, PostgresServer
from tests.support.walls import databases_allowed

Kind = Literal["sqlite", "postgresql"]
KINDS: tuple[Kind, ...] = ("sqlite", "postgresql")
PUBLIC_URL = "http://127.0.0.1:8000"
KEY = "only-for-tests-not-a-secret-000000"
TEMPLATE = "migrated"
TEMPLATE_LOCK = 7001  # any number, the same in every worker
VERSION_TABLE = "alembic_version"

# For the tests that need one engine only, journeys for example.
on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"])
on_postgresql = pytest.mark.parametrize("database_kind", ["postgresql"])


@dataclass
class Database:
    """One migrated database of the run. ``folder`` is its data folder."""

    kind: Kind
    url: str
    folder: Path
    clock_file: Path
    _app: Flask | None = field(default=None, repr=False)
    _others: list[Flask] = field(default_factory=list, repr=False)

    def environ(self, **changes: str) -> dict[str, str]:
        """The ``GARAGENDA_…`` variables of an installation on this database.

        ``changes`` go by name without the prefix: ``environ(rate_limits="api=5/minute")``.
        """
        values = {
            "ENV": "test",
            "DATABASE_URL": self.url,
            "DATA_DIR": str(self.folder),
            "SECRET_KEY": KEY,
            "LINK_KEYS": f"k1:{KEY}",
            "PUBLIC_URL": PUBLIC_URL,
            "CLOCK_OFFSET_FILE": str(self.clock_file),
            "RATE_LIMITS": "off",
        } | {name.upper(): value for name, value in changes.items()}
        return {f"GARAGENDA_{name}": value for name, value in values.items()}

    def settings(self, **changes: str) -> Settings:
        return Settings.from_environ(self.environ(**changes))

    @property
    def app(self) -> Flask:
        """The application on this database, built once; its client watches the sessions."""
        if self._app is None:
            self._app = build_app(self.settings())
        return self._app

    def another_app(self, **changes: str) -> Flask:
        """An application of other settings beside the usual one, whose pool ends with the test."""
        self._others.append(build_app(self.settings(**changes)))
        return self._others[-1]

    def close_others(self) -> None:
        """End the pools of :meth:`another_app`: a connection that is only forgotten is a warning later on."""
        while self._others:
            with self._others.pop().app_context():
                db.engine.dispose()

    @property
    def engine(self) -> sa.Engine:
        with self.app.app_context():
            return db.engine

    def open_connections(self) -> int:
        """Connections that this process's application has out of the pool right now."""
        pool = self.engine.pool
        return pool.checkedout() if isinstance(pool, QueuePool) else 0

    def wipe(self) -> None:
        """Remove every row; the schema stays, and ids may go on counting."""
        tables = [name for name in sa.inspect(self.engine).get_table_names() if name != VERSION_TABLE]
        with self.engine.begin() as connection:
            connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
            for name in tables:
                connection.exec_driver_sql(f'DELETE FROM "{name}"')

    def close(self) -> None:
        """End the pools' connections."""
        self.close_others()
        if self._app is not None:
            self.engine.dispose()


@dataclass
class PostgresDatabase(Database):
    """A database on the run's server, wiped by a superuser who needs no order of tables."""

    admin: Connection | None = field(default=None, repr=False)
    _wiping: str = ""

    def wipe(self) -> None:
        assert self.admin is not None
        if not self._wiping:
            found = self.admin.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> %s",
                [VERSION_TABLE],
            )
            deletes = "".join(f'DELETE FROM "{name}";' for (name,) in found)
            self._wiping = f"SET session_replication_role = replica; SET lock_timeout = '5s'; {deletes}"
        self.admin.execute(self._wiping.encode())

    def close(self) -> None:
        super().close()
        if self.admin is not None:
            self.admin.close()


def build_app(settings: Settings) -> Flask:
    """The application as ``wsgi.py`` builds it, with the watchful test client."""
    from wsgi import create_app  # noqa: PLC0415  # late: tests without a database stay quick to start

    with databases_allowed():
        app = create_app(settings)
    app.testing = True
    app.test_client_class = CarefulClient
    watch_sessions(app)
    return app


@dataclass
class DatabaseStock:
    """Makes the databases of one test process: one per engine to share and wipe, others on demand."""

    folder: Path
    clock_file: Path
    worker: str
    start_server: Callable[[], PostgresServer]
    _shared: dict[Kind, Database] = field(default_factory=dict)

    def shared(self, kind: Kind) -> Database:
        """The database that the tests of this process use one after the other."""
        if kind not in self._shared:
            self._shared[kind] = self._make(kind, name=f"test_{self.worker}")
        return self._shared[kind]

    @contextmanager
    def own(self, kind: Kind, *, name: str) -> Iterator[Database]:
        """A database of the caller's own, gone afterwards."""
        database = self._make(kind, name=f"{name}_{self.worker}")
        try:
            yield database
        finally:
            database.close()
            if kind == "postgresql":
                _execute(self.start_server(), f"DROP DATABASE {name}_{self.worker} WITH (FORCE)")
            shutil.rmtree(database.folder, ignore_errors=True)

    @contextmanager
    def unmigrated(self, kind: Kind, *, name: str) -> Iterator[Database]:
        """A database without any table, for tests of the migrations themselves."""
        with self._bare(kind, name=f"{name}_{self.worker}") as database:
            yield database

    def close(self) -> None:
        for database in self._shared.values():
            database.close()
        self._shared.clear()

    def _make(self, kind: Kind, *, name: str) -> Database:
        folder = self.folder / kind / name
        folder.mkdir(parents=True)
        if kind == "sqlite":
            path = folder / "garagenda.sqlite3"
            shutil.copyfile(self._sqlite_template(), path)
            return Database(kind, f"sqlite:///{path}", folder, self.clock_file)
        server = self.start_server()
        self._ensure_postgres_template(server)
        _execute(server, f"CREATE DATABASE {name} OWNER {OWNER} TEMPLATE {TEMPLATE} STRATEGY file_copy")
        return PostgresDatabase(kind, server.url(name), folder, self.clock_file, admin=server.connect(name))

    def _sqlite_template(self) -> Path:
        path = self.folder / "template" / "garagenda.sqlite3"
        if not path.exists():
            path.parent.mkdir()
            database = Database("sqlite", f"sqlite:///{path}", path.parent, self.clock_file)
            migrate(database)
            database.close()
        return path

    def _ensure_postgres_template(self, server: PostgresServer) -> None:
        """The first worker migrates, the others wait for it at an advisory lock."""
        with server.connect() as admin:
            admin.execute("SELECT pg_advisory_lock(%s)", [TEMPLATE_LOCK])
            if admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [TEMPLATE]).fetchone():
                return
            with self._bare("postgresql", name="migrating") as database:
                migrate(database)
                database.close()
                admin.execute(f"ALTER DATABASE migrating RENAME TO {TEMPLATE}")

    @contextmanager
    def _bare(self, kind: Kind, *, name: str) -> Iterator[Database]:
        folder = self.folder / "bare" / kind / name
        folder.mkdir(parents=True, exist_ok=True)
        server = self.start_server() if kind == "postgresql" else None
        url = server.url(name) if server else f"sqlite:///{folder / 'garagenda.sqlite3'}"
        if server:
            _execute(server, f"CREATE DATABASE {name} OWNER {OWNER}")
        database = Database(kind, url, folder, self.clock_file)
        try:
            yield database
        finally:
            database.close()
            if server:
                _execute(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            shutil.rmtree(folder, ignore_errors=True)


def migrate(database: Database) -> None:
    """Run the real migrations up to the newest; they must leave no row that wiping would lose."""
    with databases_allowed(), database.app.app_context():
        flask_migrate.upgrade()
        inspector = sa.inspect(db.engine)
        with db.engine.connect() as connection:
            for name in inspector.get_table_names():
                if name != VERSION_TABLE:
                    rows = connection.scalar(sa.select(sa.func.count()).select_from(sa.table(name)))
                    assert rows == 0, f"a migration fills {name}: Database.wipe must learn to keep its rows"


def _execute(server: PostgresServer, statement: str) -> None:
    with server.connect() as admin:
        admin.execute(statement.encode())
