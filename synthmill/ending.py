"""Requests to end: Ctrl-C, a request to terminate, a terminal that goes away.

All three unwind the program, so that nothing half-made stays behind. An exception that a signal raises can
get lost in code that isn't ours (importing a compiled module clears it), so long work asks again between its
steps.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

NUMBERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

_asked: list[int] = []
"""Signals received. They concern the whole process, so there is one list."""


@contextmanager
def unwinding() -> Iterator[None]:
    """Meanwhile signals raise KeyboardInterrupt (Ctrl-C) or SystemExit; ignored ones (nohup) stay ignored."""
    _asked.clear()
    former = {number: signal.getsignal(number) for number in NUMBERS}
    for number, handler in former.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, _handle)
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


def raise_if_asked() -> None:
    """Raise once more what a signal has raised before."""
    if signal.SIGINT in _asked:
        raise KeyboardInterrupt
    if _asked:
        raise SystemExit(128 + _asked[0])


def _handle(number: int, _: object) -> None:
    _asked.append(number)
    raise_if_asked()
