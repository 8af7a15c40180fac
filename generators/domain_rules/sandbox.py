"""Where domain rules' queries run: a database in memory that holds the tables, and reaches nothing else."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.types as pt

_SETTINGS = {
    "threads": 1,
    "python_enable_replacements": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
}


@dataclass(frozen=True)
class RuleLimits:
    """What the rules of a dataset may take together. DuckDB doesn't count the text that it holds."""

    seconds: float = 300.0
    memory_bytes: int = 4 * 2**30


@contextmanager
def sandbox(tables: Mapping[str, pa.Table], limits: RuleLimits) -> Iterator[Any]:
    """A connection to a database of these tables: no file, no network, no extension, no spilling to disk.

    Times are in UTC, without a zone. Queries are interrupted once the time is up.
    """
    import duckdb

    memory = f"{limits.memory_bytes // 2**20}MiB"
    with duckdb.connect(":memory:", config={**_SETTINGS, "memory_limit": memory}) as connection:
        for name, rows in tables.items():
            connection.register(name, _without_zone(rows))
        connection.execute("SET temp_directory = ''")
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        timer = threading.Timer(limits.seconds, connection.interrupt)
        timer.daemon = True
        timer.start()
        try:
            yield connection
        finally:
            timer.cancel()


def _without_zone(rows: pa.Table) -> pa.Table:
    """The same rows, times of UTC written as such: a query's own zone is nobody's business."""
    for at, field in enumerate(rows.schema):
        if pt.is_timestamp(field.type) and field.type.tz is not None:
            plain = rows.column(at).cast(pa.timestamp(field.type.unit))
            rows = rows.set_column(at, field.name, plain)
    return rows
