"""How far an evaluation is."""

from __future__ import annotations

from collections.abc import Callable

STEPS = 7
"""Of a table."""
OnProgress = Callable[[int, int, str], None]
"""Steps done, steps in all, what comes next. May raise to stop."""


class Progress:
    """Counts steps for a caller who wants to know."""

    def __init__(self, report: OnProgress | None, total: int) -> None:
        self._report, self._total, self._done = report, total, 0

    def step(self, what: str) -> None:
        """Begins a step."""
        if self._report is not None:
            self._report(self._done, self._total, what)
        self._done += 1
