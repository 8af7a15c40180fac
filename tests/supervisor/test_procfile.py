from __future__ import annotations

from pathlib import Path

import pytest

from synthmill.servers.errors import StackError
from synthmill.supervisor.procfile import read_procfile


def test_our_own_procfile_has_web_and_workers() -> None:
    commands = read_procfile()
    assert {"web", "worker"} <= set(commands)
    assert all(command.startswith("exec ") for command in commands.values())


def test_comments_and_empty_lines_are_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "Procfile"
    file.write_text("# what runs\n\nweb: exec server --port 1\n  other-one:exec x\n")
    assert read_procfile(file) == {"web": "exec server --port 1", "other-one": "exec x"}


@pytest.mark.parametrize("line", ["web: server", "web", "Web: exec x", "web: cd /; exec x"])
def test_a_line_that_would_leave_a_shell_behind_is_refused(tmp_path: Path, line: str) -> None:
    file = tmp_path / "Procfile"
    file.write_text(line)
    with pytest.raises(StackError, match="not of the form"):
        read_procfile(file)


def test_a_missing_procfile_is_named(tmp_path: Path) -> None:
    with pytest.raises(StackError, match="can't be read"):
        read_procfile(tmp_path / "none")
