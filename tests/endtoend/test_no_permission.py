"""A real bucket in which the server may not write: jobs say so, wait, and go on when they may."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from synthmill.client.client import Client
from synthmill.servers.running import Launch
from synthmill.servers.seaweedfs import SeaweedFS
from synthmill.supervisor.address import ask_ready
from tests.endtoend.looking import hashes
from tests.stack.embedded import BUCKET, s3_storage
from tests.stack.stack import running_stack

SAID_WITHIN = 30.0
"""Seconds."""
OWNER = ("owner-of-the-bucket", "secret-of-the-owner")
SERVER = ("server-of-synthmill", "secret-of-the-server")


@dataclass(frozen=True)
class SharedSeaweedFS(SeaweedFS):
    """It has more users than one, each with rights of its own."""

    users: Path

    def command(self) -> list[str]:
        return [*super().command(), f"-s3.config={self.users}"]

    def environment(self) -> dict[str, str]:
        return {}


class Store:
    """A store of somebody else, who says what the server may do there."""

    def __init__(self, folder: Path) -> None:
        self._users = folder / "users.json"
        self.allow("Read", "Write", "List", "Tagging", tell=False)
        self._launch = Launch(
            lambda ports: SharedSeaweedFS(
                folder / "seaweedfs", *OWNER, SharedSeaweedFS.choose_ports(ports), self._users
            ),
            folder / "seaweedfs.log",
        )
        self.part = self._launch.wait()

    def allow(self, *actions: str, tell: bool = True) -> None:
        rights = {OWNER: ["Admin"], SERVER: list(actions)}
        users = [
            {
                "name": key,
                "credentials": [{"accessKey": key, "secretKey": secret}],
                "actions": allowed,
            }
            for (key, secret), allowed in rights.items()
        ]
        self._users.write_text(json.dumps({"identities": users}))
        if tell:
            os.kill(self._launch.process.pid, signal.SIGHUP)  # It reads the file again.

    def stop(self) -> None:
        self._launch.stop()


@contextmanager
def running_store(folder: Path) -> Iterator[Store]:
    store = Store(folder)
    try:
        with s3_storage(store.part, BUCKET):  # Makes the bucket, which the server couldn't.
            yield store
    finally:
        store.stop()


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_a_job_that_may_not_write_says_so_and_completes_when_it_may(tmp_path: Path) -> None:
    request = {"template": "retail", "rows": 20_000, "seed": 7}
    with running_store(tmp_path) as store:
        environment = {
            "SYNTHMILL_STORAGE_URL": f"s3://{BUCKET}/mine",
            "SYNTHMILL_S3_ENDPOINT": store.part.endpoint,
            "SYNTHMILL_S3_ACCESS_KEY": SERVER[0],
            "SYNTHMILL_S3_SECRET_KEY": SERVER[1],
        }
        with (
            running_stack(tmp_path / "data", environment=environment) as stack,
            Client(data=stack.data) as client,
        ):
            undisturbed = client.wait(client.submit(**request), timeout=120)
            store.allow("Read", "List")
            began = time.monotonic()
            job = client.submit(**request)
            while job.refresh().view["waiting_for"] is None or ask_ready(stack.url, 5.0)[0]:
                assert time.monotonic() - began < SAID_WITHIN, job.view
                time.sleep(0.2)
            print(f"said after {time.monotonic() - began:.1f} s: {job.view['waiting_for']}")
            assert (job.state, job.view["phase"]) == ("running", "waiting")
            assert "AccessDenied" in job.view["waiting_for"]
            assert "storage" in ask_ready(stack.url, 5.0)[1]
            store.allow("Read", "Write", "List", "Tagging")
            done = client.wait(job, timeout=120)
            assert (done.state, done.view["waiting_for"]) == ("completed", None)
            assert hashes(done) == hashes(undisturbed)
