from __future__ import annotations

import hashlib
import io
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.command.conftest import Run

CONTENT = b"id,name\n1,a\n"
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "people.csv"
    file.write_bytes(CONTENT)
    return file


def test_an_upload_prints_the_sha256_alone_on_stdout(run_there: Run, file: Path) -> None:
    sent = run_there("upload", file)
    assert (sent.code, sent.out) == (0, f"{SHA256}\n")
    assert "12 bytes" in sent.err


def test_uploads_are_listed_with_name_and_type(run_there: Run, file: Path) -> None:
    run_there("upload", file, "--name", "a.csv", "--media-type", "text/plain")
    (listed,) = run_there("uploads", "list", "--json").json
    assert (listed["name"], listed["media_type"], listed["sha256"]) == ("a.csv", "text/plain", SHA256)
    assert listed["id"] in run_there("uploads", "list").out


def test_stdin_can_be_uploaded(run_there: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(CONTENT)))
    assert run_there("upload", "-", "--json").json["sha256"] == SHA256


def test_a_deleted_upload_is_gone(run_there: Run, file: Path) -> None:
    made = run_there("upload", file, "--json").json
    assert run_there("uploads", "delete", made["id"]).out == f"{made['id']} deleted\n"
    assert run_there("uploads", "list", "--json").json == []
    assert run_there("uploads", "delete", made["id"]).code == 4


def test_a_file_that_is_not_there_is_a_wrong_request(run_there: Run) -> None:
    assert run_there("upload", "nothing.csv").code == 2
