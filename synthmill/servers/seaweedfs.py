"""A private SeaweedFS server: an S3 store in the data folder."""

from __future__ import annotations

import os
import shutil
import socket
import sys
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from synthmill.servers.extras import not_installed
from synthmill.servers.ports import free_ports

SERVERS = ("s3", "master", "volume", "filer", "admin")
GRPC_OFFSET = 10_000
"""SeaweedFS's own rule: the gRPC port of a server is its HTTP port plus this."""
MEMORY = "300MiB"
VOLUME_MB = 128
VOLUMES = 100_000
"""A volume is a file that grows with what it holds, and each bucket has its own. By itself SeaweedFS makes
them 1 GiB on a large disk and allows as many as its free space holds: few where it is nearly full."""
VACUUM_SECONDS = 60
"""Between looks for volumes worth compacting: what is deleted stays in a volume's file until then. By
itself SeaweedFS looks every 14 minutes."""
LEAST_FREE_PERCENT = 1
"""Of the disk: with less, `weed mini` writes nothing, and no option of it changes that."""
CRAMPED_PERCENT = 2
"""With less free at its start it runs as `weed server`, which has a setting for how much to leave free, but
takes some seconds longer to start and to stop."""
LEAST_FREE_MB = 64
"""That is so much."""


@dataclass(frozen=True)
class SeaweedFS:
    """Where it keeps its data, and the ports and keys it is started with."""

    name = "seaweedfs"
    folder: Path
    access_key: str
    secret_key: str
    ports: tuple[int, ...]

    @staticmethod
    def choose_ports(preferred: tuple[int, ...] = ()) -> tuple[int, ...]:
        return tuple(free_ports(len(SERVERS), preferred, GRPC_OFFSET))

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.ports[0]}"

    def command(self) -> list[str]:
        """The command line: everything on the loopback address, everything off that isn't S3.

        `-disableHttp` is essential: without it the filer hands out every object without asking for a key.
        """
        binary = shutil.which("weed", path=str(Path(sys.executable).parent)) or shutil.which("weed")
        if binary is None:
            raise not_installed("SeaweedFS", ("server", "embedded"))
        ports = {server: f"-{server}.port={port}" for server, port in zip(SERVERS, self.ports, strict=True)}
        admin = ports.pop("admin")
        kind = (
            [
                *("server", "-filer", "-s3", f"-volume.minFreeSpace={LEAST_FREE_MB}MiB"),
                # A lone master has nobody to wait for; else it takes 15 s longer to start again.
                *("-master.electionTimeout=1s", "-master.resumeState=false"),
            ]
            if self.is_cramped
            else ["mini", "-webdav=false", "-admin.ui=false", admin]
        )
        return [
            *(binary, "-logtostderr=true", *kind, f"-dir={self.folder}"),
            *("-ip=127.0.0.1", "-ip.bind=127.0.0.1", *ports.values()),
            *("-disableHttp", "-s3.iam=false", "-s3.autoCreateBucket=false"),
            *(
                "-s3.port.iceberg=0",
                "-s3.port.lance=0",
                "-master.telemetry=false",
                f"-master.volumeSizeLimitMB={VOLUME_MB}",
                f"-volume.max={VOLUMES}",
                f"-master.vacuumIntervalSeconds={VACUUM_SECONDS}",
                "-volume.preStopSeconds=0",
            ),
        ]

    def environment(self) -> dict[str, str]:
        return {
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "GOMEMLIMIT": MEMORY,
        }

    def is_ready(self) -> bool:
        """Whether its S3 port accepts connections; it opens last."""
        try:
            socket.create_connection(("127.0.0.1", self.ports[0]), timeout=1).close()
        except OSError:
            return False
        return True

    def least_free_bytes(self) -> int:
        """With less free disk it writes nothing."""
        if self.is_cramped:
            return LEAST_FREE_MB << 20
        disk = self._disk
        return disk.f_blocks * disk.f_frsize * LEAST_FREE_PERCENT // 100

    def room(self) -> str:
        """What it has, for the code that starts it."""
        free = self._disk.f_bavail * self._disk.f_frsize
        left = max(0, free - self.least_free_bytes())
        return f"{left >> 20:,} MiB of the {free >> 20:,} MiB free, {left // (VOLUME_MB << 20):,} volumes"

    @cached_property
    def is_cramped(self) -> bool:
        """Whether its disk was nearly full when it was first asked for its command."""
        return self._disk.f_bavail * 100 < self._disk.f_blocks * CRAMPED_PERCENT

    @property
    def _disk(self) -> os.statvfs_result:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return os.statvfs(self.folder)

    def clear(self) -> None:
        """Remove the socket files that it leaves behind outside its folder."""
        for port in self.ports:
            for number in (port, port + GRPC_OFFSET):
                for file in Path("/tmp").glob(f"seaweedfs-*-{number}.sock"):  # noqa: S108
                    with suppress(OSError):
                        file.unlink()
