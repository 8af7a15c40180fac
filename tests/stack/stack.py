"""A whole stack for end-to-end tests: `synthmill up` as a process of its own, with real parts."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Literal

import psutil

from synthmill.servers.process import Process, last_lines, start, stop
from synthmill.servers.seaweedfs import SeaweedFS
from synthmill.supervisor.address import ask_ready
from synthmill.supervisor.data_folder import DataFolder
from tests.stack.postgres import Postgres

Backend = Literal["folder+sqlite", "s3+postgres", "s3+sqlite", "folder+postgres"]
BACKENDS: tuple[Backend, ...] = ("folder+sqlite", "s3+postgres")
"""What the promises of a whole stack are held against."""
READY_SECONDS = 150


class Stack:
    """One running `synthmill up`. Everything it and its tests started ends with it."""

    def __init__(self, data: Path, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self.data = data
        self._command, self._environment = command, environment
        self._joined: list[Process] = []
        self.start()

    def start(self) -> None:
        """Run `synthmill up`: once at first, and again after all of it was killed. From the main thread."""
        self.process = start(self._command, self._environment, self.log)

    @property
    def connection(self) -> dict[str, Any]:
        """The content of connection.json as it is now."""
        content: dict[str, Any] = json.loads((self.data / "connection.json").read_text())
        return content

    @property
    def url(self) -> str:
        return str(self.connection["url"])

    @property
    def api_key(self) -> str:
        return str(self.connection["api_key"])

    @property
    def headers(self) -> dict[str, str]:
        return {"X-API-Key": self.api_key}

    def pids(self, kind: str) -> list[int]:
        """The processes of a kind: supervisor, web, worker, interactive, valkey, seaweedfs."""
        return list(self.connection["pids"].get(kind, []))

    def kill(self, kind: str) -> int:
        """SIGKILL the first process of a kind; its id."""
        pid = self.pids(kind)[0]
        os.kill(pid, signal.SIGKILL)
        return pid

    def wait_for(self, kind: str, count: int, besides: int | None = None, seconds: float = 30) -> list[int]:
        """The ids of a kind's processes as soon as there are so many, one that was killed not counted."""
        end = time.monotonic() + seconds
        while True:
            found = [pid for pid in self.pids(kind) if pid != besides]
            if len(found) >= count:
                return found
            assert time.monotonic() < end, f"no {count} processes of {kind}: {self.connection}"
            time.sleep(0.05)

    def wait_until_ready(self, seconds: float = READY_SECONDS) -> None:
        """Return as soon as the server says that it is ready."""
        end = time.monotonic() + seconds
        while not ((self.data / "connection.json").exists() and ask_ready(self.url)[0]):
            assert self.process.poll() is None, f"synthmill up ended: {last_lines(self.log)}"
            assert time.monotonic() < end, f"not ready: {last_lines(self.log)}"
            time.sleep(0.05)

    def wait_for_log(self, name: str, text: str, seconds: float = 30) -> None:
        """Return as soon as a process (`web`, `worker-1`, `added-1` ...) has logged this text."""
        log, end = self.data / "logs" / f"{name}.log", time.monotonic() + seconds
        while not log.exists() or text not in log.read_text():
            assert time.monotonic() < end, f"{name} never said {text!r}: {last_lines(log)}"
            time.sleep(0.05)

    def add_worker(self) -> Process:
        """One more worker, as `synthmill worker` adds it."""
        log = self.data / "logs" / f"added-{len(self._joined) + 1}.log"
        command = [sys.executable, "-m", "synthmill", "worker", "--data", str(self.data)]
        self._joined.append(start(command, os.environ, log))
        return self._joined[-1]

    @property
    def log(self) -> Path:
        return self.data.with_name(f"{self.data.name}.up.log")

    def processes(self) -> list[psutil.Process]:
        """The supervisor and everything beneath it."""
        root = psutil.Process(self.process.pid)
        return [root, *root.children(recursive=True)]

    def stop(self) -> int:
        """Ask it to end, as Ctrl-C does; its exit code."""
        stop(self._joined, 10)
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        try:
            return self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()
        finally:
            # A supervisor that was killed could not do this.
            SeaweedFS(self.data, "", "", DataFolder(self.data).last_ports("seaweedfs")).clear()


@contextmanager
def running_stack(
    data: Path,
    backend: Backend = "folder+sqlite",
    *,
    workers: int = 2,
    port: int = 0,
    postgres: Postgres | None = None,
    environment: Mapping[str, str] | None = None,
    wait: bool = True,
    grpc: bool = False,
    program: Sequence[str] = (sys.executable, "-m", "synthmill"),
) -> Iterator[Stack]:
    """A stack with its data in `data`, ready, and stopped at the end; on PostgreSQL in a new database.

    `program` is another installation's `synthmill`.
    """
    storage, database = backend.split("+")
    own = {name: value for name, value in os.environ.items() if not name.startswith("SYNTHMILL_")}
    if database == "postgres":
        assert postgres is not None, "this backend needs the fixture `postgres`"
        own["SYNTHMILL_DATABASE_URL"] = postgres.new_database()
    command = [
        *(*program, "up", "--data", str(data), "--port", str(port)),
        *("--workers", str(workers), "--storage", storage),
        *(("--grpc-port", "0") if grpc else ("--no-grpc",)),
    ]
    with ExitStack() as last:
        stack = Stack(data, command, {**own, **(environment or {})})
        last.callback(stack.stop)
        if wait:
            stack.wait_until_ready()
        yield stack
