"""The kernels of `generators.kernels` again, compiled by numba: same modules, same names, same bits.

The rules of that package hold here, too. No fastmath: sums and products must not be contracted or reordered.
Every kernel has its signature written down, so that importing a module finds it in the cache or compiles it.
Importing this package raises OSError where compiled code can't be kept anywhere: to compile for each process
alone takes longer than most do without.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FunctionType
from typing import Any

import numba
from numba import njit

from synthmill.generators.kernels.code_cache import find_cache

config: Any = numba.config  # It makes its attributes when it is imported.

CACHE = find_cache(Path(__file__).parent, config.CACHE_DIR)


def kernel(signature: str | list[str]) -> Callable[[Any], Any]:
    """Compile now, or load from the cache, what is called from Python. Releases the GIL while it runs."""

    def compile_or_load(function: Any) -> Any:
        with _kept_in_our_cache():
            return njit(signature, nogil=True, cache=True, error_model="numpy")(function)

    return compile_or_load


inlined = njit(nogil=True, error_model="numpy", inline="never")
"""For what is called from kernels alone, by one value at a time."""


@contextlib.contextmanager
def _kept_in_our_cache() -> Iterator[None]:
    """Meanwhile numba keeps code where ours is; functions of the user's own stay where theirs are."""
    before = config.CACHE_DIR
    config.CACHE_DIR = str(CACHE.folder or "")
    try:
        yield
    finally:
        config.CACHE_DIR = before


def _fill_cache() -> None:
    for file in sorted(Path(__file__).parent.rglob("__init__.py")):
        with _kept_in_our_cache():
            # Not compiled: it shows which folder within the cache is that of functions of this file.
            kept = njit(cache=True)(FunctionType(_fill_cache.__code__.replace(co_filename=str(file)), {}))
        CACHE.fill(Path(str(kept.stats.cache_path)), file.parent)


if CACHE.folder is not None:
    _fill_cache()
