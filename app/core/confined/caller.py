"""Whoever asked may have gone: work for nobody is given up."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar

caller_gone: ContextVar[Callable[[], bool]] = ContextVar("caller_gone", default=lambda: False)
"""Whether whoever asked for what this thread does has gone; the faces that can know it say so."""
