"""Promises about single objects, held by every storage."""

from __future__ import annotations

import pytest

from synthmill.app.core.storage import MissingObjectError, Storage, StorageError


def test_what_is_put_can_be_read_again(storage: Storage) -> None:
    storage.put("jobs/1/orders.csv", b"id\n1\n")
    assert storage.get("jobs/1/orders.csv") == b"id\n1\n"


def test_an_empty_object_is_an_object(storage: Storage) -> None:
    storage.put("empty", b"")
    assert storage.get("empty") == b""
    assert list(storage.read("empty")) == []
    found = storage.stat("empty")
    assert found is not None and found.size == 0


def test_putting_again_replaces(storage: Storage) -> None:
    first = storage.put("a", b"first")
    second = storage.put("a", b"other bytes")
    assert storage.get("a") == b"other bytes"
    assert first != second


def test_the_etag_is_a_function_of_the_bytes(storage: Storage) -> None:
    etag = storage.put("a", b"bytes")
    assert etag == storage.put("b/c", b"bytes")
    found = storage.stat("b/c")
    assert found is not None and (found.size, found.etag) == (5, etag)


def test_a_missing_object_is_named(storage: Storage) -> None:
    with pytest.raises(MissingObjectError, match="jobs/none"):
        storage.get("jobs/none")
    assert storage.stat("jobs/none") is None


def test_reading_a_missing_object_fails_before_the_first_chunk(storage: Storage) -> None:
    with pytest.raises(MissingObjectError):
        storage.read("none")
    with pytest.raises(MissingObjectError):
        storage.read("none", 2, 4)


@pytest.mark.parametrize(
    ("start", "stop", "expected"),
    [
        (0, None, b"0123456789"),
        (3, None, b"3456789"),
        (3, 5, b"34"),
        (0, 1, b"0"),
        (9, 10, b"9"),
        (8, 99, b"89"),
        (10, None, b""),
        (42, 50, b""),
        (4, 4, b""),
    ],
)
def test_a_range_gives_its_bytes(storage: Storage, start: int, stop: int | None, expected: bytes) -> None:
    storage.put("digits", b"0123456789")
    assert b"".join(storage.read("digits", start, stop)) == expected


def test_reading_comes_in_chunks_of_at_most_a_mebibyte(storage: Storage) -> None:
    data = bytes(range(256)) * 12_289
    storage.put("large", data)
    chunks = list(storage.read("large"))
    assert max(map(len, chunks)) <= 1 << 20
    assert b"".join(chunks) == data


def test_reading_can_be_left_early(storage: Storage) -> None:
    storage.put("large", bytes(3 << 20))
    assert len(next(iter(storage.read("large")))) > 0
    assert storage.get("large") == bytes(3 << 20)


def test_deleting_passes_over_what_is_not_there(storage: Storage) -> None:
    storage.put("a/b", b"1")
    storage.put("a/c", b"2")
    storage.delete(["a/b", "a/none", "none"])
    storage.delete([])
    assert list(storage.list("")) == ["a/c"]


def test_listing_is_sorted_and_by_prefix(storage: Storage) -> None:
    keys = ["jobs/1/a", "jobs/1/b/c", "jobs/10/a", "jobs/2/a", "other"]
    for key in reversed(keys):
        storage.put(key, b"x")
    assert list(storage.list("")) == keys
    assert list(storage.list("jobs/1")) == keys[:3]
    assert list(storage.list("jobs/1/")) == keys[:2]
    assert list(storage.list("jobs/1/b")) == ["jobs/1/b/c"]
    assert list(storage.list("none/")) == []


def test_more_than_a_thousand_objects_are_listed_and_deleted(storage: Storage) -> None:
    keys = [f"many/{number:04}" for number in range(1005)]
    for key in keys:
        storage.put(key, b"")
    assert list(storage.list("many/")) == keys
    storage.delete_prefix("many/")
    assert list(storage.list("many/")) == []


def test_deleting_beneath_a_prefix_spares_the_neighbours(storage: Storage) -> None:
    for key in ("jobs/1/a", "jobs/1/b/c", "jobs/10/a"):
        storage.put(key, b"x")
    storage.delete_prefix("jobs/1/")
    assert list(storage.list("")) == ["jobs/10/a"]


@pytest.mark.parametrize("prefix", ["", "jobs/1", "/"])
def test_deleting_beneath_a_prefix_needs_a_folder(storage: Storage, prefix: str) -> None:
    with pytest.raises(StorageError):
        storage.delete_prefix(prefix)


@pytest.mark.parametrize(
    "key",
    [
        "",
        "/etc/passwd",
        "../x",
        "a/../../x",
        "a/./b",
        "a//b",
        "a/",
        ".uploads/x",
        "a\0b",
        "a\\b",
        "a\nb",
        "é" * 101,
    ],
)
def test_what_is_not_a_key_is_refused_everywhere(storage: Storage, key: str) -> None:
    for use in (
        lambda: storage.put(key, b""),
        lambda: storage.get(key),
        lambda: storage.read(key),
        lambda: storage.stat(key),
        lambda: storage.delete([key]),
        lambda: storage.begin(key),
    ):
        with pytest.raises(StorageError, match="not a key"):
            use()


def test_names_of_any_language_are_keys(storage: Storage) -> None:
    key = "données/заказы 1 (+&%#?)/ご注文.csv"
    storage.put(key, b"x")
    assert list(storage.list("données/")) == [key]
    assert storage.get(key) == b"x"


def test_a_ready_storage_passes_its_check(storage: Storage) -> None:
    storage.check()
    storage.ensure()
    storage.check()
