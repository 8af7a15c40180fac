"""What holds for every test: real servers, started once per process and only when asked for,
and examples that are the same in every run unless the night asks for others."""

from __future__ import annotations

import gc
import signal
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.stack.fixtures"]

# A shell that runs us in the background, or nohup, has signals ignored; what we start would inherit that, and
# what the tests of interrupts send would not be heard.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)

# A busy machine must fail no test: nothing here depends on how long an example takes.
_ANY_SPEED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("fixed", _ANY_SPEED, derandomize=True)
settings.register_profile("night", _ANY_SPEED, derandomize=False, print_blob=True)
settings.load_profile("fixed")

# Whole stacks and servers first, and what only computes last: each process begins with half of the list and
# takes from the other's end what that has not begun, so hardly any server is started twice.
_ORDER = ("endtoend", "stack", "command", "supervisor", "live", "core", "chaos", "storage", "client", "api")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: _rank(item.path.relative_to(Path(__file__).parent).parts))


def _rank(parts: Iterable[str]) -> int:
    folder = next(iter(parts))
    return _ORDER.index(folder) if folder in _ORDER else len(_ORDER)


def pytest_collection_finish() -> None:
    # Thousands of tests and what they import stay for ever: no collection of garbage has to look at them.
    gc.collect()
    gc.freeze()
