"""Accounts that open and close, and what happens to them meanwhile."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from synthmill.generators.kernels.mix import I64
from tests.generators.worlds import rows_of

UNTIL = "2025-01-01T00:00:00Z"
DAY = 86_400 * 10**6
DURING = {"start": "opened", "end": "closed", "until": UNTIL}
OPENED = {"name": "opened", "kind": "timestamp", "start": "2018-01-01", "end": "2024-06-30"}
CLOSED = {
    "name": "closed",
    "kind": "later",
    "column": "opened",
    "min": "30d",
    "max": "2000d",
    "nulls": 0.6,
}
ACCOUNT = {"name": "account", "kind": "parent", "column": "id"}
AT = {"name": "at", "kind": "event_time"}


def events(
    name: str, *columns: dict[str, Any], rows: int | None = None, **children_of: Any
) -> dict[str, Any]:
    """A table of events of accounts; `at` and more columns."""
    of = {"table": "accounts", "during": DURING, **children_of}
    own = [ACCOUNT, *(() if any(one["name"] == "at" for one in columns) else (AT,)), *columns]
    return {"name": name, "rows": rows, "children_of": of, "columns": own}


def bank(accounts: int, *tables: dict[str, Any], columns: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    own = [{"name": "id", "kind": "sequence"}, OPENED, CLOSED, *columns]
    top = {"name": "accounts", "rows": accounts, "primary_key": ["id"], "columns": own}
    return {"tables": [top, *tables]}


def moments(array: pa.Array) -> I64:
    """In microseconds, those that are missing far away."""
    days = pa.types.is_date32(array.type)
    whole = (array.cast(pa.int32()) if days else array).cast(pa.int64())
    values: I64 = pc.fill_null(whole, 2**60).to_numpy(zero_copy_only=False)
    return np.where(values < 2**60, values * DAY, values) if days else values


def told(parameters: dict[str, Any], table: str = "tx", seed: int = 0) -> tuple[I64, I64, I64, I64]:
    """Of every event the account's place, the time, and when the account's life begins and ends."""
    accounts, made = rows_of(parameters, "accounts", seed=seed), rows_of(parameters, table, seed=seed)
    owners = made["account"].to_numpy() - 1
    first = moments(accounts["opened"])
    until = int(np.datetime64(UNTIL.removesuffix("Z"), "us").astype(np.int64))
    last = np.maximum(np.minimum(moments(accounts["closed"]), until), first)
    return owners, moments(made["at"]), first, last
