from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.client.server import RunningServer
from tests.command.conftest import Run


@pytest.fixture
def data(server: RunningServer, tmp_path: Path) -> Path:
    """A data folder as `synthmill up` leaves it while it runs."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "connection.json").write_text(
        json.dumps({"url": server.url, "api_key": server.key, "pids": {}})
    )
    return folder


def test_by_data_folder_before_or_after_the_command(run: Run, data: Path) -> None:
    assert run("--data", data, "jobs").code == 0
    assert run("jobs", "--data", data).code == 0


def test_the_environment_says_which_server(
    run: Run, data: Path, server: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SYNTHMILL_DATA", str(data))
    assert run("jobs").code == 0
    monkeypatch.setenv("SYNTHMILL_DATA", "nowhere")
    monkeypatch.setenv("SYNTHMILL_URL", server.url)
    monkeypatch.setenv("SYNTHMILL_API_KEY", server.key)
    assert run("jobs").code == 0


def test_an_option_wins_over_the_environment(run: Run, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYNTHMILL_URL", "http://127.0.0.1:9")
    assert run("jobs", "--data", data).code == 0


def test_by_the_folder_data_where_we_are(run: Run, data: Path) -> None:
    data.rename("data")
    assert run("jobs").code == 0


def test_none_at_all_is_one_line_that_says_what_to_do(run: Run) -> None:
    ran = run("jobs")
    assert (ran.code, ran.out, len(ran.err.splitlines())) == (1, "", 1)
    assert "synthmill up" in ran.err


def test_a_folder_without_a_server_is_one_line_that_says_what_to_do(run: Run) -> None:
    ran = run("jobs", "--data", "nowhere")
    assert (ran.code, len(ran.err.splitlines())) == (1, 1)
    assert "synthmill up --data nowhere" in ran.err


def test_nobody_listening_is_one_line(run: Run) -> None:
    ran = run("jobs", "--url", "http://127.0.0.1:9", "--key", "k")
    assert (ran.code, len(ran.err.splitlines())) == (1, 1)
    assert "http://127.0.0.1:9" in ran.err


def test_a_wrong_key_is_exit_code_3(run: Run, server: RunningServer) -> None:
    ran = run("jobs", "--url", server.url, "--key", "wrong")
    assert (ran.code, len(ran.err.splitlines())) == (3, 1)
    assert run("jobs", "--url", server.url).code == 3


def test_an_address_that_is_none_is_told(run: Run) -> None:
    assert "must start with http://" in run("jobs", "--url", "localhost:8080").err
