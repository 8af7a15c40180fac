"""What a caller gives as a dataset: a table, a DataFrame, or several of them by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import pyarrow as pa

from synthmill.generators.errors import InvalidRequestError, did_you_mean
from synthmill.generators.evaluation.sample import same_columns

ONLY = "data"
"""What a table is called that was given without a name."""


def tables_of(given: Any, field: str) -> dict[str, pa.Table]:
    """Arrow tables by name. Raises InvalidRequestError for anything else."""
    if not isinstance(given, Mapping):
        given = {ONLY: given}
    if not given:
        raise InvalidRequestError.one(field, "has no table", "give a table, or tables by name")
    return {
        str(name): _table(one, f"{field}.{name}" if len(given) > 1 else field) for name, one in given.items()
    }


def alike(real: Mapping[str, pa.Table], given: Any, field: str) -> dict[str, pa.Table]:
    """The tables of another dataset, with the real ones' names and columns. Raises InvalidRequestError for
    one that isn't there, and for one without rows."""
    found = tables_of(given, field)
    if len(real) == 1 and len(found) == 1:
        found = dict(zip(real, found.values(), strict=True))
    for name in real:
        if name not in found:
            near = did_you_mean(name, found)
            raise InvalidRequestError.one(field, f"there is no table {name!r}{near}", "give each real table")
    return {name: same_columns(table, found[name], field) for name, table in real.items()}


def _table(given: Any, field: str) -> pa.Table:
    if isinstance(given, pd.DataFrame):
        try:
            given = pa.Table.from_pandas(given, preserve_index=False)
        except (pa.ArrowException, TypeError, ValueError) as error:
            raise InvalidRequestError.one(
                field, f"can't be made an Arrow table: {error}", "give each column values of one type"
            ) from error
    if isinstance(given, pa.RecordBatch):
        given = pa.Table.from_batches([given])
    if not isinstance(given, pa.Table):
        raise InvalidRequestError.one(
            field, f"is a {type(given).__name__}", "give a pyarrow table, a DataFrame, or several by name"
        )
    if not given.num_rows:
        raise InvalidRequestError.one(field, "has no rows", "give at least forty")
    return given
