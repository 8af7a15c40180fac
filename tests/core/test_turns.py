"""Who gets a confined process next: nobody's small request waits behind another's large ones."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from synthmill.app.core.confined.caller import caller, caller_gone
from synthmill.app.core.confined.turns import Turns
from synthmill.app.core.errors import BusyError, CallerGoneError
from tests.waiting import wait_until


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


class GoingOn(Clock):
    """A little later whenever it is looked at."""

    def __call__(self) -> float:
        self.now += 0.001
        return self.now


@contextmanager
def as_caller(who: str) -> Iterator[None]:
    token = caller.set(who)
    try:
        yield
    finally:
        caller.reset(token)


def had(turns: Turns, clock: Clock, who: str, seconds: float) -> None:
    """The caller has had a process for so long, and it computed all the time."""
    with as_caller(who), turns.turn() as turn:
        clock.now += seconds
        turn.cpu_seconds = seconds


class Waiting:
    """Requests that wait, each in a thread of its own; `order` says who got a process."""

    def __init__(self, turns: Turns) -> None:
        self.order: list[str] = []
        self._turns, self._threads = turns, list[threading.Thread]()

    def ask(self, who: str) -> None:
        def run() -> None:
            with as_caller(who), self._turns.turn():
                self.order.append(who)

        waiting = len(self._turns._waiting)
        self._threads.append(threading.Thread(target=run, daemon=True))
        self._threads[-1].start()
        wait_until(lambda: len(self._turns._waiting) > waiting, "a request waits")

    def join(self) -> None:
        for thread in self._threads:
            thread.join(10)
            assert not thread.is_alive()


def test_who_has_had_least_comes_first_however_long_others_wait() -> None:
    clock = Clock()
    turns = Turns(1, 5.0, clock)
    had(turns, clock, "greedy", 3.0)
    had(turns, clock, "modest", 0.1)
    waiting = Waiting(turns)
    with as_caller("third"), turns.turn():
        waiting.ask("greedy")
        waiting.ask("modest")
        waiting.ask("new")
    waiting.join()
    assert waiting.order == ["new", "modest", "greedy"]


def test_what_was_had_long_ago_is_forgotten() -> None:
    clock = Clock()
    turns = Turns(1, 5.0, clock)
    had(turns, clock, "greedy", 3.0)
    clock.now += 45
    had(turns, clock, "modest", 0.5)
    waiting = Waiting(turns)
    with as_caller("third"), turns.turn():
        waiting.ask("modest")
        waiting.ask("greedy")
    waiting.join()
    assert waiting.order == ["greedy", "modest"]


def test_a_process_is_kept_free_of_one_who_has_the_others_as_soon_as_somebody_else_asks() -> None:
    clock = Clock()
    turns = Turns(2, 0.0, clock)
    with ExitStack() as held, as_caller("greedy"):
        # Nobody else asks: he may have both.
        held.enter_context(turns.turn())
        held.enter_context(turns.turn())
    had(turns, clock, "modest", 0.1)
    with as_caller("greedy"), turns.turn():
        clock.now += 1
        refused = threading.Event()

        def ask_more() -> None:
            with as_caller("greedy"), pytest.raises(BusyError, match="busy for 0 seconds"):
                clock.now += 1
                with turns.turn():
                    pass
            refused.set()

        thread = threading.Thread(target=ask_more, daemon=True)
        thread.start()
        wait_until(lambda: len(turns._waiting) == 1, "a request waits")
        clock.now += 1
        thread.join(10)
        assert refused.is_set()
        had(turns, clock, "modest", 0.1)
    # And when that was long ago he may have both again.
    clock.now += 100
    with ExitStack() as held, as_caller("greedy"):
        held.enter_context(turns.turn())
        held.enter_context(turns.turn())


def is_behind(turns: Turns, who: str) -> bool:
    with as_caller(who), turns.turn() as turn:
        return turn.is_behind


def test_who_has_had_much_and_more_than_all_others_works_behind_them() -> None:
    clock = Clock()
    turns = Turns(4, 5.0, clock)
    had(turns, clock, "greedy", 5.0)
    assert not is_behind(turns, "greedy"), "nobody else asks"
    had(turns, clock, "modest", 0.1)
    assert is_behind(turns, "greedy")
    assert not is_behind(turns, "modest")


def test_who_has_had_less_than_all_others_together_works_beside_them() -> None:
    clock = Clock()
    turns = Turns(4, 5.0, clock)
    had(turns, clock, "first", 6.0)
    had(turns, clock, "second", 5.0)
    had(turns, clock, "third", 4.1)
    assert not is_behind(turns, "third")


def test_who_has_had_little_works_beside_others_though_it_is_more_than_they_had() -> None:
    clock = Clock()
    turns = Turns(4, 5.0, clock)
    had(turns, clock, "first", 0.1)
    had(turns, clock, "second", 3.0)
    assert not is_behind(turns, "second")


def test_who_works_behind_others_does_so_until_little_is_left_of_what_was_had() -> None:
    clock = Clock()
    turns = Turns(4, 5.0, clock)
    had(turns, clock, "greedy", 6.0)
    had(turns, clock, "modest", 1.0)
    assert is_behind(turns, "greedy")
    clock.now += 4.0
    had(turns, clock, "modest", 3.0)
    assert is_behind(turns, "greedy"), "a third is left, though others have had a little more by now"
    clock.now += 6.0
    had(turns, clock, "modest", 0.1)
    assert not is_behind(turns, "greedy")


def test_who_works_behind_others_passes_them_when_they_have_had_twice_as_much() -> None:
    clock = Clock()
    turns = Turns(4, 5.0, clock)
    had(turns, clock, "first", 5.0)
    had(turns, clock, "second", 0.1)
    assert is_behind(turns, "first")
    had(turns, clock, "second", 5.5)
    assert not is_behind(turns, "first")


def test_who_works_behind_others_has_one_process_at_once() -> None:
    clock = GoingOn()
    turns = Turns(4, 0.0, clock)
    had(turns, clock, "greedy", 9.0)
    had(turns, clock, "modest", 0.1)
    with as_caller("greedy"), turns.turn():
        with pytest.raises(BusyError), turns.turn():
            pass
        with as_caller("modest"), turns.turn(), turns.turn():
            pass


def test_time_in_which_a_process_only_waits_is_not_counted() -> None:
    clock = Clock()
    turns = Turns(4, 5.0, clock)
    had(turns, clock, "modest", 0.1)
    with as_caller("waiting"), turns.turn():
        clock.now += 9
    assert not is_behind(turns, "waiting")


def test_who_has_left_waits_no_longer_and_holds_nothing() -> None:
    clock = Clock()
    turns = Turns(1, 5.0, clock)
    with as_caller("first"), turns.turn():
        token = caller_gone.set(lambda: True)
        with pytest.raises(CallerGoneError), as_caller("left"), turns.turn():
            pass
        caller_gone.reset(token)
    had(turns, clock, "next", 0.1)
    assert not turns._waiting
    assert not turns._running


def test_one_process_serves_all() -> None:
    clock = Clock()
    turns = Turns(1, 5.0, clock)
    for who in ("first", "second", "first"):
        had(turns, clock, who, 1.0)
    assert turns._running.total() == 0
