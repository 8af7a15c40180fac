"""What `verify` found."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from synthmill.generators.datasets.differences import Difference

MAX_DIFFERENCES = 100
"""Differences that are described; further ones are counted."""


@dataclass(frozen=True)
class CheckedFile:
    name: str
    rows: int
    blocks: int
    blocks_checked: int
    present: bool
    """Whether the file lies beside the manifest, so that its bytes were compared."""
    whole: bool
    """Whether all of it was compared: every block, its beginning, its end, its sha256."""


@dataclass(frozen=True)
class Report:
    """What `verify` found. It is `intact` where nothing that was compared differs."""

    manifest: Path
    seed: int
    """The seed that chose the blocks."""
    files: tuple[CheckedFile, ...]
    differences: tuple[Difference, ...]
    """At most `MAX_DIFFERENCES` of them, in the order of the files."""
    differences_in_all: int

    @property
    def intact(self) -> bool:
        return not self.differences_in_all

    @property
    def blocks(self) -> int:
        return sum(file.blocks for file in self.files)

    @property
    def blocks_checked(self) -> int:
        return sum(file.blocks_checked for file in self.files)

    def to_dict(self) -> dict[str, Any]:
        return {
            "manifest": str(self.manifest),
            "intact": self.intact,
            "blocks": self.blocks,
            "blocks_checked": self.blocks_checked,
            "seed": self.seed,
            "files": [vars(file) for file in self.files],
            "differences": [difference.to_dict() for difference in self.differences],
            "differences_in_all": self.differences_in_all,
        }
