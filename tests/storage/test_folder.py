"""What a folder storage promises beyond the common contract."""

from __future__ import annotations

import errno
import fcntl
import os
import random
import stat
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from synthmill.app.core.storage import FolderStorage, MissingObjectError, Stat, StorageError
from synthmill.app.core.storage.drafts import locked_draft


def hidden_files(storage: FolderStorage) -> list[Path]:
    """What lies in the storage's own folders, the notes of etags aside."""
    return [path for name in (".uploads", ".drafts") for path in (storage.root / name).rglob("*")]


def test_a_link_that_leads_out_is_not_followed(folder_storage: FolderStorage, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")
    (folder_storage.root / "file").symlink_to(secret)
    (folder_storage.root / "folder").symlink_to(tmp_path)
    for key in ("file", "folder/secret"):
        with pytest.raises(StorageError, match="leads out"):
            folder_storage.get(key)
        with pytest.raises(StorageError, match="leads out"):
            folder_storage.put(key, b"changed")
        with pytest.raises(StorageError, match="leads out"):
            folder_storage.delete([key])
    assert secret.read_bytes() == b"secret"
    with pytest.raises(StorageError, match="leads out"):
        list(folder_storage.list("folder/"))


def test_a_folder_is_not_an_object(folder_storage: FolderStorage) -> None:
    folder_storage.put("a/b", b"x")
    assert folder_storage.stat("a") is None
    folder_storage.delete(["a"])
    with pytest.raises(MissingObjectError):
        folder_storage.get("a")
    with pytest.raises(StorageError, match="can't store a"):
        folder_storage.put("a", b"x")
    with pytest.raises(StorageError, match="can't store a/b/c"):
        folder_storage.put("a/b/c", b"x")


def test_deleting_the_last_object_removes_its_folders(folder_storage: FolderStorage) -> None:
    folder_storage.put("a/b/c", b"x")
    folder_storage.delete(["a/b/c"])
    assert not (folder_storage.root / "a").exists()
    assert list((folder_storage.root / ".etags").iterdir()) == []


class KilledError(BaseException):
    """In the place of a process that ends here."""


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left"), KilledError()])
def test_an_upload_that_breaks_off_as_it_begins_is_none(
    folder_storage: FolderStorage, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    def full(path: Path, text: str) -> int:
        path.touch()  # The name still found room, its bytes don't.
        raise error

    with monkeypatch.context() as broken:
        broken.setattr(Path, "write_text", full)
        with pytest.raises((StorageError, KilledError)):
            folder_storage.begin("file")
    assert folder_storage.uploads("") == []
    if isinstance(error, OSError):
        assert hidden_files(folder_storage) == []


def test_a_finish_that_broke_off_leaves_nothing_and_can_be_done_again(
    folder_storage: FolderStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = folder_storage.begin("file")
    pieces = [(number, folder_storage.put_piece("file", upload, number, b"x" * 1000)) for number in (1, 2)]
    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(errno.ENOSPC, "No space left")))
        with pytest.raises(StorageError, match="can't finish file: No space left"):
            folder_storage.finish("file", upload, pieces)
    assert folder_storage.stat("file") is None
    assert list((folder_storage.root / ".drafts").iterdir()) == []
    folder_storage.finish("file", upload, pieces)
    assert folder_storage.get("file") == b"x" * 2000
    assert hidden_files(folder_storage) == []


def test_a_finish_that_died_before_clearing_up_can_be_done_again(
    folder_storage: FolderStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = folder_storage.begin("file")
    pieces = [(1, folder_storage.put_piece("file", upload, 1, b"x"))]
    with monkeypatch.context() as broken:
        broken.setattr(folder_storage._pieces, "drop", lambda *_: None)
        etag = folder_storage.finish("file", upload, pieces)
    assert folder_storage.uploads("") == [("file", upload)]
    assert folder_storage.finish("file", upload, pieces) == etag
    assert hidden_files(folder_storage) == []


def test_files_are_joined_where_the_kernel_can_not_help(
    folder_storage: FolderStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "copy_file_range", raising=False)
    upload = folder_storage.begin("file")
    data = [bytes([number]) * (3 << 20) for number in range(3)]
    pieces = [
        (number, folder_storage.put_piece("file", upload, number, piece))
        for number, piece in enumerate(data, start=1)
    ]
    folder_storage.finish("file", upload, pieces)
    assert folder_storage.get("file") == b"".join(data)


def test_a_piece_cut_short_by_a_power_cut_is_noticed(folder_storage: FolderStorage) -> None:
    for number, name in ((1, "joined"), (2, "2-*")):
        upload = folder_storage.begin("file")
        pieces = [(number, folder_storage.put_piece("file", upload, number, b"whole"))]
        (path,) = (folder_storage.root / ".uploads" / upload).glob(name)
        path.write_bytes(b"who")
        with pytest.raises(StorageError, match=f"piece {number} of file"):
            folder_storage.finish("file", upload, pieces)


def joined(storage: FolderStorage, upload: str) -> tuple[bytes, list[str]]:
    """What is together of an upload, and the names of the pieces that have files of their own."""
    folder = storage.root / ".uploads" / upload
    names = sorted(path.name.split("-")[0] for path in folder.iterdir() if "-" in path.name)
    return (folder / "joined").read_bytes(), names


def test_pieces_that_come_in_their_order_are_together_before_the_end(folder_storage: FolderStorage) -> None:
    upload = folder_storage.begin("file")
    etags = {number: folder_storage.put_piece("file", upload, number, b"%d" % number) for number in (1, 2)}
    assert joined(folder_storage, upload) == (b"12", [])
    etags |= {number: folder_storage.put_piece("file", upload, number, b"%d" % number) for number in (5, 4)}
    assert joined(folder_storage, upload) == (b"12", ["4", "5"])
    etags[3] = folder_storage.put_piece("file", upload, 3, b"3")
    assert joined(folder_storage, upload) == (b"12345", [])
    assert folder_storage.put_piece("file", upload, 2, b"2") == etags[2]
    assert joined(folder_storage, upload) == (b"12345", [])
    folder_storage.finish("file", upload, sorted(etags.items()))
    assert folder_storage.get("file") == b"12345"
    assert hidden_files(folder_storage) == []


def test_pieces_whose_turn_has_come_are_joined_by_whoever_comes(folder_storage: FolderStorage) -> None:
    upload = folder_storage.begin("file")
    for number in (*range(2, 13), 1, 14):
        folder_storage.put_piece("file", upload, number, b"%d " % number)
    whole = b"".join(b"%d " % number for number in range(1, 13))
    assert joined(folder_storage, upload) == (whole, ["14"])


def test_the_pieces_that_are_named_make_the_file_whatever_is_joined(folder_storage: FolderStorage) -> None:
    upload = folder_storage.begin("file")
    first, _, third = (folder_storage.put_piece("file", upload, n, b"old%d" % n) for n in (1, 2, 3))
    second = folder_storage.put_piece("file", upload, 2, b"new2")
    folder_storage.finish("file", upload, [(1, first), (2, second), (3, third)])
    assert folder_storage.get("file") == b"old1new2old3"
    upload = folder_storage.begin("other")
    first, second = (folder_storage.put_piece("other", upload, n, b"old%d" % n) for n in (1, 2))
    folder_storage.finish("other", upload, [(1, first)])
    assert folder_storage.get("other") == b"old1"


def test_what_a_writer_that_died_left_behind_the_last_piece_is_written_over(
    folder_storage: FolderStorage,
) -> None:
    upload = folder_storage.begin("file")
    first = folder_storage.put_piece("file", upload, 1, b"1")
    with (folder_storage.root / ".uploads" / upload / "joined").open("ab") as data:
        data.write(b"half of a pie")
    second = folder_storage.put_piece("file", upload, 2, b"2")
    folder_storage.finish("file", upload, [(1, first), (2, second)])
    assert folder_storage.get("file") == b"12"


def test_a_writer_that_stands_still_holds_up_neither_writers_nor_the_end(
    folder_storage: FolderStorage,
) -> None:
    upload = folder_storage.begin("file")
    etags = [folder_storage.put_piece("file", upload, 1, b"1")]
    with (folder_storage.root / ".uploads" / upload / "joined").open("rb") as data:
        fcntl.flock(data, fcntl.LOCK_EX)
        etags += [folder_storage.put_piece("file", upload, number, b"%d" % number) for number in (2, 3)]
        assert joined(folder_storage, upload) == (b"1", ["2", "3"])
        folder_storage.finish("file", upload, [*enumerate(etags, start=1)])
    assert folder_storage.get("file") == b"123"
    assert hidden_files(folder_storage) == []


def test_many_writers_of_one_file_lose_no_piece(folder_storage: FolderStorage) -> None:
    upload = folder_storage.begin("file")
    numbers = list(range(1, 200))
    shuffled = random.Random(3).sample(numbers, len(numbers))

    def put(number: int) -> tuple[int, str]:
        return number, folder_storage.put_piece("file", upload, number, b"%d," % number)

    with ThreadPoolExecutor(8) as pool:
        pieces = sorted(pool.map(put, shuffled))
    folder_storage.finish("file", upload, pieces)
    assert folder_storage.get("file") == b"".join(b"%d," % number for number in numbers)
    assert hidden_files(folder_storage) == []


def test_a_file_changed_by_hand_has_the_etag_of_its_bytes(folder_storage: FolderStorage) -> None:
    folder_storage.put("file", b"before")
    path = folder_storage.root / "file"
    path.write_bytes(b"after!")
    os.utime(path, ns=(1, 1))
    found = folder_storage.stat("file")
    assert found is not None and found.etag == folder_storage.put("other", b"after!")


def test_what_killed_processes_left_is_cleared_away_and_what_is_being_written_stays(
    folder_storage: FolderStorage,
) -> None:
    left = folder_storage.root / ".drafts" / "left"
    left.write_bytes(b"x")
    ended = folder_storage.root / ".uploads" / ("0" * 32)
    ended.mkdir()
    upload = folder_storage.begin("file")
    an_age_ago = time.time() - 7200
    for path in (ended, folder_storage.root / ".uploads" / upload):
        os.utime(path, (an_age_ago, an_age_ago))
    with locked_draft(folder_storage.root / ".drafts") as draft:
        folder_storage.tidy()
        assert draft.exists()
    assert not left.exists() and not ended.exists() and not draft.exists()
    assert folder_storage.uploads("") == [("file", upload)]


def test_a_folder_that_is_not_there_fails_its_check(tmp_path: Path) -> None:
    storage = FolderStorage(tmp_path / "none")
    with pytest.raises(StorageError, match="isn't there"):
        storage.check()
    storage.ensure()
    storage.check()
    assert stat.S_ISDIR((tmp_path / "none").stat().st_mode)


def test_a_folder_that_can_not_be_made_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StorageError, match="Not a directory"):
        FolderStorage(tmp_path / "file" / "objects").ensure()


def test_a_folder_has_no_links(folder_storage: FolderStorage) -> None:
    folder_storage.put("file", b"x")
    assert folder_storage.presign("file", 60, "file") is None


def test_a_hundred_files_finished_by_many_at_once_keep_their_etags(folder_storage: FolderStorage) -> None:
    def finish(number: int) -> str:
        return folder_storage.finish(f"jobs/{number}/file", *uploads[number])

    uploads = {}
    for number in range(100):
        upload = folder_storage.begin(f"jobs/{number}/file")
        pieces = [
            (piece, folder_storage.put_piece(f"jobs/{number}/file", upload, piece, bytes([piece]) * 1000))
            for piece in (1, 2, 3)
        ]
        uploads[number] = (upload, pieces)
    with ThreadPoolExecutor(8) as pool:
        etags = list(pool.map(finish, [number for number in range(100) for _ in range(6)]))
    assert len(set(etags)) == 1
    found = {folder_storage.stat(f"jobs/{number}/file") for number in range(100)}
    assert found == {Stat(3000, etags[0])}


def test_writing_and_deleting_neighbours_at_once_loses_nothing(folder_storage: FolderStorage) -> None:
    def write(number: int) -> bytes:
        key = f"shared/{number % 4}/{number}"
        folder_storage.put(key, str(number).encode())
        data = folder_storage.get(key)
        folder_storage.delete([key])
        return data

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(write, range(400))) == [str(number).encode() for number in range(400)]
    assert list(folder_storage.list("")) == []
