"""Both storages, so that each promise is held against both."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from synthmill.app.core.storage import FolderStorage, Storage
from tests.stack.embedded import s3_storage


@pytest.fixture(params=["folder", "s3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Storage]:
    """An empty storage; an S3 one lives beneath a prefix of its own on the test run's server."""
    if request.param == "folder":
        folder = FolderStorage(tmp_path / "objects")
        folder.ensure()
        yield folder
        return
    with s3_storage(
        request.getfixturevalue("seaweedfs"), "tests", prefix=f"run/{uuid.uuid4().hex}"
    ) as storage:
        yield storage


@pytest.fixture
def folder_storage(tmp_path: Path) -> FolderStorage:
    folder = FolderStorage(tmp_path / "objects")
    folder.ensure()
    return folder
