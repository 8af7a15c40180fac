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
        self._limits = limits
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
        with self._turns.turn():
            child, kept = self._take(), False
            exchange = Exchange(child, limits, questions or {}, self._fork_server.signal_of)
            try:
                answer, kept = exchange.run(request)
                return answer
            except RefusedError as refusal:
                kept = refusal.kept
                raise_refusal(refusal.message)
                raise
            finally:
                self._count(exchange.ended_by)
                self._give_back(child, kept)

    def _take(self) -> Child:
        while True:
            with self._lock:
                idle = self._idle.pop() if self._idle else None
            child = idle or self._fork_server.take()
            if not child.has_ended():
                return child
            child.end()  # While it waited: the machine may have been short of memory.

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
