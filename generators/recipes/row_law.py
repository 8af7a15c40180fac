"""How the rows of a template's other tables follow from those of its main table."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from synthmill.generators import limits
from synthmill.generators.schema.fields import refused
from synthmill.generators.schema.json_values import shown

_RATIO = re.compile(r"\d{1,12}(\.\d{1,18}|/[1-9]\d{0,11})?\Z", re.ASCII)
_COUNT = {"type": "integer", "minimum": 1, "maximum": limits.MAX_TABLE_ROWS}
ROW_LAW_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "ratio": {"type": ["number", "string"], "description": "a decimal or a fraction such as 1/3"},
        "rows": {**_COUNT, "description": "how many, where the main table has its default_rows or more"},
        "least": {**_COUNT, "description": "how many at least, where it has fewer; left out, they stay"},
    },
    "additionalProperties": False,
}


@dataclass(frozen=True)
class RowLaw:
    """A ratio of the main table's rows, or a number of rows."""

    ratio: Fraction | None = None
    rows: int | None = None
    least: int | None = None
    """Where it is given, `rows` shrink with the square root of the main table's, down to this."""

    def count(self, main_rows: int, default_rows: int) -> int:
        """Rows where the main table has so many, and by default `default_rows`.

        With `least`: ceil(rows * sqrt(main_rows / default_rows)), from `least` to `rows`: a shop with a
        hundredth of the orders has a tenth of the products. Whole numbers, so that it is the same everywhere.

        >>> law = RowLaw(rows=5000, least=10)
        >>> [law.count(main, 1_000_000) for main in (1, 50, 10_000, 1_000_000, 10**9)]
        [10, 36, 500, 5000, 5000]
        """
        if self.ratio is not None:
            return max(1, math.ceil(self.ratio * main_rows))
        assert self.rows is not None
        if self.least is None or main_rows >= default_rows:
            return self.rows
        # The least whole number whose square is at least rows ** 2 * main_rows / default_rows.
        square = -(-self.rows * self.rows * main_rows // default_rows)
        return min(self.rows, max(self.least, math.isqrt(square - 1) + 1))

    def to_dict(self) -> dict[str, Any]:
        """As a template's file says it."""
        if self.ratio is not None:
            return {"ratio": str(self.ratio)}
        return {"rows": self.rows} | ({} if self.least is None else {"least": self.least})


def row_law(given: object) -> RowLaw:
    """The law that a template's file gives. Raises marshmallow's ValidationError."""
    if not isinstance(given, Mapping) or set(given) not in ({"ratio"}, {"rows"}, {"rows", "least"}):
        raise refused(
            "must be an object with either ratio or rows, and with rows perhaps least", "such as {rows: 20}"
        )
    if "ratio" in given:
        return RowLaw(ratio=_ratio(given["ratio"]))
    rows = _count(given["rows"], limits.MAX_TABLE_ROWS)
    return RowLaw(rows=rows, least=_count(given["least"], rows) if "least" in given else None)


def _count(given: object, most: int) -> int:
    if not isinstance(given, int) or isinstance(given, bool) or not 1 <= given <= most:
        raise refused(f"{shown(given)} isn't a number of rows", f"give 1 to {most}")
    return given


def _ratio(given: object) -> Fraction:
    # YAML has made a float of 0.4 by now; its shortest text is the decimal that the file says.
    text = f"{Decimal(str(given)):f}" if isinstance(given, float) else str(given)
    if not _RATIO.match(text) or Fraction(text) == 0:
        raise refused(f"{shown(given)} isn't a ratio: a decimal or a fraction greater than 0", "such as 0.4")
    return Fraction(text)
