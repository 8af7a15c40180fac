"""The states of an upload. They move forward only."""

from __future__ import annotations

from enum import StrEnum


class UploadState(StrEnum):
    RECEIVING = "receiving"
    """Its bytes are coming; nobody can see it."""
    STORED = "stored"
    """All bytes are there, and their sha256 is known."""
    REMOVING = "removing"
    """Nobody can see it any more; its object, or what there is of it, is being removed."""
