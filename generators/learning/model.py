"""A model: what was learnt, in one file whose sha256 is its name."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from synthmill.generators import limits
from synthmill.generators.engine.arrow_cells import to_batch
from synthmill.generators.errors import InvalidRequestError, did_you_mean
from synthmill.generators.learning.codecs.held import Held
from synthmill.generators.learning.conditions import conditioned
from synthmill.generators.learning.errors import ModelFileError
from synthmill.generators.learning.families.loading import load_tables
from synthmill.generators.learning.families.made import LearntTable, Made, made
from synthmill.generators.learning.table_model import TableModel
from synthmill.generators.learning.tensors import Tensors, read_tensors

FORMAT = 1
"""Of model files; others are refused."""
MEDIA_TYPE = "application/vnd.synthmill.model"
MAX_FILE_BYTES = 2**30
_BLOCK = 65_536


@dataclass(frozen=True, eq=False)
class Model:
    """Tables that were learnt. Equal fits of equal data are equal files; see `to_bytes`."""

    tables: tuple[LearntTable, ...]
    """Parents before children."""
    method: str
    """As asked for."""
    method_used: str
    privacy: Mapping[str, Any]
    warnings: tuple[str, ...]
    settings: Mapping[str, Any]

    @cached_property
    def _data(self) -> bytes:
        tensors = Tensors()
        tables = [one.save(tensors.part(at)) for at, one in enumerate(self.tables)]
        header = {
            "method": self.method,
            "method_used": self.method_used,
            "privacy": self.privacy,
            "warnings": list(self.warnings),
            "settings": self.settings,
            "tables": tables,
        }
        text = json.dumps(header, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return tensors.to_bytes({"synthmill_model": str(FORMAT), "model": text})

    def to_bytes(self) -> bytes:
        """The model file: safetensors, with a description in JSON."""
        return self._data

    def save(self, path: str | Path) -> None:
        Path(path).write_bytes(self._data)

    @cached_property
    def sha256(self) -> str:
        """Of the file: recipes of the strategy `model` name it by this."""
        return hashlib.sha256(self._data).hexdigest()

    @cached_property
    def description(self) -> dict[str, Any]:
        """What the model is: JSON-able, for people and for answers of the API."""
        return {
            "sha256": self.sha256,
            "bytes": len(self._data),
            "method": self.method,
            "method_used": self.method_used,
            "privacy": dict(self.privacy),
            "warnings": list(self.warnings),
            "settings": dict(self.settings),
            "tables": [
                {
                    "name": table.name,
                    "rows": table.rows,
                    "subjects": table.subjects,
                    "relations": table.relations if isinstance(table, TableModel) else [],
                    "columns": [
                        {
                            "name": one.name,
                            "role": one.role,
                            "type": str(one.codec.type),
                            "nullable": one.codec.nullable,
                        }
                        for one in table.visible
                    ],
                    **_kin(table),
                }
                for table in self.tables
            ],
        }

    def table(self, name: str) -> LearntTable:
        """Raises KeyError."""
        return {one.name: one for one in self.tables}[name]

    def sample(
        self,
        rows: int | Mapping[str, int] | None = None,
        seed: int = 0,
        columns: Sequence[str] | None = None,
        where: Mapping[str, Any] | None = None,
    ) -> dict[str, pa.Table]:
        """Tables made of the model: as many rows as asked for, or as the data had; row i is always the same.

        `columns` are those wanted of a model with one table, in its order; `where` what all rows hold, see
        `conditioned`. Raises InvalidRequestError.
        """
        if where is not None:
            return self.conditioned(where).sample(rows, seed, columns)
        made = self.made(rows, seed)
        found = {}
        for table in self.tables:
            schema = self._chosen(table, columns)
            total = made.rows[table.name]
            batches = [
                to_batch(
                    made.cells(
                        table.name,
                        np.arange(start, min(start + _BLOCK, total), dtype=np.uint64),
                        None if columns is None else schema.names,
                    ),
                    schema,
                )
                for start in range(0, total, _BLOCK)
            ]
            found[table.name] = pa.Table.from_batches(batches, schema)
        return found

    def made(self, rows: int | Mapping[str, int] | None, seed: int) -> Made:
        """The rows of all tables for a seed, of which any can be made alone. Raises InvalidRequestError."""
        check_seed(seed)
        return made(self.tables, seed, self.row_counts(rows))

    def conditioned(self, where: Mapping[str, Any]) -> Model:
        """A model whose rows all meet the conditions and are otherwise as those of this one that do.

        `where` has, by column, a value, a list of values, or {"min": .., "max": ..}, with limits included. It
        is fitted to rows that this model makes, so it needs no real data. Raises InvalidRequestError, also
        where next to no row meets them.
        """
        table = conditioned(self.check_conditions(), where)
        return replace(
            self, tables=(table,), settings={**self.settings, "where": dict(where), "model": self.sha256}
        )

    def check_conditions(self) -> TableModel:
        """The table that conditions are for. Raises InvalidRequestError for a model of several."""
        (first, *more) = self.tables
        if more or not isinstance(first, TableModel):
            raise InvalidRequestError.one("where", "is for a model of one table", "leave it out")
        return first

    def row_counts(self, rows: int | Mapping[str, int] | None) -> dict[str, int]:
        """How many rows each table that has no parent gets. Raises InvalidRequestError, fields from
        `rows`."""
        names = [one.name for one in self.tables]
        alone = [one.name for one in self.tables if isinstance(one, TableModel)]
        if rows is not None and not isinstance(rows, Mapping) and len(alone) > 1:
            raise InvalidRequestError.one(
                "rows", f"of which table isn't said: {', '.join(alone)}", f"such as {{{alone[0]}: 1000}}"
            )
        given = rows if isinstance(rows, Mapping) else {} if rows is None else {alone[0]: rows}
        for name, count in given.items():
            field = f"rows.{name}" if isinstance(rows, Mapping) else "rows"
            if name in names and name not in alone:
                (parent,) = (
                    one.parent for one in self.tables if one.name == name and not isinstance(one, TableModel)
                )
                raise InvalidRequestError.one(
                    field, f"how many rows {name} has follows from {parent}", f"say it of: {', '.join(alone)}"
                )
            if name not in names:
                near = did_you_mean(name, names)
                raise InvalidRequestError.one(
                    field, f"there is no table {name}{near}", f"tables: {', '.join(names)}"
                )
            if (
                isinstance(count, bool)
                or not isinstance(count, int)
                or not 1 <= count <= limits.MAX_TABLE_ROWS
            ):
                raise InvalidRequestError.one(
                    field, f"{count!r} isn't a number of rows", f"give 1 to {limits.MAX_TABLE_ROWS}"
                )
        learnt = {one.name: one.rows for one in self.tables}
        return {name: given.get(name, learnt[name]) for name in alone}

    @staticmethod
    def _chosen(table: LearntTable, columns: Sequence[str] | None) -> pa.Schema:
        if columns is None:
            return table.schema
        for name in columns:
            if name not in table.schema.names:
                near = did_you_mean(name, table.schema.names)
                raise InvalidRequestError.one(
                    "columns",
                    f"{table.name} has no column {name}{near}",
                    f"columns: {', '.join(table.schema.names)}",
                )
        return pa.schema([one for one in table.schema if one.name in columns])


def _kin(table: LearntTable) -> dict[str, Any]:
    """Whose rows a table's are, and how they follow from one another."""
    if isinstance(table, TableModel):
        return {}
    keys = {
        one.name: f"{one.codec.table}.{one.codec.key}" for one in table.columns if isinstance(one.codec, Held)
    }
    return {"keys": keys, "family": table.parent, "scheme": table.scheme}


def check_seed(seed: object) -> None:
    """Raises InvalidRequestError."""
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed <= limits.MAX_SEED:
        raise InvalidRequestError.one(
            "seed", "isn't a seed", f"give a whole number from 0 to {limits.MAX_SEED}"
        )


def load(source: bytes | str | Path) -> Model:
    """The model of a file or its bytes; nothing in it is run. Raises ModelFileError and OSError."""
    if isinstance(source, bytes):
        data = source
    else:
        path = Path(source)
        if path.stat().st_size > MAX_FILE_BYTES:
            raise ModelFileError(f"it has more than {MAX_FILE_BYTES:,} bytes")
        data = path.read_bytes()
    tensors, description = read_tensors(data)
    version = description.get("synthmill_model")
    if version != str(FORMAT):
        raise ModelFileError(
            "it isn't a model" if version is None else f"it is of version {version[:20]}, this reads {FORMAT}"
        )
    try:
        header = json.loads(description["model"])
        tables = load_tables(header["tables"], tensors)
        model = Model(
            tables,
            str(header["method"]),
            str(header["method_used"]),
            dict(header["privacy"]),
            tuple(map(str, header["warnings"])),
            dict(header["settings"]),
        )
    except ModelFileError:
        raise
    except (
        KeyError,
        TypeError,
        ValueError,
        IndexError,
        RecursionError,
        OverflowError,
        AttributeError,
    ) as error:
        raise ModelFileError(
            f"its description isn't one: {type(error).__name__} {str(error)[:80]}"
        ) from error
    if model.to_bytes() != data:
        raise ModelFileError("it holds more than a model does")
    return model
