"""What runs work whose cost a request sets: processes of its own, or, in tests, this one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

from synthmill.app.core.confined.answer import Answer
from synthmill.app.core.confined.limits import Limits
from synthmill.app.core.confined.works import WORKS

Questions = Mapping[str, Callable[[Any], Any]]
"""What work may ask of its caller, by name; JSON both ways. Where one raises, the work is over."""


class Executor(Protocol):
    ended: Counter[str]
    """Processes that could not go on after a request, by what ended them: `cpu`, `memory`, `time`, `caller`,
    `error`, the name of a signal, or `unknown`."""

    def start(self) -> None:
        """Begin to get ready, so that the first request needn't wait."""

    def is_ready(self) -> bool:
        """Whether a request would be begun at once; it doesn't wait."""

    def run(
        self,
        work: str,
        arguments: Mapping[str, Any],
        questions: Questions | None = None,
        limits: Limits | None = None,
    ) -> Answer:
        """What one of `works.WORKS` gives for these arguments, which are JSON; `limits` where they aren't
        those of a request that somebody waits for.

        Raises what the work refuses (InvalidRequestError, LimitExceededError), what `questions` raise,
        LimitExceededError where it took more than one request may, BusyError, and CallerGoneError.
        """

    def close(self) -> None:
        """End all processes; nothing can be run afterwards."""


class InProcessExecutor:
    """All in the process that asks, without limits: for tests of what comes out."""

    def __init__(self) -> None:
        self.ended: Counter[str] = Counter()

    def start(self) -> None: ...

    def is_ready(self) -> bool:
        return True

    def run(
        self,
        work: str,
        arguments: Mapping[str, Any],
        questions: Questions | None = None,
        limits: Limits | None = None,
    ) -> Answer:
        answer = Answer()
        for piece in _pieces(work, arguments, questions or {}):
            answer.add(piece)
        return answer

    def close(self) -> None: ...


def _pieces(work: str, arguments: Mapping[str, Any], questions: Questions) -> Iterator[bytes]:
    return WORKS[work](arguments, _World(questions))


class _World:
    def __init__(self, questions: Questions) -> None:
        self._questions = questions

    def ask(self, question: str, about: Any) -> Any:
        return self._questions[question](about)

    def note(self, costliest: str) -> None: ...
