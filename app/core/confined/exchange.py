"""One request to a confined process: it is watched until it has answered, or is ended."""

from __future__ import annotations

import json
import logging
import signal
import time
from collections.abc import Callable, Mapping
from typing import Any

from synthmill.app.core.confined.answer import Answer
from synthmill.app.core.confined.caller import caller_gone
from synthmill.app.core.confined.child import Child
from synthmill.app.core.confined.executor import Questions
from synthmill.app.core.confined.frames import DATA, END, BrokenFrameError
from synthmill.app.core.confined.limits import Limits
from synthmill.app.core.confined.refusals import refusals
from synthmill.app.core.confined.serve import KEPT
from synthmill.app.core.errors import CallerGoneError, LimitExceededError

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.05
"""How often a process at work is looked at, and whether its caller is still there."""


class RefusedError(Exception):
    """The work was refused, in a message; the process may take another request."""

    def __init__(self, message: dict[str, Any], kept: bool) -> None:
        super().__init__(message)
        self.message, self.kept = message, kept


class Exchange:
    """One request to one process."""

    def __init__(
        self, child: Child, limits: Limits, questions: Questions, signal_of: Callable[[Child], int | None]
    ) -> None:
        self._child, self._limits, self._questions = child, limits, questions
        self._signal_of = signal_of
        self.ended_by: str | None = None
        """Why the process can't go on, a word: the limit that it reached, or the signal that ended it."""
        self._gone = caller_gone.get()
        self._began, self._cpu = time.monotonic(), child.cpu_seconds()
        self._costliest = ""
        self.cpu_seconds = 0.0
        """What the process has used for this request, as far as was seen."""

    def run(self, request: Mapping[str, Any]) -> tuple[Answer, bool]:
        """The answer, and whether the process takes another request."""
        answer, refused = Answer(), None
        frames = self._child.frames
        try:
            frames.send_message(request)
            while True:
                received = frames.receive(LOOK_SECONDS)
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
            raise self._died() from error
        if refused is not None:
            raise RefusedError(refused, content == KEPT)
        return answer, content == KEPT

    def _handle(self, message: dict[str, Any]) -> dict[str, Any] | None:
        """Handle a message; return the refusal, if it is one."""
        if "ask" in message:
            self._answer(message["ask"], message["about"])
        elif "costliest" in message:
            self._costliest = message["costliest"]
        elif "exceeded" in message:
            raise self._exceeded(
                "memory",
                f"more than {self._limits.memory_bytes // 2**20:,} MiB of memory",
                "SYNTHMILL_REQUEST_MEMORY_BYTES",
            )
        elif "broken" in message:
            self.ended_by = "error"
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
        self.cpu_seconds = max(self.cpu_seconds, self._child.cpu_seconds() - self._cpu)
        if work_is_done:
            return
        if self._gone():
            self.ended_by = "caller"
            raise CallerGoneError
        if self.cpu_seconds > self._limits.cpu_seconds:
            raise self._out_of_cpu()
        if time.monotonic() - self._began > self._limits.seconds:
            raise self._exceeded(
                "time", f"more than {self._limits.seconds:g} seconds", "SYNTHMILL_REQUEST_WORK_SECONDS"
            )

    def _died(self) -> LimitExceededError:
        """What is to be said of a process that ended in its work, and that nobody here had ended."""
        number = self._signal_of(self._child)
        if number == signal.SIGPROF:
            return self._out_of_cpu()
        name = "unknown" if number is None else _name_of(number)
        log.warning("a confined process ended in its work: %s", name)
        if number is None or number == signal.SIGKILL:
            # Of a machine that is short of memory, as a rule; nobody is left to be asked.
            return self._exceeded(name, "more than a request may take of this server")
        return self._refused(
            name,
            f"was the end of the process that worked on it: it ended by signal {number} ({name})",
            "leave out what is special about it (a plugin's column, a very large value)",
        )

    def _out_of_cpu(self) -> LimitExceededError:
        return self._exceeded(
            "cpu", f"more than {self._limits.cpu_seconds:g} seconds of CPU", self._limits.cpu_setting
        )

    def _exceeded(self, by: str, what: str, setting: str = "") -> LimitExceededError:
        fix = "ask for fewer rows, tables or columns"
        if self._costliest:
            fix += f"; by estimate {self._costliest} costs most"
        return self._refused(by, f"takes {what}", fix + (f" ({setting})" if setting else ""))

    def _refused(self, by: str, reason: str, fix: str) -> LimitExceededError:
        self.ended_by = by
        return LimitExceededError(self._costliest or "request", reason, fix)


def _name_of(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
