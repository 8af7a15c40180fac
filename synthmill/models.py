"""Models of real data: fitted in this process, kept in a file, and rows made of them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from synthmill.evaluation import evaluate, tables_in
from synthmill.generators import learning
from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.evaluation import Report as Evaluation
from synthmill.generators.learning.fitting import Report
from synthmill.generators.limits import MAX_NAME_LENGTH, NAME_PATTERN

_ONLY_TABLE = "table"


class Model:
    """A fitted model. `description` says what it was fitted to and what it protects; `sha256` is its name."""

    def __init__(self, learnt: learning.Model) -> None:
        self.learnt = learnt

    @classmethod
    def open(cls, path: str | Path) -> Model:
        """The model in a file. Raises ModelFileError, and OSError where there is none."""
        return cls(learning.load(path))

    @property
    def sha256(self) -> str:
        return self.learnt.sha256

    @property
    def description(self) -> dict[str, Any]:
        return self.learnt.description

    def sample(
        self,
        rows: int | Mapping[str, int] | None = None,
        *,
        seed: int = 0,
        columns: Sequence[str] | None = None,
        where: Mapping[str, Any] | None = None,
    ) -> Any:
        """Rows as a DataFrame, or a dict of them by table where there are several; as many as the data had
        unless `rows` says otherwise.

        Row i is the same for every number of rows, here and on a server. `where` fixes columns, such as
        `{"sex": "Female", "age": {"min": 18, "max": 30}}`. Raises InvalidRequestError.
        """
        made = self.learnt.sample(rows, seed, columns, where)
        frames = {name: table.to_pandas() for name, table in made.items()}
        return frames if len(frames) > 1 else next(iter(frames.values()))

    def report(self, real: Any, *, holdout: Any = None, seed: int = 0, **options: Any) -> Evaluation:
        """How rows of the model compare with the data that it was fitted to, by `synthmill.evaluate`.

        `real` and `holdout`, rows that it wasn't fitted to, are what `synthmill.fit` takes; `options` are
        those of `synthmill.evaluate`; `keys` are the model's own.
        """
        keys = {one["name"]: one["keys"] for one in self.description["tables"] if one.get("keys")}
        if keys:
            options.setdefault("keys", keys)
        names = [one.name for one in self.learnt.tables]
        given = [None if one is None else _tables_of(one) for one in (real, holdout)]
        if len(names) == 1:
            given = [None if one is None else {names[0]: next(iter(one.values()))} for one in given]
        return evaluate(given[0], self.learnt.sample(seed=seed), holdout=given[1], seed=seed, **options)

    def save(self, path: str | Path) -> None:
        """Write the model file: safetensors with a description, the same bytes for the same model."""
        self.learnt.save(path)

    def __repr__(self) -> str:
        tables = ", ".join(f"{one.name} ({one.rows:,} rows)" for one in self.learnt.tables)
        return f"<Model {self.sha256[:12]} of {tables}>"


def fit(
    data: Any,
    *,
    method: str = "auto",
    roles: Mapping[str, Any] | None = None,
    privacy: str | Mapping[str, Any] = "careful",
    report: Report | None = None,
    **options: Any,
) -> Model:
    """Fit a model to a DataFrame, an Arrow table, a file or a Dataset: `synthmill.fit(df).sample(1000)`.

    Several tables by name, or a folder of files, are learnt together: `keys` say which columns hold keys of
    others, as {"orders": {"customer_id": "customers.id"}}, where names and values don't show it.

    `roles` say what columns are for where it isn't as it is found, as {column: role} or {table: {column:
    role}}; docs/learning.md lists them, and the other options. `privacy={"epsilon": 1.0, "bounds": {"age":
    {"min": 0, "max": 120}}}` fits with differential privacy (docs/learning-privacy.md).

    Raises InvalidRequestError, which names what is wrong, and OSError for a file that isn't there.
    """
    tables = _tables_of(data)
    if roles is not None and not isinstance(roles, Mapping):
        raise InvalidRequestError.one("roles", f"is a {type(roles).__name__}", "give {column: role}")
    by_table = dict(roles or {})
    if by_table and all(isinstance(role, str) for role in by_table.values()) and len(tables) == 1:
        by_table = {next(iter(tables)): by_table}
    if isinstance(privacy, Mapping) and len(tables) == 1:
        privacy = learning.for_table(privacy, next(iter(tables)))
    raw = {"method": method, "roles": by_table, "privacy": privacy, **options}
    return Model(learning.fit(tables, learning.fit_options(raw), report=report))


def _tables_of(data: Any) -> dict[str, pa.Table]:
    """Arrow tables by names that they may have."""
    found = tables_in(data, "data")
    if isinstance(data, str | Path):
        found = {_name_of(name): one for name, one in found.items()}
    elif not isinstance(found, Mapping):
        found = {_ONLY_TABLE: found}
    return {name: _arrow(name, one) for name, one in found.items()}


def _name_of(file: str) -> str:
    name = re.sub(r"[^A-Za-z0-9_]", "_", file)[:MAX_NAME_LENGTH]
    return name if NAME_PATTERN.match(name) else f"_{name}"[:MAX_NAME_LENGTH]


def _refuse_index(name: str, frame: pd.DataFrame) -> None:
    """An index of data would be lost without a word; one of row numbers says nothing."""
    index = frame.index
    if index.nlevels == 1 and index.name is None and pd.api.types.is_integer_dtype(index.dtype):
        return
    named = ", ".join("without a name" if one is None else str(one) for one in index.names)
    raise InvalidRequestError.one(
        f"tables[{name}]",
        f"has an index that isn't of row numbers ({named}, {index.dtype}), and an index isn't learnt from",
        "frame.reset_index() makes columns of it, frame.reset_index(drop=True) leaves it out",
    )


def _arrow(name: str, data: Any) -> pa.Table:
    if isinstance(data, pa.Table):
        return data
    if not isinstance(data, pd.DataFrame):
        raise InvalidRequestError.one(
            f"tables[{name}]", f"is a {type(data).__name__}", "give a DataFrame, an Arrow table or a file"
        )
    _refuse_index(name, data)
    try:
        return pa.Table.from_pandas(data, preserve_index=False).replace_schema_metadata(None)
    except (pa.ArrowException, TypeError, ValueError, OverflowError) as error:
        reason = f"can't be read as a table: {error}"
        fix = "give columns of one type each, names that differ, and whole numbers of at most 64 bits"
        raise InvalidRequestError.one(f"tables[{name}]", reason, fix) from error
