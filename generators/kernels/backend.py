"""Which of the two sets of kernels runs: plain numpy, or the same functions compiled by numba.

Both give the same bits, so the choice is about time alone: numba where it is installed, can keep what it
compiles, and there have been enough rows to make up for loading it, which takes one to two seconds. Small
jobs, previews and most plans never do.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import pkgutil
import sys
import time
from collections.abc import Callable, Iterator
from functools import cache, update_wrapper
from types import ModuleType
from typing import Any, Generic, ParamSpec, TypeVar

import numpy as np

from synthmill.generators.kernels.memory import forget_code

ENOUGH = 4_096
"""Rows of a call from which a compiled kernel is quicker."""
WORTH_LOADING = 1_000_000
"""Rows of such calls, all together, after which a process loads numba: a tenth of a second of plain numpy."""

_PLAIN = "synthmill.generators.kernels"
_PACKAGE = f"{_PLAIN}.compiled"

P = ParamSpec("P")
R = TypeVar("R")

_wanted: str | None = None
_rows_so_far = 0


@contextlib.contextmanager
def use(name: str) -> Iterator[None]:
    """Run all kernels as "numpy" or "numba" meanwhile. For tests and comparisons; not for threads."""
    global _wanted
    before, _wanted = _wanted, name
    try:
        yield
    finally:
        _wanted = before


def compiled(rows: int) -> bool:
    """Whether kernels run compiled for so many rows."""
    if _wanted is not None:
        return _wanted == "numba"
    return rows >= ENOUGH and _installed() and _worth_loading(rows) and _ready()


def expect(cells: int) -> None:
    """Load numba now if so many cells are going to be made: what may be compiled first is then no part of
    anybody's measure of progress."""
    if _wanted is None and cells >= WORTH_LOADING and _installed():
        _ready()


def _worth_loading(rows: int) -> bool:
    global _rows_so_far
    if _rows_so_far < WORTH_LOADING:
        _rows_so_far += rows
    return _rows_so_far >= WORTH_LOADING


@cache
def _installed() -> bool:
    return importlib.util.find_spec("numba") is not None


class Twin(Generic[P, R]):
    """A kernel that is there twice: as written, and in `compiled`, in the module and by the name it has here.

    Which one runs is decided by the length of the last array among its arguments, or by `work`, which gives
    the rows' worth of a call that does more than one thing to each row.
    """

    def __init__(self, plain: Callable[P, R], work: Callable[P, int] | None = None) -> None:
        self.plain, self._work = plain, work
        self._subject = plain.__module__.removeprefix(f"{_PLAIN}.")
        update_wrapper(self, plain)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        if compiled(self._work(*args, **kwargs) if self._work else _length(args)):
            fast: Callable[P, R] = getattr(load(self._subject), self.plain.__name__)
            return fast(*args, **kwargs)
        return self.plain(*args, **kwargs)


def twin_of_work(work: Callable[P, int]) -> Callable[[Callable[P, R]], Twin[P, R]]:
    """A `Twin` whose calls are worth so many rows, by their arguments."""
    return lambda plain: Twin(plain, work)


def _length(args: tuple[object, ...]) -> int:
    return next(len(arg) for arg in reversed(args) if isinstance(arg, np.ndarray))


@cache
def load(subject: str) -> ModuleType:
    """A module of compiled kernels, by its name within their package. The first call loads numba and finds
    out whether this CPU has any."""
    _ready()
    kernels = importlib.import_module(f"{_PACKAGE}.{subject}")
    forget_code("llvm")
    return kernels


@cache
def _ready() -> bool:
    """Whether compiled kernels can be had, after compiling them if need be, which is reported: what is in the
    cache may be for another CPU."""
    try:
        if _compiled_now(importlib.import_module(f"{_PACKAGE}.mix")):
            where = importlib.import_module(_PACKAGE).CACHE
            kept = "" if where.lasting else f" They are kept in {where.folder}, among temporary files."
            _report(
                f"Compiling Synthmill's kernels for this CPU, once; that takes about half a minute.{kept}"
            )
            compile_all()
    except (ImportError, OSError) as error:
        # A numba that doesn't fit this numpy, nowhere to keep code, a disk that is full.
        _report(
            "Synthmill's kernels can't be compiled here; plain numpy makes the same values, in more time. "
            f"The reason: {error}. NUMBA_CACHE_DIR may name a folder for compiled code."
        )
        return False
    return True


def _report(line: str) -> None:
    print(line, file=sys.stderr)


def compile_all() -> tuple[float, int]:
    """Load every compiled kernel: the seconds that it took, and how many weren't in the cache."""
    start = time.perf_counter()
    package = importlib.import_module(_PACKAGE)
    names = [found.name for found in pkgutil.walk_packages(package.__path__, f"{_PACKAGE}.")]
    made = sum(_compiled_now(importlib.import_module(name)) for name in names)
    return time.perf_counter() - start, made


def _compiled_now(module: ModuleType) -> int:
    """Kernels of a module that were compiled when it was imported, since the cache didn't have them."""
    found: list[Any] = [value for value in vars(module).values() if hasattr(value, "stats")]
    return sum(kernel.stats.cache_misses.total() for kernel in found)
