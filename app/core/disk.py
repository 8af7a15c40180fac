"""Whether there is room for more: a disk that is full stops the database too, so work stops before."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy.engine import make_url

from synthmill.app.core.errors import FullError
from synthmill.app.core.services import Services


def shortage(services: Services) -> str | None:
    """Which folder has less free than the settings ask for, in words; None where all have enough."""
    least = services.settings.min_free_bytes
    for folder in _folders(services):
        try:
            status = os.statvfs(folder)
        except OSError:
            continue  # Whoever needs the folder says so.
        free = status.f_bavail * status.f_frsize
        if free < least:
            return (
                f"the disk of {folder} is full: {free >> 20:,} MiB are free, "
                f"SYNTHMILL_MIN_FREE_BYTES asks for {least >> 20:,} MiB"
            )
    return None


def require_room(services: Services) -> None:
    """Raises FullError where nothing more should be begun; the folder's name goes into the log alone."""
    if shortage(services) is not None:
        raise FullError("the server's disk is full; nothing was accepted")


def _folders(services: Services) -> Iterator[Path]:
    settings = services.settings
    yield settings.data
    database = make_url(settings.database_url)
    if database.get_backend_name() == "sqlite":
        yield Path(database.database or "").parent
    if settings.storage_url.startswith("file://"):
        yield Path(settings.storage_url.removeprefix("file://"))
