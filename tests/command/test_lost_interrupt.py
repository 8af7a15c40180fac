from __future__ import annotations

import os
import signal

import pytest

from synthmill.ending import raise_if_asked, unwinding


def test_an_interrupt_that_got_lost_is_raised_again() -> None:
    with unwinding():
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            raise_if_asked()


def test_nothing_is_raised_where_nobody_asked() -> None:
    with unwinding():
        raise_if_asked()


def test_afterwards_signals_are_handled_as_before() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with unwinding():
        assert signal.getsignal(signal.SIGTERM) is not before
    assert signal.getsignal(signal.SIGTERM) is before
