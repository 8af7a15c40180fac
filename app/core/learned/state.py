"""The states of a model. They move forward only."""

from __future__ import annotations

from enum import StrEnum


class ModelState(StrEnum):
    STORING = "storing"
    """Its job has fitted it, and hasn't completed yet; nobody can see it."""
    STORED = "stored"
    REMOVING = "removing"
    """Nobody can see it any more; its object is being removed."""
