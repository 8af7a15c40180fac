"""The confined processes of one web process: a few at once, each watched, and replaced where one ended."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from synthmill.app.core.confined.answer import Answer
from synthmill.app.core.confined.caller import caller_gone
from synthmill.app.core.confined.child import Child
from synthmill.app.core.confined.executor import Questions
from synthmill.app.core.confined.fork_server_client import ForkServerClient
from synthmill.app.core.confined.frames import DATA, END, BrokenFrameError
from synthmill.app.core.confined.limits import Limits
from synthmill.app.core.confined.refusals import raise_refusal, refusals
from synthmill.app.core.confined.serve import KEPT
from synthmill.app.core.errors import BusyError, CallerGoneError, LimitExceededError

log = logging.getLogger(__name__)

_LOOK_SECONDS = 0.05
"""How often a process at work is looked at, and whether its caller is still there."""


class Pool:
    """Satisfies `executor.Executor`. Nothing is started before it is needed, or `start` is called."""

    def __init__(self, processes: int, wait_seconds: float, limits: Limits) -> None:
        self._limits, self._wait_seconds = limits, wait_seconds
        self._free = threading.BoundedSemaphore(processes)
        self._fork_server = ForkServerClient()
        self._idle: list[Child] = []
        self._lock = threading.Lock()

    def start(self) -> None:
        self._fork_server.start()

    def close(self) -> None:
        with self._lock:
            idle, self._idle = self._idle, []
        for child in idle:
            child.end()
        self._fork_server.close()

    def run(
        self,
        work: str,
        arguments: Mapping[str, Any],
        questions: Questions | None = None,
        limits: Limits | None = None,
    ) -> Answer:
        limits = limits or self._limits
        request = {
            "work": work,
            "arguments": arguments,
            "cpu_seconds": limits.cpu_seconds,
            "memory_bytes": limits.memory_bytes,
            "answer_bytes": limits.answer_bytes,
        }
        with self._turn():
            child, kept = self._take(), False
            try:
                exchange = _Exchange(child, limits, questions or {})
                answer, kept = exchange.run(request)
                return answer
            except _RefusedError as refusal:
                kept = refusal.kept
                raise_refusal(refusal.message)
                raise
            finally:
                self._give_back(child, kept)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        gone, deadline = caller_gone.get(), time.monotonic() + self._wait_seconds
        while not self._free.acquire(timeout=_LOOK_SECONDS):
            if gone():
                raise CallerGoneError
            if time.monotonic() > deadline:
                raise BusyError(
                    f"all processes for such requests have been busy for {self._wait_seconds:g} seconds"
                )
        try:
            yield
        finally:
            self._free.release()

    def _take(self) -> Child:
        while True:
            with self._lock:
                idle = self._idle.pop() if self._idle else None
            child = idle or self._fork_server.take()
            if not child.has_ended():
                return child
            child.end()  # While it waited: the machine may have been short of memory.

    def _give_back(self, child: Child, kept: bool) -> None:
        if not kept:
            child.end()
            return
        with self._lock:
            self._idle.append(child)


class _RefusedError(Exception):
    """The work was refused, in a message; the process may take another request."""

    def __init__(self, message: dict[str, Any], kept: bool) -> None:
        super().__init__(message)
        self.message, self.kept = message, kept


class _Exchange:
    """One request to one process."""

    def __init__(self, child: Child, limits: Limits, questions: Questions) -> None:
        self._child, self._limits, self._questions = child, limits, questions
        self._gone = caller_gone.get()
        self._began, self._cpu = time.monotonic(), child.cpu_seconds()
        self._costliest = ""

    def run(self, request: Mapping[str, Any]) -> tuple[Answer, bool]:
        """The answer, and whether the process takes another request."""
        answer, refused = Answer(), None
        frames = self._child.frames
        try:
            frames.send_message(request)
            while True:
                received = frames.receive(_LOOK_SECONDS)
                self._check(work_is_done=received is not None and received[0] == END)
                if received is None:
                    continue
                kind, content = received
                if kind == END:
                    break
                if kind == DATA:
                    answer.add(content)
                else:
                    refused = self._handle(json.loads(content)) or refused
        except (BrokenFrameError, OSError) as error:
            # Its CPU may have been the end of it; nobody is left to be asked.
            log.warning("a confined process ended in its work: %s", error)
            raise self._exceeded("more than a request may take of this server", "") from error
        if refused is not None:
            raise _RefusedError(refused, content == KEPT)
        return answer, content == KEPT

    def _handle(self, message: dict[str, Any]) -> dict[str, Any] | None:
        """Handle a message; return the refusal, if it is one."""
        if "ask" in message:
            self._answer(message["ask"], message["about"])
        elif "costliest" in message:
            self._costliest = message["costliest"]
        elif "exceeded" in message:
            raise self._exceeded(
                f"more than {self._limits.memory_bytes // 2**20:,} MiB of memory",
                "SYNTHMILL_REQUEST_MEMORY_BYTES",
            )
        elif "broken" in message:
            raise RuntimeError(f"a confined process failed:\n{message['broken']}")
        else:
            return message
        return None

    def _answer(self, question: str, about: Any) -> None:
        said: list[dict[str, Any]] = []
        with refusals(said):
            said.append({"answer": self._questions[question](about)})
        self._child.frames.send_message(said[0])
        # What others made it wait for, such as a file that is fetched, isn't its own time.
        self._began = time.monotonic()

    def _check(self, work_is_done: bool) -> None:
        if work_is_done:
            return
        if self._gone():
            raise CallerGoneError
        if self._child.cpu_seconds() - self._cpu > self._limits.cpu_seconds:
            raise self._exceeded(
                f"more than {self._limits.cpu_seconds:g} seconds of CPU", "SYNTHMILL_REQUEST_CPU_SECONDS"
            )
        if time.monotonic() - self._began > self._limits.seconds:
            raise self._exceeded(
                f"more than {self._limits.seconds:g} seconds", "SYNTHMILL_REQUEST_WORK_SECONDS"
            )

    def _exceeded(self, what: str, setting: str) -> LimitExceededError:
        fix = "ask for fewer rows, tables or columns"
        if self._costliest:
            fix += f"; by estimate {self._costliest} costs most"
        return LimitExceededError(
            self._costliest or "request", f"takes {what}", fix + (f" ({setting})" if setting else "")
        )
