"""Actors that run a little further when they are asked to: each stands still before it touches the world.

An actor is a greenlet. It gives way before every transaction and every call of storage, never within one: a
run is one order of transactions, and the same steps give the same run.
"""

from __future__ import annotations

import importlib
import pkgutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from types import ModuleType
from typing import Any, Literal
from unittest.mock import patch

from greenlet import GreenletExit, getcurrent, greenlet
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from synthmill.app.core import execution
from synthmill.app.core.db import Database
from synthmill.app.core.errors import CoreError, StorageError
from synthmill.app.core.execution.files import finalise
from synthmill.app.core.storage import FolderStorage

Place = Literal["database", "storage"]


class Actor(greenlet):
    """Somebody who does one thing. `go` lets it go on until it is about to touch the world again."""

    def __init__(self, what: str, do: Callable[[], object]) -> None:
        super().__init__()
        self.what = what
        self.place: Place | None = None
        """What it is about to touch."""
        self.inside = False
        """It has a transaction open, in which it doesn't give way."""
        self.leaving = False
        self.failed: BaseException | None = None
        """What it came upon that nothing explains."""
        self._do, self._hurt = do, False

    def run(self) -> None:
        try:
            self._do()
        except (CoreError, GreenletExit):
            pass  # A refusal, or the end of the play.
        except OperationalError as error:
            if not self._hurt:
                self.failed = error
        except BaseException as error:
            self.failed = error

    @property
    def over(self) -> bool:
        return self.dead

    def go(self) -> None:
        if not self.dead:
            self.switch()
            self._complain()

    def end(self) -> None:
        """Go on to the end, with nobody between."""
        while not self.dead:
            self.go()

    def hurt(self) -> None:
        """What it is about to touch is away."""
        if self.place is None or self.dead:
            return
        self._hurt = True
        away = OperationalError("it", None, Exception("is away"))
        self.throw(StorageError("storage is away") if self.place == "storage" else away)
        self._complain()

    def leave(self) -> None:
        """It is gone, as after SIGKILL: nothing of it touches the world any more."""
        self.leaving = True
        if self.place is not None and not self.dead:
            self.throw(GreenletExit())

    def _complain(self) -> None:
        if self.failed is not None:
            raise AssertionError(f"{self.what}: {type(self.failed).__name__}") from self.failed


def give_way(place: Place) -> None:
    """Let others go on first, where an actor is what runs here."""
    actor = getcurrent()
    if isinstance(actor, Actor) and not actor.inside:
        if actor.leaving:
            raise GreenletExit
        actor.place = place
        assert actor.parent is not None
        actor.parent.switch()


class OneAtATimeDatabase(Database):
    """Transactions of actors follow each other in the order in which they are let go on."""

    written = 0
    """How many of them may have changed something."""

    @contextmanager
    def write(self, *, durable: bool = False) -> Iterator[Session]:
        with _inside(), super().write(durable=durable) as session:
            self.written += 1
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        with _inside(), super().read() as session:
            yield session


@contextmanager
def _inside() -> Iterator[None]:
    give_way("database")
    actor = getcurrent()
    if not isinstance(actor, Actor) or actor.inside:
        yield
        return
    actor.inside = True
    try:
        yield
    finally:
        actor.inside = False


class OneAtATimeStorage(FolderStorage):
    """Calls of actors follow each other in the order in which they are let go on."""


def _giving_way(name: str) -> Callable[..., Any]:
    call = getattr(FolderStorage, name)

    def wait_and_call(self: FolderStorage, *given: Any, **named: Any) -> Any:
        give_way("storage")
        return call(self, *given, **named)

    return wait_and_call


for _name in (
    "put", "get", "read", "stat", "delete", "list", "delete_prefix", "begin", "put_piece", "copy_piece",
    "finish", "abort", "uploads",
):  # fmt: skip
    setattr(OneAtATimeStorage, _name, _giving_way(_name))


class _Clock:
    """Goes on by itself when it is looked at, and never waits."""

    def __init__(self) -> None:
        self._now = 0.0

    def monotonic(self) -> float:
        self._now += 0.05
        return self._now

    def sleep(self, seconds: float) -> None:
        self._now += seconds

    time = staticmethod(time.time)


class _InPlace:
    """An executor whose work is done by whoever gives it, and so gives way as that one does."""

    def __init__(self, _workers: int) -> None:
        pass

    def __enter__(self) -> _InPlace:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def submit(self, do: Callable[..., Any], *given: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(do(*given))
        except Exception as error:
            future.set_exception(error)
        return future


@contextmanager
def own_clock() -> Iterator[None]:
    """How long something takes follows from the steps alone; parts tell after each block how far they are,
    and files are put together one after the other."""
    clock, found = _Clock(), set()
    with ExitStack() as stack:
        stack.enter_context(patch.object(finalise, "ThreadPoolExecutor", _InPlace))
        for module in _modules():
            if hasattr(module, "time"):
                stack.enter_context(patch.object(module, "time", clock))
            for name in _AT_ONCE & vars(module).keys():
                stack.enter_context(patch.object(module, name, 0.0))
                found.add(name)
        assert found == _AT_ONCE, f"nobody has {_AT_ONCE - found} any more"
        yield


_AT_ONCE = {"_PULSE_SECONDS", "_CHECK_SECONDS"}
"""How long parts and finalisers go on without looking how their job is."""


def _modules() -> Iterator[ModuleType]:
    """All that works on jobs."""
    for one in pkgutil.walk_packages(execution.__path__, f"{execution.__name__}."):
        yield importlib.import_module(one.name)
