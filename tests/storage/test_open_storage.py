from __future__ import annotations

from pathlib import Path

import pytest

from synthmill.app.core.settings import Settings
from synthmill.app.core.storage import FolderStorage, S3Storage, StorageError, open_storage


def test_a_file_address_opens_a_folder_of_any_name(tmp_path: Path) -> None:
    storage = open_storage(Settings(data=tmp_path, storage_url=f"file://{tmp_path}/50% #1? ö"))
    assert isinstance(storage, FolderStorage)
    assert storage.root == tmp_path / "50% #1? ö"


def test_the_default_is_a_folder_in_the_data_folder(tmp_path: Path) -> None:
    storage = open_storage(Settings(data=tmp_path))
    assert isinstance(storage, FolderStorage)
    assert storage.root.is_relative_to(tmp_path)


def test_an_s3_address_opens_a_bucket() -> None:
    storage = open_storage(Settings(storage_url="s3://datasets/some/where/"))
    assert isinstance(storage, S3Storage)
    assert storage.bucket == "datasets"


@pytest.mark.parametrize("address", ["ftp://host/x", "file://relative", "s3://", "/plain/path"])
def test_other_addresses_are_refused(address: str) -> None:
    with pytest.raises(StorageError, match="storage address"):
        open_storage(Settings(storage_url=address))
