"""What is known of a stored file before its bytes are read: all that an answer with it says."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class StoredFile:
    name: str
    size: int
    etag: str
    """The root of a dataset's file; elsewhere, and with a manifest of version 1, a hash of its bytes."""
    sha256: str | None
    """Where it was made."""
    media_type: str
    key: str
    """Where storage has it."""
