"""Who has some work done, and whether he is still there: work for nobody is given up."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar

caller: ContextVar[str] = ContextVar("caller", default="")
"""The key for which this thread works; none where it works for the system itself."""

caller_gone: ContextVar[Callable[[], bool]] = ContextVar("caller_gone", default=lambda: False)
"""Whether the caller for whom this thread works has gone; set by the faces that can know it."""
