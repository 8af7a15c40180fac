"""Customers and vendors: numbers as text, and names for the texts of documents."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import numpy as np
import pyarrow as pa

from synthmill.generators.engine.arrow_cells import decoded, to_arrow
from synthmill.generators.engine.cells import Arrow, Cells, Concat, Digits, Flags, Text
from synthmill.generators.kernels.mix import I64
from synthmill.generators.strategies.accounting.ways.forms import Partner
from synthmill.generators.strategies.accounting.world import World
from synthmill.generators.tables.rows import TableRows
from synthmill.generators.tables.table import Table

_PREFIXES = {Partner.CUSTOMER: b"C", Partner.VENDOR: b"V"}
TABLES = {Partner.CUSTOMER: "customers", Partner.VENDOR: "vendors"}


def partner_cells(kind: Partner, rows: I64, null: Flags | None = None) -> Cells:
    """Numbers of customers or vendors by their rows."""
    return Concat((_PREFIXES[kind], Digits(np.maximum(rows, 0) + 1, 6)), null)


class Partners:
    """What all customers and vendors are called: those of a company by the customs of its country."""

    def __init__(self, world: World, tables: Mapping[str, Table]) -> None:
        self._world, self._tables = world, tables

    def column(self, kind: Partner, name: str, start: int, stop: int) -> pa.Array:
        """Text of rows of a table of partners."""
        found = []
        for company in self._world.companies:
            first, count = company.customers if kind == Partner.CUSTOMER else company.vendors
            some = np.arange(max(start, first), min(stop, first + count))
            if len(some):
                table = self._tables[f"{TABLES[kind]} of {company.country_code}"]
                found.append(to_arrow(TableRows(table, some.astype(np.uint64)).cells(name), pa.string()))
        return (
            pa.concat_arrays([one.cast(pa.string()) for one in found]) if found else pa.array([], pa.string())
        )

    @cached_property
    def names(self) -> Text:
        """A dash, which stands for nobody, then customers, then vendors."""
        all_of = [self.column(kind, "name", 0, self._count(kind)) for kind in TABLES]
        text = decoded(Arrow(pa.concat_arrays([pa.array(["-"], pa.string()), *all_of])))
        assert isinstance(text, Text)
        return text

    def _count(self, kind: Partner) -> int:
        last = self._world.companies[-1]
        first, count = last.customers if kind == Partner.CUSTOMER else last.vendors
        return first + count

    def place(self, kinds: I64, rows: I64) -> I64:
        """Places among the names."""
        before = np.array([0, 1, 1 + self._count(Partner.CUSTOMER)], np.int64)
        return np.where(kinds > 0, before[kinds] + rows, 0)
