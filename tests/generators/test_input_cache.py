"""Inputs on this machine: the right bytes or none, bounded, shared."""

from __future__ import annotations

import fcntl
import hashlib
import io
import multiprocessing
import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from synthmill.generators.engine.input_cache import InputCache, InputError
from synthmill.generators.engine.inputs import Input


def named(data: bytes) -> Input:
    return Input(hashlib.sha256(data).hexdigest(), "text/plain", "file")


class Source:
    """Where bytes come from, and how often they were asked for."""

    def __init__(self, *files: bytes) -> None:
        self.files: Mapping[str, bytes] = {named(one).sha256: one for one in files}
        self.opened: list[str] = []

    @contextmanager
    def open(self, sha256: str) -> Iterator[BinaryIO]:
        self.opened.append(sha256)
        yield io.BytesIO(self.files[sha256])


def files_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} - {".lock"}


def test_an_input_is_fetched_once(tmp_path: Path) -> None:
    source, cache, one = Source(b"one"), InputCache(tmp_path, 10), named(b"one")
    for _ in range(2):
        with cache.hold([one], source.open) as paths:
            assert paths[one.sha256].read_bytes() == b"one"
    assert source.opened == [one.sha256]


def test_bytes_of_another_sha256_never_appear(tmp_path: Path) -> None:
    source, cache, one = Source(b"one"), InputCache(tmp_path, 10), named(b"one")
    source.files = {one.sha256: b"two"}
    with pytest.raises(InputError, match="has the sha256"), cache.hold([one], source.open):
        pass
    assert files_in(tmp_path) == set()


def test_what_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    cache, one = InputCache(tmp_path, 10), named(b"one")

    @contextmanager
    def breaking(sha256: str) -> Iterator[BinaryIO]:
        raise ConnectionResetError
        yield io.BytesIO()

    with pytest.raises(ConnectionResetError), cache.hold([one], breaking):
        pass
    assert files_in(tmp_path) == set()


def test_those_asked_for_longest_ago_go_first(tmp_path: Path) -> None:
    data = [b"aaaa", b"bbbb", b"cccc"]
    source, cache = Source(*data), InputCache(tmp_path, 10)
    for age, each in enumerate(data[:2]):
        with cache.hold([named(each)], source.open) as paths:
            os.utime(paths[named(each).sha256], (age, age))
    with cache.hold([named(data[0])], source.open):
        pass
    with cache.hold([named(data[2])], source.open):
        pass
    assert files_in(tmp_path) == {named(data[0]).sha256, named(data[2]).sha256}


def test_what_is_held_stays(tmp_path: Path) -> None:
    source, cache = Source(b"aaaa", b"bbbbbbbb"), InputCache(tmp_path, 10)
    with cache.hold([named(b"aaaa")], source.open) as paths:
        with pytest.raises(InputError, match="in use"), cache.hold([named(b"bbbbbbbb")], source.open):
            pass
        assert paths[named(b"aaaa").sha256].read_bytes() == b"aaaa"
    with cache.hold([named(b"bbbbbbbb")], source.open):
        assert files_in(tmp_path) == {named(b"bbbbbbbb").sha256}


def test_one_that_is_larger_than_all_there_may_be_is_refused(tmp_path: Path) -> None:
    held = InputCache(tmp_path, 3).hold([named(b"aaaa")], Source(b"aaaa").open)
    with pytest.raises(InputError, match="more than the 3 bytes"), held:
        pass
    assert files_in(tmp_path) == set()


def test_what_a_killed_process_left_goes_when_room_is_made(tmp_path: Path) -> None:
    (tmp_path / f".{'0' * 64}.abcd").write_bytes(b"half")
    with InputCache(tmp_path, 10).hold([named(b"aaaa")], Source(b"aaaa").open):
        assert files_in(tmp_path) == {named(b"aaaa").sha256}


def test_a_copy_that_is_begun_is_held_before_anybody_can_clear_it_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flock, held = fcntl.flock, []

    def watched(file: Any, how: int) -> None:
        if Path(file.name).name.startswith(f".{named(b'aaaa').sha256}"):
            with (tmp_path / ".lock").open("w") as lock:
                try:
                    flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    held.append(how)
        flock(file, how)

    monkeypatch.setattr(fcntl, "flock", watched)
    with InputCache(tmp_path, 10).hold([named(b"aaaa")], Source(b"aaaa").open):
        assert held[:1] == [fcntl.LOCK_SH]


def test_a_copy_that_comes_later_does_not_replace_one_that_is_held(tmp_path: Path) -> None:
    cache, source, one = InputCache(tmp_path, 10), Source(b"aaaa"), named(b"aaaa")
    first: list[int] = []
    with ExitStack() as held:

        @contextmanager
        def late(sha256: str) -> Iterator[BinaryIO]:
            first.append(held.enter_context(cache.hold([one], source.open))[sha256].stat().st_ino)
            with source.open(sha256) as file:
                yield file

        with cache.hold([one], late) as paths:
            assert first == [paths[one.sha256].stat().st_ino]


def _use(folder: str, number: int) -> None:
    data = [bytes([65 + at]) * 100 for at in range(6)]
    source, cache = Source(*data), InputCache(Path(folder), 350)
    for turn in range(30):
        one = data[(turn * 7 + number) % len(data)]
        with cache.hold([named(one)], source.open) as paths:
            assert paths[named(one).sha256].read_bytes() == one


def test_several_processes_share_it(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=_use, args=(str(tmp_path), number)) for number in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(120)
    assert [process.exitcode for process in processes] == [0, 0, 0]
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 350
