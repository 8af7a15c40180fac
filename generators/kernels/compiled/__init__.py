"""The kernels of `generators.kernels` again, compiled by numba: same modules, same names, same bits.

The rules of that package hold here, too. No fastmath: sums and products must not be contracted or reordered.
Every kernel has its signature written down, so that importing a module finds it in the cache or compiles it.
"""

from __future__ import annotations

import contextlib
import hashlib
from pathlib import Path
from typing import Any

from numba import njit


def kernel(signature: str | list[str]) -> Any:
    """Compile now, or load from the cache, what is called from Python. Releases the GIL while it runs."""
    return njit(signature, nogil=True, cache=True, error_model="numpy")


inlined = njit(nogil=True, error_model="numpy", inline="never")
"""For what is called from kernels alone, by one value at a time."""


def forget_old(folder: Path) -> None:
    """Empty the cache of a folder of kernels where its sources, or those above it, are not what they were.

    numba looks at a kernel's own file alone, and kernels are made of functions of other files.
    """
    cache = folder / "__pycache__"
    mark = cache / "kernels.sha256"
    sources = sorted([*folder.glob("*.py"), *folder.parent.glob("*.py")])
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()
    # Where nothing can be written, numba keeps its cache elsewhere, and files only change with the package.
    with contextlib.suppress(OSError):
        if mark.exists() and mark.read_text() == digest:
            return
        for old in cache.glob("*.nb[ci]"):
            old.unlink(missing_ok=True)
        cache.mkdir(exist_ok=True)
        mark.write_text(digest)


forget_old(Path(__file__).parent)
