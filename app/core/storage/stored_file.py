"""What is known of a stored file before its bytes are read: all that an answer with it says."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class StoredFile:
    name: str
    size: int
    sha256: str
    media_type: str
    key: str
    """Where storage has it."""
