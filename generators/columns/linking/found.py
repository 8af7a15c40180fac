"""The rows that rows refer to, found once for each range of rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from synthmill.generators.columns.kind import Rows
from synthmill.generators.engine.cells import Flags
from synthmill.generators.kernels.mix import I64, U64

Find: TypeAlias = Callable[[Rows], I64]
"""For each row the number of one that it may refer to, -1 where there is none."""


@dataclass(frozen=True, eq=False)
class FoundRows:
    """Satisfies `rows_of` of a Column, and its `absent`."""

    find: Find
    bytes: int
    """That are held for it."""

    def __call__(self, rows: Rows) -> U64:
        return np.maximum(self._found(rows), 0).view(np.uint64)

    def absent(self, rows: Rows) -> Flags:
        missing: Flags = self._found(rows) < 0
        return missing

    def _found(self, rows: Rows) -> I64:
        return rows.once(self, lambda: self.find(rows))
