"""A child process and its restarts."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from synthmill.servers.process import last_lines, start, stop
from synthmill.supervisor.child import Child
from tests.waiting import PATIENCE, wait_until


class Clock:
    """Stands still unless a test moves it."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


def reap(child: Child) -> int:
    """Wait for the process to end; its id."""
    assert child.process is not None
    child.process.wait(PATIENCE)
    pid = child.reap()
    assert pid is not None
    return pid


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sleeper(tmp_path: Path, clock: Clock) -> Iterator[Child]:
    child = Child("sleeper", ["sleep", "600"], os.environ, tmp_path / "log", clock=clock)
    yield child
    if child.process is not None:
        stop([child.process], 0)


def test_a_child_that_runs_is_left_alone(sleeper: Child) -> None:
    assert sleeper.start_if_due()
    pid = sleeper.pid
    assert sleeper.reap() is None
    assert not sleeper.start_if_due()
    assert sleeper.pid == pid is not None


def test_a_child_that_cannot_be_started_now_is_tried_again(tmp_path: Path, clock: Clock) -> None:
    child = Child("sleeper", ["sleep", "600"], os.environ, tmp_path / "later" / "log", clock=clock)
    assert not child.start_if_due()
    assert (child.pid, child.quick_ends) == (None, 1)
    (tmp_path / "later").mkdir()
    assert not child.start_if_due()
    clock.now += child.seconds_to_start() or 0.0
    assert child.start_if_due()
    assert child.process is not None
    stop([child.process], 0)


def test_a_killed_child_is_started_again_after_a_tenth_of_a_second(sleeper: Child, clock: Clock) -> None:
    sleeper.start()
    first = sleeper.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    assert reap(sleeper) == first
    assert sleeper.pid is None and not sleeper.start_if_due()
    assert sleeper.seconds_to_start() == pytest.approx(0.1)
    clock.now += 0.101
    assert sleeper.start_if_due()
    assert sleeper.pid != first


def test_the_pauses_double_up_to_two_seconds(tmp_path: Path, clock: Clock) -> None:
    child = Child("false", ["false"], os.environ, tmp_path / "log", clock=clock)
    pauses = []
    for _ in range(7):
        child.start()
        reap(child)
        due = child.seconds_to_start()
        assert due is not None
        pauses.append(due)
    assert pauses == pytest.approx([0.1, 0.2, 0.4, 0.8, 1.6, 2.0, 2.0])
    assert child.quick_ends == 7


def test_a_child_that_ran_for_a_while_begins_with_the_shortest_pause(tmp_path: Path, clock: Clock) -> None:
    child = Child("false", ["false"], os.environ, tmp_path / "log", clock=clock)
    for _ in range(4):
        child.start()
        reap(child)
    child.start()
    clock.now += 2.1
    reap(child)
    assert child.seconds_to_start() == pytest.approx(0.1)
    assert child.quick_ends == 1


def test_what_a_dead_child_left_running_is_killed(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    child = Child("parent", ["sh", "-c", f"sleep 60 & echo $! > {note}"], os.environ, tmp_path / "log")
    child.start()
    reap(child)
    left = int(note.read_text())

    def is_gone() -> bool:
        try:
            return psutil.Process(left).status() == psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return True

    wait_until(is_gone, "the end of what the child left running")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's death")
def test_a_child_dies_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    program = (
        "import os, time; from pathlib import Path; from synthmill.servers.process import start\n"
        f"child = start(['sleep', '60'], os.environ, Path({str(tmp_path / 'log')!r}))\n"
        "print(child.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        parent.kill()
    child.wait(PATIENCE)


def test_a_process_that_does_not_listen_is_killed(tmp_path: Path) -> None:
    log = tmp_path / "log"
    deaf = start(["sh", "-c", "trap '' TERM; echo deaf; while :; do sleep 0.1; done"], os.environ, log)
    wait_until(lambda: "deaf" in log.read_text(), "the process that doesn't listen")
    stop([deaf], 0.2)
    assert deaf.returncode == -signal.SIGKILL


def test_hurry_shortens_the_patience(tmp_path: Path) -> None:
    log = tmp_path / "log"
    deaf = start(["sh", "-c", "trap '' TERM; echo deaf; while :; do sleep 0.1; done"], os.environ, log)
    wait_until(lambda: "deaf" in log.read_text(), "the process that doesn't listen")
    stop([deaf], 3_600, hurry=lambda: True)  # The test's own end is far before that.
    assert deaf.returncode == -signal.SIGKILL


def test_a_large_log_is_put_aside(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_bytes(bytes(11 << 20))
    start(["echo", "new"], os.environ, log).wait()
    assert log.read_text() == "new\n"
    assert (tmp_path / "log.1").stat().st_size == 11 << 20


def test_the_end_of_a_log_fits_a_line(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("one\ntwo\n  three\nfour\n")
    assert last_lines(log) == "two | three | four"
    assert last_lines(tmp_path / "none") == ""
