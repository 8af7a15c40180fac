"""Tables of rows as JSON has them."""

from __future__ import annotations

from typing import Any

import pyarrow as pa


def tables_of_rows(name: str, rows: list[dict[str, Any]]) -> dict[str, pa.Table]:
    return {name: pa.Table.from_pylist(rows)}
