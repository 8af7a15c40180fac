"""`synthmill up` with real processes: a folder and SQLite, which start fastest."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from synthmill.supervisor.address import listen
from synthmill.supervisor.supervisor import Options, Supervisor
from tests.stack.stack import Stack, running_stack


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running_stack(tmp_path_factory.mktemp("up") / "data") as running:
        yield running


def up(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `synthmill up` to its end, for starts that are to fail."""
    command = [sys.executable, "-m", "synthmill", "up", *arguments]
    return subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True, text=True, timeout=60, check=False
    )


def is_allowed(stack: Stack, key: str) -> bool:
    request = urllib.request.Request(f"{stack.url}/api/v1/jobs", headers={"X-API-Key": key})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return bool(answer.status == 200)
    except urllib.error.HTTPError as error:
        error.close()
        return False


def test_a_connection_file_that_cannot_be_written_is_no_reason_to_end(tmp_path: Path) -> None:
    said: list[str] = []
    supervisor = Supervisor(Options(tmp_path / "data"), said.append)
    assert not supervisor._write_connection()
    assert "connection.json can't be written now: No such file or directory" in said[0]
    supervisor.folder.make()
    assert supervisor._write_connection()
    assert supervisor.folder.running_pids(["supervisor"]) == [os.getpid()]


def test_the_connection_file_is_private_and_names_all_processes(stack: Stack) -> None:
    stack.wait_for("interactive", 1)
    assert stat.S_IMODE((stack.data / "connection.json").stat().st_mode) == 0o600
    connection = stack.connection
    assert set(connection) == {"url", "api_key", "pids"}
    assert {kind: len(pids) for kind, pids in connection["pids"].items()} == {
        "supervisor": 1,
        "web": 1,
        "worker": 2,
        "interactive": 1,
        "valkey": 1,
    }
    assert all(psutil.pid_exists(pid) for pids in connection["pids"].values() for pid in pids)


def test_the_first_key_opens_the_server(stack: Stack) -> None:
    assert is_allowed(stack, stack.api_key)
    assert not is_allowed(stack, "smk_live_wrong")


def test_address_and_new_key_are_printed(stack: Stack) -> None:
    printed = stack.log.read_text()
    assert f"Synthmill is ready at {stack.url}\nAPI key, shown this once: {stack.api_key}\n" in printed


def test_no_secret_is_in_a_log_or_a_command_line(stack: Stack) -> None:
    secret = (stack.data / "environment.json").read_text().split("redis://:")[1].split("@")[0]
    assert not [log for log in (stack.data / "logs").iterdir() if secret in log.read_text()]
    lines = [" ".join(process.cmdline()) for process in stack.processes()]
    assert not [line for line in lines if secret in line or stack.api_key in line]


@pytest.mark.parametrize("kind", ["worker", "web", "valkey"])
def test_a_killed_process_is_started_again(stack: Stack, kind: str) -> None:
    before = stack.pids(kind)
    killed = stack.kill(kind)
    now = stack.wait_for(kind, len(before), besides=killed)
    assert killed not in now
    assert set(before) - {killed} <= set(now)
    stack.wait_until_ready()


def test_a_second_server_on_the_folder_is_refused_in_one_line(stack: Stack) -> None:
    refused = up("--data", str(stack.data), "--port", "0")
    assert refused.returncode == 1
    (line,) = refused.stderr.strip().splitlines()
    assert f"in use by another `synthmill up` (process {stack.process.pid})" in line
    stack.wait_until_ready()


def test_a_taken_port_is_refused_in_one_line(tmp_path: Path) -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        refused = up("--data", str(tmp_path / "data"), "--port", str(port))
    assert refused.returncode == 1
    (line,) = refused.stderr.strip().splitlines()
    assert f"port {port} of 127.0.0.1 is in use" in line


def test_a_setting_that_can_not_be_used_is_named(tmp_path: Path) -> None:
    refused = up("--data", str(tmp_path / "data"), "--port", "0", SYNTHMILL_WEB_THREADS="many")
    assert refused.returncode == 1
    assert "SYNTHMILL_WEB_THREADS='many' is not a int" in refused.stderr


def test_a_database_that_can_not_be_reached_is_named(tmp_path: Path) -> None:
    address = "postgresql+psycopg://nobody@127.0.0.1:1/none"
    refused = up("--data", str(tmp_path / "data"), "--port", "0", SYNTHMILL_DATABASE_URL=address)
    assert refused.returncode == 1
    (line,) = refused.stderr.strip().splitlines()
    assert "the database can't be used" in line


def test_a_worker_can_be_added_and_leaves_with_sigterm(stack: Stack) -> None:
    joined = stack.add_worker()
    stack.wait_for_log("added-1", "ready")
    assert joined.pid not in [pid for pids in stack.connection["pids"].values() for pid in pids]
    joined.send_signal(signal.SIGTERM)
    assert joined.wait(20) == 128 + signal.SIGTERM


def test_a_worker_needs_a_running_stack(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "synthmill", "worker", "--data", str(tmp_path)]
    refused = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert refused.returncode == 1
    assert f"no stack runs in {tmp_path}" in refused.stderr
