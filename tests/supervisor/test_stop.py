"""However a stack ends, nothing of it stays."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import psutil
import pytest

from synthmill.supervisor.supervisor import STOP_SECONDS
from tests.stack.stack import Stack, running_stack
from tests.waiting import wait_until


def all_gone(processes: list[psutil.Process], seconds: float = 15) -> bool:
    """Whether all of them end within so many seconds."""
    _, alive = psutil.wait_procs(processes, timeout=seconds)
    return not [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]


def strays(stack: Stack) -> list[str]:
    """Processes of this machine that were started with the stack's data folder and still run."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("SYNTHMILL_DATA") == str(stack.data):
                found.append(" ".join(process.cmdline()))
        except psutil.Error:
            continue
    return found


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_request_to_stop_leaves_nothing(tmp_path: Path, number: signal.Signals) -> None:
    with running_stack(tmp_path / "data", "s3+sqlite", workers=1) as stack:
        processes = stack.processes()
        assert len(processes) >= 5
        stack.process.send_signal(number)
        assert stack.process.wait(30) == 0
        assert all_gone(processes) and strays(stack) == []
        assert not (stack.data / "connection.json").exists()
        assert not (stack.data / "environment.json").exists()


def test_a_killed_supervisor_takes_everything_with_it(tmp_path: Path) -> None:
    with running_stack(tmp_path / "data", "s3+sqlite", workers=1) as stack:
        processes = stack.processes()
        stack.process.kill()
        assert all_gone(processes) and strays(stack) == []


@pytest.mark.slow
def test_after_a_kill_the_folder_starts_again_with_its_key_and_port(tmp_path: Path) -> None:
    with running_stack(tmp_path / "data", "s3+sqlite", workers=1) as stack:
        key, url, processes = stack.api_key, stack.url, stack.processes()
        stack.process.kill()
        assert all_gone(processes)
        before = len(stack.log.read_text())
    with running_stack(tmp_path / "data", "s3+sqlite", workers=1) as again:
        assert (again.api_key, again.url) == (key, url)
        wait_until(lambda: "Stop: Ctrl-C" in again.log.read_text()[before:], "all that is said at a start")
        printed = again.log.read_text()[before:]
        assert "synthmill keys create" in printed
        assert key not in printed


def test_ctrl_c_during_the_start_leaves_nothing(tmp_path: Path) -> None:
    with running_stack(tmp_path / "data", "s3+sqlite", wait=False) as stack:
        end = time.monotonic() + 30
        while len(processes := stack.processes()) < 3:
            assert time.monotonic() < end
            time.sleep(0.01)
        stack.process.send_signal(signal.SIGINT)
        assert stack.process.wait(30) == 0
        assert all_gone(processes) and strays(stack) == []


@pytest.mark.slow
def test_a_second_ctrl_c_hurries(tmp_path: Path) -> None:
    with running_stack(tmp_path / "data", workers=1) as stack:
        processes = stack.processes()
        # A worker that is held up can't hear the first request, once it listens in its own way.
        stack.wait_for_log("worker-1", "ready")
        worker = psutil.Process(stack.pids("worker")[0])
        worker.suspend()
        stack.process.send_signal(signal.SIGINT)
        time.sleep(0.5)
        assert worker.is_running()
        stack.process.send_signal(signal.SIGINT)
        # Unhurried it would wait for the worker for STOP_SECONDS, and that only from then on.
        assert stack.process.wait(STOP_SECONDS - 1) == 0
        assert all_gone(processes) and strays(stack) == []
