"""Waiting in tests: with an end of its own, beyond what a busy machine needs, that says what was missing."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

import psutil

PATIENCE = 60.0
"""Seconds that only something which hangs lets pass."""


def wait_until(true: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
    """Return when it is true; it is asked again and again. Fails with `what` at the end of our patience."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"waited {seconds:g} s in vain: {what}"
        time.sleep(0.02)


def is_gone(process: psutil.Process) -> bool:
    """Whether it has ended, though nobody may have looked after it yet."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def calls_of(function: Callable[[], object]) -> int:
    """How many functions are called while this one is, those in C included: a cost that no other process on
    the machine changes."""
    count = 0

    def hear(_frame: Any, event: str, _argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(hear)
    try:
        function()
    finally:
        sys.setprofile(before)
    return count
