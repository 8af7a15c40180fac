"""Promises about files made of pieces, held by every storage."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor

import pytest

from synthmill.app.core.errors import MissingObjectError, MissingUploadError
from synthmill.app.core.storage import Storage, StorageError

MINIMUM = 5 << 20


def piece(number: int, size: int = MINIMUM) -> bytes:
    return hashlib.sha256(str(number).encode()).digest() * (size // 32)


def test_pieces_in_any_order_and_with_gaps_make_one_file(storage: Storage) -> None:
    upload = storage.begin("jobs/1/orders.csv")
    last = b"the last one may be short"
    etags = {
        900: storage.put_piece("jobs/1/orders.csv", upload, 900, last),
        2: storage.put_piece("jobs/1/orders.csv", upload, 2, piece(2)),
        1: storage.put_piece("jobs/1/orders.csv", upload, 1, piece(1)),
    }
    etag = storage.finish("jobs/1/orders.csv", upload, sorted(etags.items()))
    assert storage.get("jobs/1/orders.csv") == piece(1) + piece(2) + last
    found = storage.stat("jobs/1/orders.csv")
    assert found is not None and found.etag == etag
    assert storage.uploads("") == []


def test_an_unfinished_file_is_not_there(storage: Storage) -> None:
    upload = storage.begin("a/file")
    storage.put_piece("a/file", upload, 1, b"1")
    assert storage.stat("a/file") is None
    assert list(storage.list("")) == []
    assert storage.uploads("a/") == [("a/file", upload)]


def test_a_piece_put_twice_has_the_same_etag(storage: Storage) -> None:
    upload = storage.begin("file")
    first = storage.put_piece("file", upload, 1, b"same")
    assert storage.put_piece("file", upload, 1, b"same") == first
    storage.finish("file", upload, [(1, first)])
    assert storage.get("file") == b"same"


def test_an_object_becomes_a_piece_as_if_its_bytes_had_been_put(storage: Storage) -> None:
    storage.put("pieces/0", piece(0))
    storage.put("pieces/1", b"the end")
    upload = storage.begin("file")
    pieces = [
        (1, storage.copy_piece("file", upload, 1, "pieces/0")),
        (2, storage.put_piece("file", upload, 2, piece(2))),
        (3, storage.copy_piece("file", upload, 3, "pieces/1")),
    ]
    storage.delete(["pieces/0", "pieces/1"])
    storage.finish("file", upload, pieces)
    assert storage.get("file") == piece(0) + piece(2) + b"the end"


def test_an_object_that_is_not_there_becomes_no_piece(storage: Storage) -> None:
    upload = storage.begin("file")
    with pytest.raises(MissingObjectError):
        storage.copy_piece("file", upload, 1, "nothing")


def test_no_piece_is_copied_into_an_upload_that_is_over(storage: Storage) -> None:
    storage.put("pieces/0", b"0")
    upload = storage.begin("file")
    storage.abort("file", upload)
    with pytest.raises((MissingObjectError, MissingUploadError)):
        storage.copy_piece("file", upload, 1, "pieces/0")


def test_finishing_again_answers_the_same(storage: Storage) -> None:
    upload = storage.begin("file")
    pieces = [
        (1, storage.put_piece("file", upload, 1, piece(1))),
        (2, storage.put_piece("file", upload, 2, b"2")),
    ]
    etag = storage.finish("file", upload, pieces)
    assert storage.finish("file", upload, pieces) == etag
    assert storage.get("file") == piece(1) + b"2"


def test_many_may_finish_at_once(storage: Storage) -> None:
    upload = storage.begin("file")
    pieces = [(number, storage.put_piece("file", upload, number, piece(number))) for number in range(1, 4)]
    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(lambda _: storage.finish("file", upload, pieces), range(8)))
    assert len(answers) == 1
    assert storage.get("file") == piece(1) + piece(2) + piece(3)


def test_a_wrong_etag_is_refused_and_the_upload_stays(storage: Storage) -> None:
    upload = storage.begin("file")
    right = storage.put_piece("file", upload, 1, b"right")
    with pytest.raises(StorageError):
        storage.finish("file", upload, [(1, hashlib.md5(b"wrong").hexdigest())])
    assert storage.stat("file") is None
    storage.finish("file", upload, [(1, right)])
    assert storage.get("file") == b"right"


def test_a_missing_piece_is_refused(storage: Storage) -> None:
    upload = storage.begin("file")
    etag = storage.put_piece("file", upload, 1, b"1")
    with pytest.raises(StorageError):
        storage.finish("file", upload, [(1, etag), (2, etag)])
    assert storage.stat("file") is None


@pytest.mark.parametrize("numbers", [[], [2, 1], [1, 1], [0], [10_001]])
def test_pieces_must_be_named_in_rising_order(storage: Storage, numbers: list[int]) -> None:
    upload = storage.begin("file")
    etag = storage.put_piece("file", upload, 1, b"1")
    with pytest.raises(StorageError):
        storage.finish("file", upload, [(number, etag) for number in numbers])


@pytest.mark.parametrize("number", [0, 10_001, -1])
def test_piece_numbers_have_bounds(storage: Storage, number: int) -> None:
    upload = storage.begin("file")
    with pytest.raises(StorageError, match="1 to 10000"):
        storage.put_piece("file", upload, number, b"")


def test_an_aborted_upload_is_gone(storage: Storage) -> None:
    upload = storage.begin("file")
    etag = storage.put_piece("file", upload, 1, b"1")
    storage.abort("file", upload)
    storage.abort("file", upload)
    assert storage.uploads("") == []
    with pytest.raises(StorageError):
        storage.finish("file", upload, [(1, etag)])
    with pytest.raises(StorageError):
        storage.put_piece("file", upload, 1, b"1")
    assert storage.stat("file") is None


def test_an_older_file_is_not_taken_for_an_aborted_upload(storage: Storage) -> None:
    storage.put("file", b"older")
    upload = storage.begin("file")
    etag = storage.put_piece("file", upload, 1, b"newer")
    storage.abort("file", upload)
    with pytest.raises(StorageError):
        storage.finish("file", upload, [(1, etag)])
    assert storage.get("file") == b"older"


def test_an_upload_belongs_to_its_key(storage: Storage) -> None:
    upload = storage.begin("file")
    with pytest.raises(StorageError):
        storage.put_piece("other", upload, 1, b"1")


def test_an_upload_id_is_not_a_path(storage: Storage) -> None:
    for upload in ("../objects", "..", "", "x" * 5000):
        with pytest.raises(StorageError):
            storage.put_piece("file", upload, 1, b"1")
        with pytest.raises(StorageError):
            storage.finish("file", upload, [(1, hashlib.md5(b"1").hexdigest())])


def test_uploads_are_listed_by_prefix(storage: Storage) -> None:
    one, two, ten = (storage.begin(key) for key in ("jobs/1/a", "jobs/1/b", "jobs/10/a"))
    assert storage.uploads("jobs/1/") == [("jobs/1/a", one), ("jobs/1/b", two)]
    assert storage.uploads("jobs/10/") == [("jobs/10/a", ten)]
    assert len(storage.uploads("")) == 3


def test_deleting_beneath_a_prefix_ends_its_uploads(storage: Storage) -> None:
    storage.put("jobs/1/a", b"x")
    upload = storage.begin("jobs/1/b")
    storage.put_piece("jobs/1/b", upload, 1, b"1")
    other = storage.begin("jobs/10/b")
    storage.delete_prefix("jobs/1/")
    assert storage.uploads("") == [("jobs/10/b", other)]
    assert list(storage.list("")) == []
