from __future__ import annotations

import io
import os
import pty
import select
from collections.abc import Iterator
from typing import cast

import pytest

from synthmill.client.client import Client
from synthmill.client.job import Job
from synthmill.client.job_events import Event
from synthmill.client.progress import JobMeter, Meter, clock


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")


def test_times_read_like_a_clock() -> None:
    assert [clock(seconds) for seconds in (None, 0, 3.2, 59, 60, 3599, 3600, 90_061)] == [
        "-", "0 s", "4 s", "59 s", "1:00", "59:59", "1:00:00", "25:01:01",
    ]  # fmt: skip


def test_a_terminal_gets_a_bar_with_rows_speed_and_time_left() -> None:
    stream = Terminal()
    with Meter("retail", stream=stream) as meter:
        meter.show(250_000, 1_000_000, 50_000.0, 15.0)
    shown = stream.getvalue()
    assert all(
        text in shown for text in ("retail", "25%", "250,000/1,000,000 rows", "50,000 rows/s", "15 s left")
    )


def test_no_color_means_no_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    stream = Terminal()
    with Meter("retail", stream=stream) as meter:
        meter.show(1, 2, 1.0, 1.0)
    assert "\x1b[3" not in stream.getvalue()
    assert "\x1b[38" not in stream.getvalue()


@pytest.mark.parametrize("dumb", [True, False])
def test_where_no_bar_can_be_drawn_a_line_comes_now_and_then(
    dumb: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("synthmill.client.progress.LINE_SECONDS", 0.0)
    if dumb:
        monkeypatch.setenv("TERM", "dumb")
    stream = Terminal() if dumb else io.StringIO()
    with Meter("retail", stream=stream) as meter:
        meter.show(250_000, 1_000_000, 50_000.0, 15.0)
    assert stream.getvalue().splitlines()[0] == (
        "retail: 250,000/1,000,000 rows, 25 %, 50,000 rows/s, 15 s left"
    )


def test_no_time_left_is_told_before_it_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("synthmill.client.progress.LINE_SECONDS", 0.0)
    now = [100.0]
    monkeypatch.setattr("synthmill.client.progress.time.monotonic", lambda: now[0])
    stream = io.StringIO()
    with Meter("retail", stream=stream) as meter:
        meter.show(0, 1_000_000)
        for seconds, done in ((5.0, 1_000), (6.0, 30_000), (29.0, 40_000)):
            now[0] = 100.0 + seconds
            meter.show(done, 1_000_000)
        slow = Meter("slow", stream=stream)
        slow.show(0, 10**9)
        now[0] += 31.0
        slow.show(31_000, 10**9)
    said = [line.rpartition(", ")[2] for line in stream.getvalue().splitlines()]
    assert said[:5] == ["0 rows/s", "200 rows/s", "3:14 left", "11:36 left", "0 rows/s"]
    assert said[5] == "277:46:09 left"


def test_short_work_says_nothing_off_a_terminal() -> None:
    stream = io.StringIO()
    with Meter("retail", stream=stream) as meter:
        meter.show(1, 2)
    assert stream.getvalue() == ""


def test_quiet_says_nothing_anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("synthmill.client.progress.LINE_SECONDS", 0.0)
    for stream in (Terminal(), io.StringIO()):
        with Meter("retail", quiet=True, stream=stream) as meter:
            meter.show(1, 2)
        assert stream.getvalue() == ""


def test_bytes_are_shown_as_megabytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("synthmill.client.progress.LINE_SECONDS", 0.0)
    stream = io.StringIO()
    with Meter("download", "bytes", stream=stream) as meter:
        meter.show(2_500_000, 10_000_000, 1_000_000.0, 7.5)
    assert "2.5/10.0 MB, 25 %, 1.0 MB/s, 8 s left" in stream.getvalue()


@pytest.fixture
def real_terminal() -> Iterator[tuple[int, int]]:
    pair = pty.openpty()
    yield pair
    for descriptor in pair:
        os.close(descriptor)


def test_a_real_terminal_is_recognised(real_terminal: tuple[int, int]) -> None:
    reading, writing = real_terminal
    with os.fdopen(os.dup(writing), "w") as stream, Meter("retail", stream=stream) as meter:
        meter.show(1, 4, 1.0, 3.0)
    shown = ""
    while "1/4 rows" not in shown:  # One read gives what was written by then, which may be less.
        assert select.select([reading], [], [], 10)[0], f"the terminal shows {shown!r}"
        shown += os.read(reading, 65_536).decode()


WHY = (
    "there is no worker that can use acme==1.0: pip install acme==1.0 where workers run, and start them again"
)


def job_view(**changes: object) -> Job:
    view = {"state": "queued", "dataset": "retail", "unit": "rows", "rows_done": 0, "rows_total": 9}
    return Job(cast(Client, None), {**view, "waiting_for": None, **changes})


@pytest.mark.parametrize("stream", [io.StringIO(), Terminal()], ids=["lines", "bar"])
def test_what_a_job_waits_for_is_said_at_once(stream: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    with Meter("retail", stream=stream) as meter:
        tell = JobMeter(job_view(), meter)
        assert "waiting" not in stream.getvalue()
        reason, fix = WHY.split(": ")
        tell(Event("1", 2, "waiting", "", {"reason": reason, "fix": fix}))
        assert f"retail: waiting: {WHY}" in stream.getvalue()


def test_what_a_job_waited_for_before_anybody_watched_is_said_too() -> None:
    stream = io.StringIO()
    with Meter("retail", stream=stream) as meter:
        JobMeter(job_view(waiting_for=WHY), meter)
    assert stream.getvalue().splitlines()[0] == f"retail: waiting: {WHY}"


def test_quiet_says_nothing_of_waiting() -> None:
    stream = io.StringIO()
    with Meter("retail", quiet=True, stream=stream) as meter:
        JobMeter(job_view(waiting_for=WHY), meter)
    assert stream.getvalue() == ""
