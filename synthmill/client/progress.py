"""How far something is, for people: a bar on a terminal, elsewhere a line now and then, or nothing.

All of it goes to stderr, so that stdout holds data alone.
"""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING, Any, Self, TextIO

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress

    from synthmill.client.job import Job
    from synthmill.client.job_events import Event

LINE_SECONDS = 5.0
KNOWN_SHARE, KNOWN_SECONDS = 0.02, 30.0
"""A time left is shown once so much is done, or that long has passed: what begins slowly would seem to take
hours."""


def is_terminal(stream: TextIO) -> bool:
    """Whether a bar can be drawn there."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def clock(seconds: float | None) -> str:
    """`4 s`, `3:20`, `1:02:03`; `-` for a time that isn't known.

    >>> clock(62), clock(3.2), clock(None)
    ('1:02', '4 s', '-')
    """
    if seconds is None:
        return "-"
    whole = int(-(-seconds // 1))
    if whole < 60:
        return f"{whole} s"
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


class Meter:
    """Shows one thing that goes from 0 to a total. Use it as a context manager.

    `unit` names what is counted: "rows", or "bytes", which are shown in MB.
    """

    def __init__(
        self, label: str, unit: str = "rows", *, quiet: bool = False, stream: TextIO | None = None
    ) -> None:
        self.label, self.unit, self.note = label, unit, ""
        self._stream = stream or sys.stderr
        self._quiet = quiet
        self._bar: RichProgress | None = None
        self._began = time.monotonic()
        self._first: int | None = None
        self._spoke = self._began
        self._spoken = False
        self._last: tuple[int, int, float, float | None] = (0, 0, 0.0, None)

    def __enter__(self) -> Self:
        if not self._quiet and is_terminal(self._stream):
            self._bar = _rich_bar(self._stream)
            self._bar.start()
            self._bar.add_task(self.label, total=None, **self._columns())
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._draw()
            self._bar.stop()
        elif self._spoken:
            self._say()

    def show(self, done: int, total: int, rate: float | None = None, eta: float | None = None) -> None:
        """Show how far it is; a rate that isn't given (per second) is measured here."""
        if self._first is None:
            self._first, self._began = done, time.monotonic()
        if rate is None:
            passed = time.monotonic() - self._began
            rate = (done - self._first) / passed if passed > 0.2 else 0.0
            known = done - self._first >= KNOWN_SHARE * total or passed >= KNOWN_SECONDS
            eta = (total - done) / rate if rate > 0 and known else None
        self._last = (done, total, rate, eta)
        if self._bar is not None:
            self._draw()
        elif not self._quiet and time.monotonic() - self._spoke >= LINE_SECONDS:
            self._say()

    def announce(self, text: str) -> None:
        """Say something at once, on a line of its own."""
        if self._bar is not None:
            self._bar.console.print(f"{self.label}: {text}", markup=False, highlight=False)
        elif not self._quiet:
            print(f"{self.label}: {text}", file=self._stream, flush=True)

    def _draw(self) -> None:
        assert self._bar is not None
        done, total, _, _ = self._last
        self._bar.update(self._bar.task_ids[0], completed=done, total=total or None, **self._columns())

    def _columns(self) -> dict[str, Any]:
        done, total, rate, eta = self._last
        left = self.note or (f"{clock(eta)} left" if eta is not None else "")
        unit = "MB" if self.unit == "bytes" else self.unit
        return {
            "count": f"{self._count(done)}/{self._count(total)} {unit}",
            "speed": f"{self._count(rate)} {unit}/s",
            "left": left,
        }

    def _say(self) -> None:
        self._spoke, self._spoken = time.monotonic(), True
        done, total, _, _ = self._last
        percentage = 100 * done / total if total else 0.0
        texts = self._columns()
        parts = [texts["count"], f"{percentage:.0f} %", texts["speed"], texts["left"]]
        print(f"{self.label}: {', '.join(filter(None, parts))}", file=self._stream, flush=True)

    def _count(self, number: float) -> str:
        return f"{number / 1e6:,.1f}" if self.unit == "bytes" else f"{number:,.0f}"


class JobMeter:
    """Shows a job from its events: give it to `Client.wait` as `on_event`."""

    def __init__(self, job: Job, meter: Meter) -> None:
        self._meter = meter
        self._total = job.rows_total
        self._unit = job.unit
        meter.unit = job.unit
        meter.note = job.view.get("waiting_for") or ("" if job.state == "running" else job.state)
        meter.show(job.rows_done, job.rows_total, 0.0)
        # The event that said so is one of those that the job knows of.
        if job.view.get("waiting_for"):
            self._wait(job.view["waiting_for"])

    def __call__(self, event: Event) -> None:
        meter, data = self._meter, event.data
        stage = data.get("stage")
        meter.unit = "units" if stage else self._unit
        self._total = int(data.get("total", self._total))
        meter.note = {
            "paused": "paused",
            "error": "failed",
            "shutdown": "stopped",
            "complete": "completed",
        }.get(event.type, f"stage {stage}" if stage else "")
        if event.type == "waiting":
            self._wait(f"{data.get('reason')}: {data.get('fix')}")
        elif event.type == "complete":
            meter.show(self._total, self._total, _number(data, "rate") or 0.0)
        elif "current" in data:
            meter.show(int(data["current"]), self._total, _number(data, "rate") or 0.0, _number(data, "eta"))

    def _wait(self, why: str) -> None:
        self._meter.note = "waiting"
        self._meter.announce(f"waiting: {why}")


def _number(data: Any, name: str) -> float | None:
    value = data.get(name)
    return None if value is None else float(value)


def _rich_bar(stream: TextIO) -> RichProgress:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[count]}"),
        TextColumn("{task.fields[speed]}"),
        TextColumn("{task.fields[left]}"),
        console=Console(file=stream, stderr=True),
        refresh_per_second=10,
    )
