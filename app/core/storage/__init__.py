"""Where the bytes of datasets live: one Protocol, two homes (any S3-compatible store, a plain folder)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from synthmill.app.core.errors import MissingObjectError, StorageError
from synthmill.app.core.storage.folder import FolderStorage
from synthmill.app.core.storage.s3 import S3Storage
from synthmill.app.core.storage.storage import Stat, Storage

if TYPE_CHECKING:
    from synthmill.app.core.settings import Settings

__all__ = [
    "FolderStorage",
    "MissingObjectError",
    "S3Storage",
    "Stat",
    "Storage",
    "StorageError",
    "open_storage",
]


def open_storage(settings: Settings) -> Storage:
    """The storage that `settings.storage_url` names: `file:///absolute/path` or `s3://bucket/prefix`.

    Nothing is contacted or created yet; call `ensure()` once before the first write.
    """
    if settings.storage_url.startswith("file:///"):
        # Everything after the scheme is the path, letter by letter: a folder's name may hold '#', '?' or '%'.
        return FolderStorage(Path(settings.storage_url.removeprefix("file://")))
    url = urlsplit(settings.storage_url)
    if url.scheme == "s3" and url.netloc:
        return S3Storage(
            bucket=url.netloc,
            prefix=url.path.strip("/"),
            endpoint=settings.s3_endpoint,
            region=settings.s3_region,
            access_key=settings.s3_access_key,
            secret_key=settings.s3_secret_key,
            public_endpoint=settings.s3_public_endpoint,
        )
    raise StorageError("the storage address must be file:///absolute/path or s3://bucket/prefix")
