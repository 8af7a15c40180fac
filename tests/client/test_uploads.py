"""Files that a client sends to its server."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from typing import Any

import pytest

from synthmill.client.client import Client
from synthmill.errors import NotFoundError, RefusedRequestError
from tests.client.server import RunningServer

CONTENT = b"id,name\n1,a\n" * 200_000
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "people.csv"
    file.write_bytes(CONTENT)
    return file


class Pipe(io.RawIOBase):
    """Bytes that come once."""

    def __init__(self, content: bytes) -> None:
        self._left = io.BytesIO(content)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._left.readinto(buffer)


def test_a_file_is_named_by_its_sha256_and_found_by_it(client: Client, file: Path) -> None:
    upload = client.upload(file)
    assert (upload.sha256, upload.size) == (SHA256, len(CONTENT))
    assert (upload.name, upload.media_type) == ("people.csv", "text/csv")
    assert list(client.uploads()) == list(client.uploads(sha256=SHA256)) == [upload]
    assert list(client.uploads(sha256="0" * 64)) == []


def test_the_same_bytes_are_the_same_upload(client: Client, file: Path) -> None:
    assert client.upload(file) == client.upload(io.BytesIO(CONTENT), name="other.csv")


def test_name_and_type_can_be_given(client: Client, file: Path) -> None:
    upload = client.upload(file, name="Müller & Co.bin", media_type="application/x-thing")
    assert (upload.name, upload.media_type) == ("Müller & Co.bin", "application/x-thing")


def test_an_open_file_is_sent_from_where_it_is(client: Client, file: Path) -> None:
    with file.open("rb") as opened:
        opened.seek(12)
        upload = client.upload(opened)
    assert (upload.sha256, upload.name) == (hashlib.sha256(CONTENT[12:]).hexdigest(), None)


def test_what_comes_once_is_sent_in_chunks(client: Client) -> None:
    upload = client.upload(io.BufferedReader(Pipe(CONTENT)))
    assert upload.sha256 == SHA256


def test_a_broken_connection_is_tried_again(client: Client, server: RunningServer, file: Path) -> None:
    server.network.lose_answer("/uploads")
    assert client.upload(file).sha256 == SHA256


def test_progress_is_told_to_the_last_byte(client: Client, file: Path) -> None:
    reported: list[tuple[int, int]] = []
    client.upload(file, on_bytes=lambda done, total: reported.append((done, total)))
    assert reported[-1] == (len(CONTENT), len(CONTENT))
    assert len(reported) == 3


def test_a_deleted_upload_is_gone(client: Client, file: Path) -> None:
    upload = client.upload(file)
    client.delete_upload(upload)
    assert list(client.uploads()) == []
    with pytest.raises(NotFoundError):
        client.delete_upload(upload.id)


def test_an_empty_file_is_refused(client: Client) -> None:
    with pytest.raises(RefusedRequestError, match="body"):
        client.upload(io.BytesIO())


def test_a_path_without_a_file_is_an_ordinary_error(client: Client, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        client.upload(tmp_path / "nothing.csv")
