"""Inputs of what is made in this process, and where copies of them are kept."""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from synthmill.generators.engine.input_cache import InputCache
from synthmill.generators.recipes.given_inputs import GivenInputs

MAX_CACHE_BYTES = 10 * 2**30
"""Of all inputs that are kept for this user."""


@contextmanager
def given_inputs(inputs: Mapping[str, str | Path] | None) -> Iterator[GivenInputs]:
    """The caller's files as `request.parse` takes them, kept in the user's cache while the context lasts.

    Raises OSError where a file can't be read.
    """
    if not inputs:
        yield GivenInputs({}, InputCache(Path(), 0))
        return
    with _folder() as folder, GivenInputs(inputs, InputCache(folder, MAX_CACHE_BYTES)) as given:
        yield given


@contextmanager
def _folder() -> Iterator[Path]:
    """The user's own, or a temporary one where that can't be written to."""
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "synthmill", "inputs")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        warnings.warn(f"inputs aren't kept for the next time: {error}", stacklevel=5)
        with tempfile.TemporaryDirectory(prefix="synthmill-") as temporary:
            yield Path(temporary)
    else:
        yield folder
