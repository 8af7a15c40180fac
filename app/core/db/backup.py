"""A copy of an SQLite database as it was before a migration, beside it."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

KEPT = 3
"""Copies; older ones are removed when another is made."""
_PAGES = 16_384
"""At once; between two such portions an interrupt is heard."""


def keep_copy(file: Path, revision: str) -> Path:
    """The copy's file, named by the revision and the time. Call it while nobody else may write.

    It holds what was last committed. Raises OSError or sqlite3.Error, and then there is none.
    """
    for broken in file.parent.glob(f"{file.stem}-*{file.suffix}.partial"):
        broken.unlink(missing_ok=True)
    copy = file.with_name(f"{file.stem}-{revision}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}{file.suffix}")
    partial = copy.with_name(f"{copy.name}.partial")
    try:
        with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(partial)) as target:
            shutil.copymode(file, partial)
            source.backup(target, pages=_PAGES)
    except BaseException:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        raise
    partial.rename(copy)
    _sync_folder(copy.parent)
    for old in copies_of(file)[:-KEPT]:
        old.unlink()
    return copy


def copies_of(file: Path) -> list[Path]:
    """The copies that are kept of a database, oldest first."""
    found = file.parent.glob(f"{file.stem}-*-*Z{file.suffix}")
    return sorted(found, key=lambda copy: copy.stem.rpartition("-")[2])


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
