"""The confined processes of one web process: a few at once, each watched, and replaced where one ended."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping
from typing import Any

from synthmill.app.core.confined.answer import Answer
from synthmill.app.core.confined.child import Child
from synthmill.app.core.confined.exchange import Exchange, RefusedError
from synthmill.app.core.confined.executor import Questions
from synthmill.app.core.confined.fork_server_client import ForkServerClient
from synthmill.app.core.confined.limits import Limits
from synthmill.app.core.confined.refusals import raise_refusal
from synthmill.app.core.confined.turns import Turns


class Pool:
    """Satisfies `executor.Executor`. Nothing is started before it is needed, or `start` is called."""

    def __init__(self, processes: int, wait_seconds: float, limits: Limits) -> None:
        self._limits, self._processes = limits, processes
        self._turns = Turns(processes, wait_seconds)
        self._fork_server = ForkServerClient()
        self._idle: list[Child] = []
        self._lock = threading.Lock()
        self.ended: Counter[str] = Counter()

    def start(self) -> None:
        self._fork_server.start()

    def is_ready(self) -> bool:
        return self._fork_server.is_ready()

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
        with self._turns.turn() as turn:
            child, kept = self._take(turn.is_behind), False
            exchange = Exchange(child, limits, questions or {}, self._fork_server.signal_of)
            try:
                answer, kept = exchange.run(request)
                return answer
            except RefusedError as refusal:
                kept = refusal.kept
                raise_refusal(refusal.message)
                raise
            finally:
                turn.cpu_seconds = exchange.cpu_seconds
                self._count(exchange.ended_by)
                self._give_back(child, kept)

    def _take(self, is_behind: bool) -> Child:
        """A process for work that comes after others', or for what doesn't."""
        while True:
            child = self._idle_one(is_behind) or self._fork_server.take()
            if not child.has_ended():
                break
            child.end()  # While it waited: the machine may have been short of memory.
        if is_behind:
            child.fall_behind()
        return child

    def _idle_one(self, is_behind: bool) -> Child | None:
        with self._lock:
            found = next((one for one in reversed(self._idle) if one.is_behind == is_behind), None)
            if found is not None:
                self._idle.remove(found)
            return found

    def _count(self, ended_by: str | None) -> None:
        if ended_by is not None:
            with self._lock:
                self.ended[ended_by] += 1

    def _give_back(self, child: Child, kept: bool) -> None:
        if not kept:
            child.end()
            return
        with self._lock:
            self._idle.append(child)
            oldest = self._idle.pop(0) if len(self._idle) > self._processes else None
        if oldest is not None:
            oldest.end()
