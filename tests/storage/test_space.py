"""What is deleted gives its space back, in the time that docs/operations.md says."""

from __future__ import annotations

import secrets
import time
from pathlib import Path

import pytest

from tests.stack.embedded import BUCKET, running_seaweedfs, s3_storage

_OBJECT = 2_000_000
_COUNT = 20
_MINUTES = 3.5


@pytest.mark.night
def test_the_embedded_s3_servers_folder_shrinks_when_objects_are_deleted(tmp_path: Path) -> None:
    with running_seaweedfs(tmp_path) as server, s3_storage(server, BUCKET) as storage:
        for number in range(_COUNT):
            storage.put(f"jobs/deleted/{number}", secrets.token_bytes(_OBJECT))
        storage.put("jobs/kept/1", b"kept")
        assert _size(tmp_path) > _COUNT * _OBJECT
        storage.delete_prefix("jobs/deleted/")
        end = time.monotonic() + _MINUTES * 60
        while _size(tmp_path) > _COUNT * _OBJECT / 10:
            assert time.monotonic() < end, f"{_size(tmp_path):,} bytes are left"
            time.sleep(1)
        assert storage.get("jobs/kept/1") == b"kept"


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
