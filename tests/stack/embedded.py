"""Real servers for tests, from wheels, on free ports, gone with the test run."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from synthmill.app.core.storage import S3Storage
from synthmill.servers.running import Launch
from synthmill.servers.seaweedfs import SeaweedFS
from synthmill.servers.valkey import Valkey

BUCKET = "tests"
"""One for all tests of a server, each with a prefix of its own: a bucket costs a second and a volume."""


@contextmanager
def running_valkey(folder: Path) -> Iterator[Valkey]:
    """A private Valkey; `.url` is its address with the password."""
    password = secrets.token_hex(16)
    launch = Launch(
        lambda ports: Valkey(folder / "valkey", password, Valkey.choose_ports(ports)), folder / "valkey.log"
    )
    try:
        yield launch.wait()
    finally:
        launch.stop()


@contextmanager
def running_seaweedfs(folder: Path) -> Iterator[SeaweedFS]:
    """A private S3 server; `.endpoint`, `.access_key` and `.secret_key` say how to reach it."""
    access_key, secret_key = secrets.token_hex(10), secrets.token_hex(20)
    launch = Launch(
        lambda ports: SeaweedFS(folder / "seaweedfs", access_key, secret_key, SeaweedFS.choose_ports(ports)),
        folder / "seaweedfs.log",
    )
    try:
        yield launch.wait()
    finally:
        launch.stop()


@contextmanager
def s3_storage(
    server: SeaweedFS, bucket: str, prefix: str = "", public: bool = False, **given: str
) -> Iterator[S3Storage]:
    """A storage on that server, its bucket made; `given` overrides what S3Storage is made with."""
    settings = {
        "endpoint": server.endpoint,
        "access_key": server.access_key,
        "secret_key": server.secret_key,
        "public_endpoint": server.endpoint if public else "",
    }
    with closing(S3Storage(bucket=bucket, prefix=prefix, **{**settings, **given})) as storage:
        if not given:
            storage.ensure()
        yield storage
