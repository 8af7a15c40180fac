"""The data folder of a stack: who uses it, its secrets, and where its server is found.

    lock              held by the supervisor, with its process id in it
    secrets.json      passwords of the embedded parts and the first API key, made once
    ports.json        the ports of the last start, taken again if they are free
    connection.json   the running server: address, API key, process ids; gone when it is stopped
    environment.json  the settings that its processes run with, for `synthmill worker`
    logs/             one file per process

Everything here is for its owner alone.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from synthmill.client.connection import CONNECTION_FILE
from synthmill.servers.errors import StackError

SECRETS = {"valkey_password": 24, "s3_access_key": 10, "s3_secret_key": 20}
"""Their names, and of how many random bytes each is made."""


class DataFolder:
    """A folder that one supervisor at a time uses. Made, for its owner alone, if it isn't there."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.logs = self.path / "logs"
        self.connection = self.path / CONNECTION_FILE
        self.environment = self.path / "environment.json"

    def make(self) -> None:
        try:
            self.logs.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise StackError(f"the data folder {self.path} can't be made: {error.strerror}") from None

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder. Raises StackError, naming the holder, if another supervisor does."""
        try:
            lock = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StackError(f"the data folder {self.path} can't be written: {error.strerror}") from None
        try:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                holder = os.read(lock, 20).decode().strip() or "unknown"
                raise StackError(
                    f"{self.path} is in use by another `synthmill up` (process {holder})"
                ) from None
            os.truncate(lock, 0)
            os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
            yield
        finally:
            os.close(lock)

    def is_locked(self) -> bool:
        """Whether a supervisor runs here."""
        try:
            with self.locked():
                return False
        except StackError:
            return True

    def secrets(self) -> dict[str, str]:
        """The passwords of this folder's parts, made at the first call, and the first API key if known."""
        stored: dict[str, str] = self._read("secrets.json")
        missing = {name: secrets.token_hex(size) for name, size in SECRETS.items() if name not in stored}
        if missing:
            write_private(self.path / "secrets.json", {**missing, **stored})
        return {**missing, **stored}

    def keep_secret(self, name: str, value: str) -> None:
        write_private(self.path / "secrets.json", {**self.secrets(), name: value})

    def last_ports(self, part: str) -> tuple[int, ...]:
        """The ports that a part had when it was last started here; none if it never was."""
        return tuple(self._read("ports.json").get(part, ()))

    def last_port(self, part: str) -> int | None:
        """The one port of a part that has one."""
        return next(iter(self.last_ports(part)), None)

    def keep_ports(self, part: str, ports: tuple[int, ...]) -> None:
        write_private(self.path / "ports.json", {**self._read("ports.json"), part: list(ports)})

    def running_pids(self, kinds: Iterable[str]) -> list[int]:
        """The processes of these kinds that the connection file names."""
        try:
            pids = self._read(CONNECTION_FILE).get("pids", {})
        except StackError:
            return []
        return [pid for kind in kinds for pid in pids.get(kind, ())]

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def _read(self, name: str) -> dict[str, Any]:
        try:
            stored = json.loads((self.path / name).read_text())
        except FileNotFoundError:
            return {}
        except ValueError:
            raise StackError(
                f"{self.path / name} is damaged: it is not JSON; remove it to start afresh"
            ) from None
        if not isinstance(stored, dict):
            raise StackError(f"{self.path / name} is damaged: it holds no object; remove it to start afresh")
        return stored


def write_private(file: Path, content: object) -> None:
    """Write JSON for the owner's eyes only; readers see the old content or the new, whole."""
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as output:
        json.dump(content, output, indent=1)
    draft.replace(file)
