"""How the command ends when it isn't left to finish."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.stack.stack import running_stack
from tests.waiting import wait_until

SYNTHMILL = [sys.executable, "-m", "synthmill"]
LONG = [*SYNTHMILL, "generate", "--template", "retail", "--rows", "50000000", "--out", "out"]


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (signal.SIGINT, 130),
        pytest.param(signal.SIGTERM, 143, marks=pytest.mark.slow),
        pytest.param(signal.SIGHUP, 129, marks=pytest.mark.slow),
    ],
)
def test_an_interrupted_generate_leaves_nothing_behind(tmp_path: Path, number: int, code: int) -> None:
    process = subprocess.Popen(LONG, cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    wait_until(lambda: any((tmp_path / "out").glob("*")), "a file of the dataset")
    process.send_signal(number)
    _, err = process.communicate(timeout=60)
    # Python ends itself by the signal if the interrupt passed through an exec(): a shell sees the same.
    assert process.returncode in (code, -number)
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []


def worker_of(data: Path) -> subprocess.Popen[str]:
    return subprocess.Popen([*SYNTHMILL, "worker", "--data", str(data)], stderr=subprocess.PIPE, text=True)


@pytest.mark.slow
def test_a_worker_says_where_it_is_and_leaves_at_ctrl_c_whenever_that_comes(tmp_path: Path) -> None:
    with running_stack(tmp_path / "data", workers=0) as stack:
        early = worker_of(stack.data)
        time.sleep(0.7)
        early.send_signal(signal.SIGINT)
        _, err = early.communicate(timeout=60)
        assert (early.returncode, err.split()[-1]) == (130, "interrupted")
        assert "Traceback" not in err

        settled = worker_of(stack.data)
        assert settled.stderr is not None
        reported = settled.stderr.readline()
        assert stack.url in reported and "Ctrl-C" in reported
        settled.send_signal(signal.SIGINT)
        time.sleep(0.2)
        settled.send_signal(signal.SIGINT)
        _, err = settled.communicate(timeout=60)
        assert (settled.returncode, err.split()) == (130, ["interrupted"])
        logs = [log.read_text() for log in (stack.data / "logs").glob("joined-*")]
        assert any("ready" in log for log in logs)
        assert not any("Traceback" in log for log in logs)


def test_a_reader_who_has_enough_gets_no_traceback(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [*SYNTHMILL, "preview", "--template", "retail", "--limit", "1000", "--seed", "1"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None and process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    err = process.stderr.read()
    process.stderr.close()
    process.wait(60)
    assert err == ""


@pytest.mark.slow
def test_a_signal_that_is_ignored_stays_ignored(tmp_path: Path) -> None:
    process = subprocess.Popen(
        ["nohup", *SYNTHMILL, "generate", "--template", "retail", "--rows", "400000", "--out", "out"],
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    wait_until(lambda: any((tmp_path / "out").glob("*")), "a file of the dataset")
    process.send_signal(signal.SIGHUP)
    assert process.wait(120) == 0
    assert (tmp_path / "out" / "manifest.json").is_file()
