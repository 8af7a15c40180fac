"""Inputs: files and models that a recipe names by their sha256, and the caller who runs it provides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

InputPaths = Mapping[str, Path]
"""Where the inputs are on this machine, by sha256. Whoever makes the mapping has checked the bytes."""

NO_INPUTS: InputPaths = MappingProxyType({})


@dataclass(frozen=True)
class Input:
    """A file that a recipe needs; its bytes are part of what decides the values."""

    sha256: str
    """64 hexadecimal digits, lower case."""
    media_type: str
    """What the strategy reads it as: `text/csv`, `application/vnd.apache.parquet`."""
    field: str
    """The parameter that names it, as a path from the parameters' root: `tables[orders].file`."""

    def to_dict(self) -> dict[str, str]:
        return {"sha256": self.sha256, "media_type": self.media_type, "field": self.field}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Input:
        return cls(stored["sha256"], stored["media_type"], stored["field"])
