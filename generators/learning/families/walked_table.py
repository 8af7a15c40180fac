"""A table of families that was learnt: its columns' codecs, and the walk that draws their variables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from synthmill.generators.engine.type_names import type_named
from synthmill.generators.kernels.learning.walks import Families, Walk, Walked, walked
from synthmill.generators.kernels.mix import key
from synthmill.generators.learning.chain import Link
from synthmill.generators.learning.codecs.by_kind import load_codec
from synthmill.generators.learning.codecs.category import Category
from synthmill.generators.learning.codecs.gap import Gap
from synthmill.generators.learning.codecs.held import Held
from synthmill.generators.learning.codecs.number import Number
from synthmill.generators.learning.errors import ModelFileError
from synthmill.generators.learning.families.layout import Layout, Seen, Step
from synthmill.generators.learning.families.walking import laid_out
from synthmill.generators.learning.table_model import ColumnModel
from synthmill.generators.learning.tensors import Tensors
from synthmill.generators.learning.variables import Variable

SCHEMES = ("walk", "whole", "needed")
"""walk    rows follow from the family's row and the rows before
whole   also from what all rows of the family come to, which is drawn first
needed  also from what is left to come to that"""


@dataclass(frozen=True, eq=False)
class WalkedTable:
    """Rows that belong to rows of another table, family by family."""

    name: str
    rows: int
    """Of the data."""
    subjects: int
    columns: tuple[ColumnModel, ...]
    """In the table's order; the last `hidden` of them aren't given back."""
    hidden: int
    parent: str
    column: str
    """That holds the parent's keys."""
    scheme: str
    since: str | None
    """The parent's time that the first row's is counted from; None if that is a time by itself."""
    family: tuple[Seen, ...]
    """The variables of the parent."""
    bits: Mapping[int, Variable]
    """By the place of a column: whether its cell is that of the row before."""
    links: tuple[Link, ...]
    donors: bool

    @cached_property
    def _laid(self) -> tuple[Layout, list[list[int]]]:
        return layout_of(self.columns, self.bits, self.family, self.scheme)

    @property
    def layout(self) -> Layout:
        return self._laid[0]

    @property
    def steps_of(self) -> list[list[int]]:
        """Of each column, which steps its variables are."""
        return self._laid[1]

    @cached_property
    def step_names(self) -> dict[int, tuple[str, int]]:
        """Of each step that isn't a bit its column, and which of its variables it is."""
        return step_names(self.columns, self.steps_of)

    @property
    def visible(self) -> tuple[ColumnModel, ...]:
        return self.columns[: len(self.columns) - self.hidden]

    @property
    def schema(self) -> pa.Schema:
        return pa.schema([pa.field(one.name, one.codec.type, one.codec.nullable) for one in self.visible])

    @cached_property
    def gap(self) -> Gap | None:
        return next((one.codec for one in self.columns if isinstance(one.codec, Gap)), None)

    @cached_property
    def walk(self) -> Walk:
        return laid_out(self.layout, self.links, None if self.gap is None else self.gap.values)

    def walked(self, seed: int, families: Families) -> Walked:
        """All rows of some families."""
        keys = [
            key(seed, "model", self.name, "copy", *map(str, self.step_names[at + 1]))
            if step.is_bit
            else key(seed, "model", self.name, *map(str, self.step_names[at]))
            for at, step in enumerate(self.layout.steps)
        ]
        return walked(self.walk, np.array(keys, np.uint64), families)

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
            if at in self.bits:
                self.bits[at].save(tensors.part(f"b{at}"))
        for at, link in enumerate(self.links):
            link.save(tensors.part(f"t{at}"))
        return {
            "name": self.name,
            "rows": self.rows,
            "subjects": self.subjects,
            "columns": columns,
            "hidden": self.hidden,
            "parent": self.parent,
            "column": self.column,
            "scheme": self.scheme,
            "since": self.since,
            "bits": list(self.bits),
            "donors": self.donors,
        }

    @classmethod
    def load(
        cls, header: dict[str, Any], tensors: Tensors, parents: Mapping[str, Sequence[Variable]]
    ) -> WalkedTable:
        """`parents` are the variables of tables before it. Raises ModelFileError, and what a header that
        isn't one raises."""
        columns = []
        for at, one in enumerate(header["columns"]):
            codec = load_codec(str(one["codec"]), type_named(one["type"]), one, tensors.part(f"c{at}"))
            columns.append(ColumnModel(str(one["name"]), str(one["role"]), codec))
        hidden, parent = header["hidden"], str(header["parent"])
        scheme, donors, column = str(header["scheme"]), bool(header["donors"]), str(header["column"])
        since = None if header["since"] is None else str(header["since"])
        rows, subjects = header["rows"], header["subjects"]
        if len({one.name for one in columns}) < len(columns) or not isinstance(hidden, int):
            raise ModelFileError("its columns have no names of their own")
        if not 0 <= hidden < len(columns) or parent not in parents or scheme not in SCHEMES:
            raise ModelFileError("its families don't fit their parents")
        if not isinstance(rows, int) or not isinstance(subjects, int):
            raise ModelFileError("its rows aren't counted")
        if any(one.codec.needs for one in columns):
            raise ModelFileError("rows of families are reckoned from other columns")
        if sum(isinstance(one.codec, Gap) for one in columns) > 1:
            raise ModelFileError("its rows are in the order of two times")
        bits = dict[int, Variable]()
        for at in header["bits"]:
            if not (isinstance(at, int) and 0 <= at < len(columns) and copied(columns[at].codec)):
                raise ModelFileError("a column that can't be copied is")
            bits[at] = Variable.load(False, tensors.part(f"b{at}"))
            if len(bits[at]) != 2:
                raise ModelFileError("a cell is copied or not")
        family = seen(parents[parent])
        layout, _ = layout_of(columns, bits, family, scheme)
        links = tuple(
            Link.load(tensors.part(f"t{at}"), step.variable, int(layout.slots[at, 2]), donors)
            for at, step in enumerate(layout.steps)
        )
        return cls(
            str(header["name"]), rows, subjects, tuple(columns), hidden, parent, column, scheme, since,
            family, bits,
            links, donors,
        )  # fmt: skip


def seen(variables: Sequence[Variable]) -> tuple[Seen, ...]:
    return tuple(Seen(one.bin_count, one.ordered) for one in variables)


def step_names(columns: Sequence[ColumnModel], steps: Sequence[Sequence[int]]) -> dict[int, tuple[str, int]]:
    return {
        at: (column.name, number)
        for column, own in zip(columns, steps, strict=True)
        for number, at in enumerate(own)
    }


def copied(codec: Any) -> bool:
    """Whether a cell of it can be copied with what was drawn for it."""
    return isinstance(codec, Number | Category)


def layout_of(
    columns: Sequence[ColumnModel], bits: Mapping[int, Variable], family: tuple[Seen, ...], scheme: str
) -> tuple[Layout, list[list[int]]]:
    """The layout, and which steps each column's variables are: first the gap, then column by column."""
    steps, places = list[Step](), [list[int]() for _ in columns]
    gaps = [at for at, one in enumerate(columns) if isinstance(one.codec, Gap)]
    for at in [*gaps, *(at for at in range(len(columns)) if at not in gaps)]:
        codec, bit = columns[at].codec, -1
        if at in bits:
            bit = len(steps)
            steps.append(Step(bits[at], later=True, is_bit=True))
        for variable in codec.variables:
            places[at].append(len(steps))
            steps.append(Step(variable, at in gaps, bit, is_gap=at in gaps, is_held=isinstance(codec, Held)))
    marks, day = np.zeros(0, np.int64), 0
    for at in gaps:
        gap = columns[at].codec
        assert isinstance(gap, Gap)
        marks, day = gap.marks, gap.day
    return Layout(family, tuple(steps), scheme == "needed", marks, day), places
