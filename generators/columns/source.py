"""Another column, as one that looks at it sees it while the plan is made."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

import pyarrow as pa

from synthmill.generators.engine.cells import Cells
from synthmill.generators.engine.plan import Packing

if TYPE_CHECKING:
    from synthmill.generators.columns.joint_tables.table import JointDraw
    from synthmill.generators.columns.kind import Rows
    from synthmill.generators.columns.state_path import StatePath


@dataclass(frozen=True)
class Source:
    """Another column that a column looks at; `source.cells(rows)` is `rows.look(source.link, source.column)`.

    `type`, `nullable`, `width`, `unique`, `pii`, `state_path`, `values`, `packing`, `period`, `rises`,
    `joint` and `domain` are those of its Column, `filled` is the share of its cells that
    aren't null, `distinct` how many different ones there are, infinite where these are many.
    """

    table: str
    column: str
    link: str | None
    type: pa.DataType
    nullable: bool
    width: int
    unique: bool
    pii: bool
    state_path: StatePath | None = None
    values: int = 1
    packing: Packing = Packing.USUAL
    longest: int = 0
    """At least `width`."""
    period: tuple[int, int] | None = None
    rises: bool = False
    joint: JointDraw | None = None
    domain: pa.Array | None = None
    filled: float = 1.0
    distinct: float = inf

    def cells(self, rows: Rows) -> Cells:
        return rows.look(self.link, self.column)
