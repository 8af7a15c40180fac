from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from synthmill.app.core.settings import Settings
from synthmill.servers.errors import StackError
from synthmill.servers.running import Launch
from synthmill.servers.seaweedfs import SeaweedFS
from synthmill.servers.valkey import Valkey
from synthmill.supervisor.data_folder import DataFolder
from synthmill.supervisor.embedding import EmbeddedParts
from synthmill.supervisor.environment import server_environment, settings_of


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    made = DataFolder(tmp_path / "data")
    made.make()
    return made


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[DataFolder, EmbeddedParts]]:
    made = DataFolder(tmp_path_factory.mktemp("embedded"))
    made.make()
    parts = EmbeddedParts(made, {}, s3=True)
    try:
        parts.wait(lambda: None)
        yield made, parts
    finally:
        for launch in parts.launches:
            launch.stop()


def test_embedded_parts_answer_and_are_named_in_the_settings(
    embedded: tuple[DataFolder, EmbeddedParts],
) -> None:
    folder, parts = embedded
    assert parts.valkey is not None and parts.seaweedfs is not None
    assert parts.valkey.part.is_ready() and parts.seaweedfs.part.is_ready()
    settings = Settings.from_env(server_environment({}, folder.path, "127.0.0.1", 8080, parts))
    assert settings.redis_url == parts.valkey.part.url
    assert (settings.storage_url, settings.s3_endpoint) == ("s3://synthmill", parts.seaweedfs.part.endpoint)
    assert settings.database_url == f"sqlite:///{folder.path / 'synthmill.db'}"
    assert folder.last_ports("seaweedfs") == parts.seaweedfs.part.ports


def test_jobs_stop_before_the_embedded_store_takes_no_more(
    embedded: tuple[DataFolder, EmbeddedParts],
) -> None:
    folder, parts = embedded
    size = shutil.disk_usage(folder.path).total
    settings = Settings.from_env(server_environment({}, folder.path, "127.0.0.1", 8080, parts))
    assert settings.min_free_bytes == pytest.approx(size / 100 + Settings.min_free_bytes)
    given = {"SYNTHMILL_MIN_FREE_BYTES": "5"}
    settings = Settings.from_env(server_environment(given, folder.path, "127.0.0.1", 8080, parts))
    assert settings.min_free_bytes == 5


def test_a_nearly_full_disk_leaves_the_store_room_for_many_buckets(
    embedded: tuple[DataFolder, EmbeddedParts],
) -> None:
    _, parts = embedded
    assert parts.seaweedfs is not None
    options = dict(option.split("=") for option in parts.seaweedfs.part.command() if option.count("=") == 1)
    assert int(options["-volume.max"]) >= 10_000
    assert int(options["-master.volumeSizeLimitMB"]) <= 128


def test_a_store_on_a_nearly_full_disk_is_told_how_little_it_has_to_leave(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`weed mini` would write nothing with less than 1 % free, whatever its options say."""
    block = 4_096
    blocks, free = (250 << 30) // block, (2 << 30) // block
    disk = SimpleNamespace(f_frsize=block, f_blocks=blocks, f_bavail=free)
    monkeypatch.setattr("synthmill.servers.seaweedfs.os.statvfs", lambda _: disk)
    store = SeaweedFS(tmp_path / "seaweedfs", "", "", (1, 2, 3, 4, 5))
    assert "server" in store.command() and "-volume.minFreeSpace=64MiB" in store.command()
    assert store.least_free_bytes() == 64 << 20
    assert store.room() == "1,984 MiB of the 2,048 MiB free, 15 volumes"
    disk.f_bavail = blocks // 2
    roomy = SeaweedFS(tmp_path / "seaweedfs", "", "", (1, 2, 3, 4, 5))
    assert "mini" in roomy.command() and roomy.least_free_bytes() == (250 << 30) // 100


def test_passwords_are_in_no_command_line(embedded: tuple[DataFolder, EmbeddedParts]) -> None:
    folder, parts = embedded
    commands = " ".join(word for launch in parts.launches for word in launch.part.command())
    assert not any(secret in commands for secret in folder.secrets().values())


def test_a_part_that_the_environment_names_is_not_embedded(folder: DataFolder) -> None:
    given = {
        "SYNTHMILL_REDIS_URL": "redis://elsewhere/0",
        "SYNTHMILL_STORAGE_URL": "s3://theirs",
        "SYNTHMILL_DATABASE_URL": "postgresql+psycopg://elsewhere/db",
        "SYNTHMILL_S3_SECRET_KEY": "",
        "PATH": "/bin",
    }
    parts = EmbeddedParts(folder, given, s3=True)
    assert parts.launches == []
    environment = server_environment(given, folder.path, "127.0.0.1", 8080, parts)
    assert settings_of(environment) == {
        "SYNTHMILL_REDIS_URL": "redis://elsewhere/0",
        "SYNTHMILL_STORAGE_URL": "s3://theirs",
        "SYNTHMILL_DATABASE_URL": "postgresql+psycopg://elsewhere/db",
        "SYNTHMILL_DATA": str(folder.path),
        "SYNTHMILL_HOST": "127.0.0.1",
        "SYNTHMILL_PORT": "8080",
    }
    assert environment["PATH"].endswith(":/bin")


def test_a_part_whose_port_is_taken_meanwhile_moves(tmp_path: Path) -> None:
    def valkey(name: str, ports: tuple[int, ...]) -> Valkey:
        return Valkey(tmp_path / name, f"password-of-{name}", ports)

    ports = Valkey.choose_ports()
    first = Launch(lambda _: valkey("first", ports), tmp_path / "first.log")
    second = None
    try:
        first.wait()
        # The first choice is made as if the port had still been free when it was looked at.
        choices = [Valkey.choose_ports(), ports]
        second = Launch(lambda _: valkey("second", choices.pop()), tmp_path / "second.log")
        assert second.wait().ports != ports
        assert first.part.is_ready() and second.part.is_ready()
    finally:
        for launch in (first, second):
            if launch is not None:
                launch.stop()


def test_a_part_that_never_starts_is_named_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "valkey").mkdir()
    (tmp_path / "valkey" / "appendonlydir").write_text("in the way")
    launch = Launch(lambda _: Valkey(tmp_path / "valkey", "secret", Valkey.choose_ports()), tmp_path / "log")
    with pytest.raises(StackError, match=r"^valkey did not start: .*append"):
        launch.wait()
