"""A table that was learnt: its columns' codecs, and the chain of their variables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pyarrow as pa

from synthmill.generators.engine.cells import Cells
from synthmill.generators.engine.type_names import type_named
from synthmill.generators.kernels.mix import I64, U64, key
from synthmill.generators.learning.chain import Chain, Link
from synthmill.generators.learning.codecs.by_kind import load_codec
from synthmill.generators.learning.codecs.codec import Codec, Drawn
from synthmill.generators.learning.errors import ModelFileError
from synthmill.generators.learning.tensors import Tensors
from synthmill.generators.learning.variables import Variable


@dataclass(frozen=True, eq=False)
class ColumnModel:
    """A column: what it is called, what it is for, and how it is made."""

    name: str
    role: str
    codec: Codec


@dataclass(frozen=True, eq=False)
class TableModel:
    """Columns in the table's order, and the chain of all their variables."""

    name: str
    rows: int
    """Of the data."""
    subjects: int
    columns: tuple[ColumnModel, ...]
    chain: Chain
    donors: bool
    hidden: int = 0
    """How many of the last columns aren't given back: what is known of a row's children together."""

    @cached_property
    def variables(self) -> tuple[Variable, ...]:
        return tuple(variable for column in self.columns for variable in column.codec.variables)

    @cached_property
    def places(self) -> Mapping[str, range]:
        """Of each column, where its variables stand among all."""
        found, at = {}, 0
        for column in self.columns:
            count = len(column.codec.variables)
            found[column.name] = range(at, at + count)
            at += count
        return found

    def cells(self, seed: int, rows: U64, total: int, names: Sequence[str] | None = None) -> dict[str, Cells]:
        """Cells of rows, by their numbers, of a table of `total` rows; of all columns or those named."""
        names = self.schema.names if names is None else names
        chosen = [one for one in self.columns if one.name in names]
        wanted = frozenset(place for one in chosen for place in self.places[one.name])
        drawn = self.drawn(seed, rows, wanted)
        found = {}
        for column in chosen:
            codes, left = zip(*(drawn[place] for place in self.places[column.name]), strict=True)
            place = seed, self.name, column.name
            found[column.name] = column.codec.cells(Drawn(codes, left, rows, total, place))
        return found

    def drawn(self, seed: int, rows: U64, wanted: frozenset[int]) -> Mapping[int, tuple[I64, U64]]:
        """By the places of the variables wanted: codes of rows, and what is left of their bits."""
        return self.chain.drawn(self.variables, self._keys(seed), rows, wanted)

    @property
    def visible(self) -> tuple[ColumnModel, ...]:
        return self.columns[: len(self.columns) - self.hidden]

    def _keys(self, seed: int) -> list[int]:
        return [
            key(seed, "model", self.name, column.name, str(at))
            for column in self.columns
            for at in range(len(column.codec.variables))
        ]

    @property
    def schema(self) -> pa.Schema:
        return pa.schema([pa.field(one.name, one.codec.type, one.codec.nullable) for one in self.visible])

    def save(self, tensors: Tensors) -> dict[str, Any]:
        columns = []
        for at, column in enumerate(self.columns):
            header = column.codec.save(tensors.part(f"c{at}"))
            columns.append(
                {
                    "name": column.name,
                    "role": column.role,
                    "type": str(column.codec.type),
                    "codec": column.codec.kind,
                    **header,
                }
            )
        for at, link in enumerate(self.chain.links):
            link.save(tensors.part(f"t{at}"))
        return {
            "name": self.name,
            "rows": self.rows,
            "subjects": self.subjects,
            "columns": columns,
            "order": list(self.chain.order),
            "donors": self.donors,
            **({"hidden": self.hidden} if self.hidden else {}),
        }

    @classmethod
    def load(cls, header: dict[str, Any], tensors: Tensors) -> TableModel:
        """Raises ModelFileError, and KeyError, TypeError or ValueError for a header that isn't one."""
        columns = []
        for at, one in enumerate(header["columns"]):
            codec = load_codec(str(one["codec"]), type_named(one["type"]), one, tensors.part(f"c{at}"))
            columns.append(ColumnModel(str(one["name"]), str(one["role"]), codec))
        if not columns or len({one.name for one in columns}) < len(columns):
            raise ModelFileError("its columns have no names of their own")
        variables = [variable for one in columns for variable in one.codec.variables]
        order, donors = tuple(header["order"]), bool(header["donors"])
        if sorted(order) != list(range(len(variables))):
            raise ModelFileError("its chain isn't of its variables")
        links = tuple(
            Link.load(tensors.part(f"t{at}"), variables[place], at, donors) for at, place in enumerate(order)
        )
        rows, subjects, hidden = header["rows"], header["subjects"], header.get("hidden", 0)
        if not isinstance(rows, int) or not isinstance(subjects, int):
            raise ModelFileError("its rows aren't counted")
        if not isinstance(hidden, int) or not 0 <= hidden < len(columns):
            raise ModelFileError("it gives none of its columns back")
        return cls(str(header["name"]), rows, subjects, tuple(columns), Chain(order, links), donors, hidden)
