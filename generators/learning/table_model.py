"""A table that was learnt: its columns' codecs, and the chain of their variables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from synthmill.generators.engine.cells import Cells, Flags
from synthmill.generators.engine.type_names import type_named
from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.kernels.mix import I64, U64, key
from synthmill.generators.learning.chain import Chain, Link
from synthmill.generators.learning.codecs.by_kind import load_codec
from synthmill.generators.learning.codecs.codec import Codec, Drawn
from synthmill.generators.learning.codecs.number import Number
from synthmill.generators.learning.codecs.time import Time
from synthmill.generators.learning.errors import ModelFileError
from synthmill.generators.learning.lookup import Lookup
from synthmill.generators.learning.relations.differences import Difference
from synthmill.generators.learning.relations.formulas import Formula
from synthmill.generators.learning.rules import LEAST_SHARE, MOST_ATTEMPTS, Combined, Rule, all_met, load_rule
from synthmill.generators.learning.tensors import Tensors
from synthmill.generators.learning.variables import Variable

_TRIED = 4_096
"""Rows that are drawn to find how many meet rules."""
_ATTEMPT_BITS = 48
"""Above the bits of rows' numbers, an attempt's number."""


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
    rules: tuple[Rule, ...] = ()
    """What rows are held to by drawing them again."""
    hidden: int = 0
    """How many of the last columns aren't given back: what is known of a row's children together."""

    @cached_property
    def by_name(self) -> Mapping[str, ColumnModel]:
        return {one.name: one for one in self.columns}

    @cached_property
    def relations(self) -> list[dict[str, str]]:
        """What holds in every row, in words, with the column that follows from others."""
        found = []
        of = [column.name for column in self.columns for _ in column.codec.variables]
        for link, place in zip(self.chain.links, self.chain.order, strict=True):
            if isinstance(link, Lookup):
                found.append({"column": of[place], "relation": f"{of[place]} is decided by {of[link.by]}"})
        for column in self.columns:
            codec = column.codec
            if isinstance(codec, Formula):
                found.append({"column": column.name, "relation": f"{column.name} = {codec.formula.text}"})
            elif isinstance(codec, Difference):
                sign = ">=" if codec.sign > 0 else "<="
                found.append({"column": column.name, "relation": f"{column.name} {sign} {codec.of}"})
        found += [
            {"column": of[place], "relation": f"{of[place]} is null where {of[leader]} is"}
            for place, leader in self.chain.null_with.items()
        ]
        return found + [{"column": one.columns[-1], "relation": one.text} for one in self.rules]

    @cached_property
    def variables(self) -> tuple[Variable, ...]:
        return tuple(variable for column in self.columns for variable in column.codec.variables)

    @cached_property
    def places(self) -> Mapping[str, range]:
        """Of each column, where its variables stand among all."""
        return _places(self.columns)

    def cells(self, seed: int, rows: U64, total: int, names: Sequence[str] | None = None) -> dict[str, Cells]:
        """Cells of rows, by their numbers, of a table of `total` rows; of all columns or those named."""
        names = self.schema.names if names is None else names
        chosen = [one.name for one in self.columns if one.name in names]
        return self._made(seed, rows, self._draws(seed, rows, total), total, chosen)[0]

    def _draws(self, seed: int, rows: U64, total: int) -> U64:
        """The numbers that rows are drawn by: their own, with that of the first attempt that meets the rules.

        Raises InvalidRequestError where none does.
        """
        if not self.rules:
            return rows
        asked = list(dict.fromkeys(name for rule in self.rules for name in rule.columns))
        draws, waiting = rows.copy(), np.arange(len(rows))
        for attempt in range(1, MOST_ATTEMPTS + 1):
            cells, drawn = self._made(seed, rows[waiting], draws[waiting], total, asked)
            codes = {name: drawn[self.places[name][0]][0] for name in asked}
            waiting = waiting[~all_met(self.rules, cells, codes)]
            if not len(waiting):
                return draws
            draws[waiting] = rows[waiting] | np.uint64(attempt << _ATTEMPT_BITS)
        rules = "; ".join(rule.text for rule in self.rules)
        raise InvalidRequestError.one(
            "constraints",
            f"none of {MOST_ATTEMPTS} draws of row {int(rows[waiting[0]])} meets {rules}",
            "ask for less",
        )

    def _made(
        self, seed: int, rows: U64, draws: U64, total: int, names: Sequence[str]
    ) -> tuple[dict[str, Cells], Mapping[int, tuple[I64, U64]]]:
        """Cells of the columns named, in this order, and what was drawn for their variables by place."""
        asked, waiting = dict.fromkeys(names), list(names)
        while waiting:
            waiting = [one for name in waiting for one in self.by_name[name].codec.needs if one not in asked]
            asked |= dict.fromkeys(waiting)
        wanted = frozenset(place for name in asked for place in self.places[name])
        drawn = self._drawn_by(seed, draws, wanted)
        return self.cells_of(drawn, seed, rows, total, names), drawn

    def cells_of(
        self, drawn: Mapping[int, tuple[I64, U64]], seed: int, rows: U64, total: int, names: Sequence[str]
    ) -> dict[str, Cells]:
        """Cells of the columns named, of what was drawn for them and for those that they need."""
        found = dict[str, Cells]()

        def make(name: str) -> Cells:
            if name not in found:
                column = self.by_name[name]
                codes, left = zip(*(drawn[place] for place in self.places[name]), strict=True)
                others = {one: make(one) for one in column.codec.needs}
                found[name] = column.codec.cells(
                    Drawn(codes, left, rows, total, (seed, self.name, name), others)
                )
            return found[name]

        return {name: make(name) for name in names}

    def drawn(
        self, seed: int, rows: U64, total: int, wanted: frozenset[int]
    ) -> Mapping[int, tuple[I64, U64]]:
        """By the places of the variables wanted: codes of rows, and what is left of their bits."""
        return self._drawn_by(seed, self._draws(seed, rows, total), wanted)

    def _drawn_by(self, seed: int, draws: U64, wanted: frozenset[int]) -> Mapping[int, tuple[I64, U64]]:
        return self.chain.drawn(self.variables, self._keys(seed), draws, wanted)

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
            # Left out where there are none, as in models of before there were any.
            **({"decided": decided} if (decided := self._decided) else {}),
            **({"null_with": nulls} if (nulls := _by_text(self.chain.null_with)) else {}),
            **({"rules": [rule.save() for rule in self.rules]} if self.rules else {}),
            **({"hidden": self.hidden} if self.hidden else {}),
        }

    @property
    def _decided(self) -> dict[str, int]:
        """By place in the order, which variable decides the one there."""
        return {str(at): link.by for at, link in enumerate(self.chain.links) if isinstance(link, Lookup)}

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
        decided = {int(at): by for at, by in header.get("decided", {}).items()}
        for at, by in decided.items():
            if by not in order[:at] or len(variables[order[at]]) < 2:
                raise ModelFileError("a variable is decided by one that doesn't stand before it")
        links = tuple(
            Lookup.load(tensors.part(f"t{at}"), decided[at], variables, place)
            if at in decided
            else Link.load(tensors.part(f"t{at}"), variables[place], at, donors)
            for at, place in enumerate(order)
        )
        rows, subjects, hidden = header["rows"], header["subjects"], header.get("hidden", 0)
        if not isinstance(rows, int) or not isinstance(subjects, int):
            raise ModelFileError("its rows aren't counted")
        rules = tuple(load_rule(one) for one in header.get("rules", ()))
        null_with = {int(place): leader for place, leader in header.get("null_with", {}).items()}
        of_place = {place: one.codec for one in columns for place in _places(columns)[one.name]}
        for place, leader in null_with.items():
            fits = place in order and leader in order and order.index(leader) < order.index(place)
            if not fits or not of_place[place].nullable or not of_place[leader].nullable:
                raise ModelFileError("a column is null with one that doesn't stand before it, or never is")
        chain = Chain(order, links, null_with)
        if not isinstance(hidden, int) or not 0 <= hidden < len(columns):
            raise ModelFileError("it gives none of its columns back")
        made = cls(str(header["name"]), rows, subjects, tuple(columns), chain, donors, rules, hidden)
        made.check_needs()
        return made

    def met_alone(self) -> list[Flags]:
        """For each rule, which of some first draws meet it."""
        rows = np.arange(_TRIED, dtype=np.uint64)
        asked = list(dict.fromkeys(name for rule in self.rules for name in rule.columns))
        cells, drawn = self._made(0, rows, rows, _TRIED, asked)
        codes = {name: drawn[self.places[name][0]][0] for name in asked}
        return [rule.met(cells, codes) for rule in self.rules]

    def check_needs(self) -> None:
        """Raises ModelFileError where columns need others that aren't there, are no number, or need them."""
        by_name, done = self.by_name, set[str]()
        for column in self.columns:
            for one in column.codec.needs:
                if one not in by_name:
                    raise ModelFileError(f"{column.name} needs a column {one[:40]!r}, which isn't there")
                if not isinstance(by_name[one].codec, Difference | Formula | Number | Time):
                    raise ModelFileError(f"{column.name} is reckoned from {one}, which is no number")
        while len(done) < len(self.columns):
            new = {
                one.name for one in self.columns if one.name not in done and done.issuperset(one.codec.needs)
            }
            if not new:
                raise ModelFileError("columns are reckoned from one another in a circle")
            done |= new
        for rule in self.rules:
            for one in rule.columns:
                if one not in by_name:
                    raise ModelFileError(f"a rule is about a column {one[:40]!r}, which isn't there")
                of_number = isinstance(by_name[one].codec, Difference | Formula | Number | Time)
                if not isinstance(rule, Combined) and not of_number:
                    raise ModelFileError(f"a rule reckons with {one}, which is no number")


def _places(columns: Sequence[ColumnModel]) -> dict[str, range]:
    found, at = {}, 0
    for column in columns:
        count = len(column.codec.variables)
        found[column.name] = range(at, at + count)
        at += count
    return found


def _by_text(by_place: Mapping[int, int]) -> dict[str, int]:
    return {str(place): one for place, one in by_place.items()}


def with_rules(table: TableModel, found: Sequence[Rule], asked: Sequence[Rule] = ()) -> TableModel:
    """The table with rules: all that were `asked` for, and of those `found` as many as leave most draws.

    Raises InvalidRequestError where so few draws meet what was asked for that rows may find none.
    """
    kept = [*asked, *found]
    while kept:
        made = replace(table, rules=tuple(kept))
        met = made.met_alone()
        if float(np.logical_and.reduce(met).mean()) >= LEAST_SHARE:
            return made
        if len(kept) == len(asked):
            shares = "; ".join(f"{rule.text}: {one.mean():.1%}" for rule, one in zip(kept, met, strict=True))
            raise InvalidRequestError.one(
                "constraints",
                f"too few rows that the model makes meet them ({shares})",
                "ask for what holds in the data",
            )
        worst = min(range(len(asked), len(kept)), key=lambda at: float(met[at].mean()))
        del kept[worst]
    return table
