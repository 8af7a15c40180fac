from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from synthmill.servers.errors import StackError
from synthmill.supervisor.data_folder import DataFolder, write_private


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    made = DataFolder(tmp_path / "data")
    made.make()
    return made


def test_secrets_are_made_once_and_for_the_owner_alone(folder: DataFolder) -> None:
    made = folder.secrets()
    assert len(set(made.values())) == len(made) == 3
    assert all(len(value) >= 20 for value in made.values())
    assert DataFolder(folder.path).secrets() == made
    assert stat.S_IMODE((folder.path / "secrets.json").stat().st_mode) == 0o600


def test_the_first_key_is_kept_among_the_secrets(folder: DataFolder) -> None:
    made = folder.secrets()
    folder.keep_secret("api_key", "token")
    assert folder.secrets() == {**made, "api_key": "token"}


def test_ports_are_kept_by_part(folder: DataFolder) -> None:
    assert folder.last_ports("valkey") == ()
    folder.keep_ports("valkey", (1,))
    folder.keep_ports("web", (2, 3))
    assert (folder.last_ports("valkey"), folder.last_ports("web")) == ((1,), (2, 3))


def test_a_new_folder_is_its_owners_alone(folder: DataFolder) -> None:
    assert stat.S_IMODE((folder.path / "logs").stat().st_mode) == 0o700


def test_a_folder_in_use_is_refused_with_the_users_process(folder: DataFolder) -> None:
    with folder.locked():
        assert folder.is_locked()
        with (
            pytest.raises(StackError, match=rf"in use by another `synthmill up` \(process {os.getpid()}\)"),
            DataFolder(folder.path).locked(),
        ):
            pass
    assert not folder.is_locked()


def test_a_killed_holder_holds_nothing(folder: DataFolder) -> None:
    program = (
        "import os, signal; from pathlib import Path\n"
        "from synthmill.supervisor.data_folder import DataFolder\n"
        f"with DataFolder(Path({str(folder.path)!r})).locked(): os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", program], check=False)
    with folder.locked():
        pass


def test_a_folder_that_can_not_be_made_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StackError, match="can't be made"):
        DataFolder(tmp_path / "file" / "data").make()


@pytest.mark.parametrize("content", ["{", "[]", ""])
def test_a_damaged_file_is_named(folder: DataFolder, content: str) -> None:
    (folder.path / "secrets.json").write_text(content)
    with pytest.raises(StackError, match=r"secrets\.json is damaged"):
        folder.secrets()


def test_processes_are_read_from_the_last_connection_file(folder: DataFolder) -> None:
    assert folder.running_pids(["worker"]) == []
    write_private(folder.connection, {"pids": {"worker": [1, 2], "web": [3], "interactive": [4]}})
    assert folder.running_pids(["worker", "interactive"]) == [1, 2, 4]
    folder.connection.write_text("{")
    assert folder.running_pids(["worker"]) == []


def test_private_files_replace_open_ones(tmp_path: Path) -> None:
    file = tmp_path / "file.json"
    file.write_text("{}")
    file.chmod(0o644)
    write_private(file, {"a": 1})
    assert json.loads(file.read_text()) == {"a": 1}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [file]
