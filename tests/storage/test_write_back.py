"""Bytes written on their way to the disk: where they stand doesn't depend on how the system takes them."""

from __future__ import annotations

import errno
import mmap
import os
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from synthmill.app.core.storage.write_back import write_through
from synthmill.generators.datasets.blocks import PIECE_BYTES

PAGE = mmap.PAGESIZE
BEFORE = 3 * PAGE + 100

Pwritev = Callable[..., int]


def _no_uncached_writes(_: Pwritev) -> Pwritev:
    def refuse(*_: Any) -> int:
        raise OSError(errno.EOPNOTSUPP, "no such writes")

    return refuse


def _none_after_the_first(pwritev: Pwritev) -> Pwritev:
    calls = iter(range(100))

    def once(*given: Any) -> int:
        if next(calls):
            raise OSError(errno.ENOSPC, "no room")
        return pwritev(*given)

    return once


def _short_writes(pwritev: Pwritev) -> Pwritev:
    def short(descriptor: int, views: Sequence[memoryview], at: int, flags: int) -> int:
        return pwritev(descriptor, [b"".join(views)[: PAGE + 1]], at, flags)

    return short


@pytest.mark.parametrize(
    "system",
    [None, _no_uncached_writes, _none_after_the_first, _short_writes],
    ids=lambda one: one and one.__name__,
)
@pytest.mark.parametrize(
    "sizes",
    [
        [0],
        [1],
        [PAGE - 100],
        [PAGE - 101, 1, 5],
        [10, 0, PIECE_BYTES],
        [2 * PIECE_BYTES + 7, 3, PIECE_BYTES // 2],
        [PIECE_BYTES - BEFORE],
        [2 * PIECE_BYTES - BEFORE - PAGE, 2 * PAGE],
    ],
    ids=str,
)
def test_chunks_of_any_size_stand_one_behind_the_other(
    sizes: list[int],
    system: Callable[[Pwritev], Pwritev] | None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if system is not None:
        monkeypatch.setattr(os, "pwritev", system(os.pwritev))
    drawn = random.Random(7)
    path, before, chunks = (
        tmp_path / "file",
        drawn.randbytes(BEFORE),
        [drawn.randbytes(size) for size in sizes],
    )
    path.write_bytes(before)
    with path.open("r+b", buffering=0) as file:
        write_through(file, BEFORE, iter(chunks))
    assert path.read_bytes() == b"".join([before, *chunks])


def test_a_disk_that_takes_nothing_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (
        (tmp_path / "file").open("rb", buffering=0) as file,
        pytest.raises(OSError, match=r"not writable|Bad file descriptor|not open for writing"),
    ):
        write_through(file, 0, [bytes(2 * PAGE)])


def test_only_whole_pages_are_forgotten_by_the_page_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that is filled by the next piece would have to be read back from the disk."""
    ends = []

    def noted(descriptor: int, views: Sequence[memoryview], at: int, flags: int) -> int:
        ends.append(at + sum(map(len, views)))
        return os.pwrite(descriptor, b"".join(views), at)

    monkeypatch.setattr(os, "pwritev", noted)
    with (tmp_path / "file").open("w+b", buffering=0) as file:
        write_through(file, 0, [bytes(PIECE_BYTES + 5 * PAGE + 17)])
        write_through(file, PIECE_BYTES + 5 * PAGE + 17, [bytes(40)])
    assert ends == [PIECE_BYTES, PIECE_BYTES + 5 * PAGE]
