"""A private SeaweedFS server: an S3 store in the data folder."""

from __future__ import annotations

import os
import shutil
import socket
import sys
from contextlib import suppress
from dataclasses import dataclass
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
LEAST_FREE_PERCENT = 1
"""Of the disk: with less, SeaweedFS writes nothing, and no option changes that."""


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
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        ports = [f"-{server}.port={port}" for server, port in zip(SERVERS, self.ports, strict=True)]
        return [
            *(binary, "-logtostderr=true", "mini", f"-dir={self.folder}"),
            *("-ip=127.0.0.1", "-ip.bind=127.0.0.1", *ports),
            *(
                "-disableHttp",
                "-webdav=false",
                "-admin.ui=false",
                "-s3.iam=false",
                "-s3.autoCreateBucket=false",
            ),
            *(
                "-s3.port.iceberg=0",
                "-s3.port.lance=0",
                "-master.telemetry=false",
                f"-master.volumeSizeLimitMB={VOLUME_MB}",
                f"-volume.max={VOLUMES}",
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
        disk = os.statvfs(self.folder)
        return disk.f_blocks * disk.f_frsize * LEAST_FREE_PERCENT // 100

    def clear(self) -> None:
        """Remove the socket files that it leaves behind outside its folder."""
        for port in self.ports:
            for number in (port, port + GRPC_OFFSET):
                for file in Path("/tmp").glob(f"seaweedfs-*-{number}.sock"):  # noqa: S108
                    with suppress(OSError):
                        file.unlink()
