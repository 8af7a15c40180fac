"""The embedded parts of one stack: which it needs, and their start."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from synthmill.servers.running import Launch
from synthmill.servers.seaweedfs import SeaweedFS
from synthmill.servers.valkey import Valkey
from synthmill.supervisor.data_folder import DataFolder

ADDRESS_OF = {"valkey": "SYNTHMILL_REDIS_URL", "seaweedfs": "SYNTHMILL_STORAGE_URL"}
"""A part isn't embedded where this variable names another."""


class EmbeddedParts:
    """Those of Valkey and SeaweedFS that a stack needs, all started at once on the ports they had last."""

    def __init__(self, folder: DataFolder, given: Mapping[str, str], s3: bool) -> None:
        self._folder = folder
        self.valkey: Launch[Valkey] | None = None
        self.seaweedfs: Launch[SeaweedFS] | None = None
        try:
            self._launch(given, s3)
        except BaseException:
            for launch in self.launches:
                launch.stop()
            raise

    def _launch(self, given: Mapping[str, str], s3: bool) -> None:
        folder, secrets = self._folder, self._folder.secrets()
        if not given.get(ADDRESS_OF["valkey"]):
            self.valkey = Launch(
                lambda ports: Valkey(
                    folder.path / "valkey", secrets["valkey_password"], Valkey.choose_ports(ports)
                ),
                folder.log("valkey"),
                folder.last_ports("valkey"),
            )
        if s3 and not given.get(ADDRESS_OF["seaweedfs"]):
            self.seaweedfs = Launch(
                lambda ports: SeaweedFS(
                    folder.path / "seaweedfs",
                    secrets["s3_access_key"],
                    secrets["s3_secret_key"],
                    SeaweedFS.choose_ports(ports),
                ),
                folder.log("seaweedfs"),
                folder.last_ports("seaweedfs"),
            )

    @property
    def launches(self) -> list[Launch[Valkey] | Launch[SeaweedFS]]:
        return [launch for launch in (self.valkey, self.seaweedfs) if launch is not None]

    def wait(self, meanwhile: Callable[[], None]) -> None:
        """Return when all answer, their ports noted for the next start."""
        for launch in self.launches:
            part = launch.wait(meanwhile)
            self._folder.keep_ports(part.name, part.ports)
