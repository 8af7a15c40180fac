"""The children of some rows, as `Rows.children` gives them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from synthmill.generators.kernels.mix import I64

if TYPE_CHECKING:
    from synthmill.generators.columns.kind import Rows


@dataclass(frozen=True, eq=False)
class Children:
    """The children of rows `start` to `stop - 1` of those that were asked about."""

    start: int
    stop: int
    rows: Rows
    """The children, in order."""
    counts: I64
    """How many each of the rows has."""
