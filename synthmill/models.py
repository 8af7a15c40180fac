"""Models of real data: fitted in this process, kept in a file, and rows made of them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import pandas as pd
import pyarrow as pa

from synthmill.generators import learning
from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.importing.table_file import FORMS, read_table_file
from synthmill.generators.learning.fitting import Report
from synthmill.generators.limits import MAX_NAME_LENGTH, NAME_PATTERN

Data: TypeAlias = pd.DataFrame | pa.Table | str | Path
"""A table, or the file that holds one: CSV, Parquet, JSON Lines or JSON by its name."""
_FORM_OF = {"pq": "parquet", "ndjson": "jsonl"}
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

    def save(self, path: str | Path) -> None:
        """Write the model file: safetensors with a description, the same bytes for the same model."""
        self.learnt.save(path)

    def __repr__(self) -> str:
        tables = ", ".join(f"{one.name} ({one.rows:,} rows)" for one in self.learnt.tables)
        return f"<Model {self.sha256[:12]} of {tables}>"


def fit(
    data: Data | Mapping[str, Data],
    *,
    method: str = "auto",
    roles: Mapping[str, Any] | None = None,
    privacy: str = "careful",
    report: Report | None = None,
    **options: Any,
) -> Model:
    """Fit a model to a DataFrame, an Arrow table or a file: `synthmill.fit(df).sample(1000)`.

    `roles` say what columns are for where it isn't as it is found, as {column: role} or {table: {column:
    role}}; docs/learning.md lists them, and the other options. Raises InvalidRequestError, which names what
    is wrong, and OSError for a file that isn't there.
    """
    given = data if isinstance(data, Mapping) else {_name_of(data): data}
    tables = {name: _table_of(name, one) for name, one in given.items()}
    by_table = dict(roles or {})
    if by_table and all(isinstance(role, str) for role in by_table.values()) and len(tables) == 1:
        by_table = {next(iter(tables)): by_table}
    raw = {"method": method, "roles": by_table, "privacy": privacy, **options}
    return Model(learning.fit(tables, learning.fit_options(raw), report=report))


def _name_of(data: Data) -> str:
    if not isinstance(data, str | Path):
        return _ONLY_TABLE
    name = re.sub(r"[^A-Za-z0-9_]", "_", Path(data).name.split(".")[0])[:MAX_NAME_LENGTH]
    return name if NAME_PATTERN.match(name) else f"_{name}"[:MAX_NAME_LENGTH]


def _table_of(name: str, data: Data) -> pa.Table:
    if isinstance(data, pa.Table):
        return data
    if isinstance(data, pd.DataFrame):
        try:
            return pa.Table.from_pandas(data, preserve_index=False).replace_schema_metadata(None)
        except (pa.ArrowException, TypeError) as error:
            raise InvalidRequestError.one(
                f"tables[{name}]", f"can't be read as a table: {error}", "give columns of one type each"
            ) from error
    path = Path(data)
    ending = path.suffix.lower().removeprefix(".")
    form = _FORM_OF.get(ending, ending)
    return read_table_file(path, name, form if form in FORMS else "csv")
