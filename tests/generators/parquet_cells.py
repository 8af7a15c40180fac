"""A table with a column of every kind of cells, and its Parquet file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pyarrow as pa

from synthmill.generators.engine.arrays import MONEY, TIMESTAMP, decimals, fixed_width, flags, strings
from synthmill.generators.engine.arrow_cells import to_arrow
from synthmill.generators.engine.cells import (
    Arrow,
    Booleans,
    Cells,
    Concat,
    Dictionary,
    DictionaryCells,
    Digits,
    Fixed,
    Floats,
    Integers,
    Text,
)
from synthmill.generators.engine.plan import ColumnPlan, TablePlan
from synthmill.generators.formats import FORMATS, Block
from synthmill.generators.kernels.mix import I64, U64, mix

DAYS = pa.date32()
FIRST = Dictionary(strings([f"Zoë{n}" if n % 3 else f"name {n}" for n in range(57)]))
DOMAIN = Dictionary(strings(["example.com", "a-rather-long-domain-name-for-an-address.example.org", ""]))
NUMBERS = Dictionary(fixed_width(np.array([7, -3, 10**12], np.int64), pa.int64()))
YES = Dictionary(flags(np.array([True, False])))
PRICES = Dictionary(decimals(np.array([100, 250, -5], np.int64), MONEY))
HALVES = Dictionary(fixed_width(np.array([0.5, 1.5, -2.5]), pa.float64()))
WIDE = Dictionary(strings([f"word-{n}" for n in range(20_000)]))


def below(u: U64, many: int) -> I64:
    return (u % np.uint64(many)).astype(np.int64)


def code(u: U64, words: Dictionary) -> DictionaryCells:
    return DictionaryCells(below(u, len(words)).astype(np.uint32), words)


def any_text(u: U64) -> Text:
    cells = [("é" * (n % 40) + str(n)).encode() if n % 5 else b"" for n in below(u, 997).tolist()]
    offsets = np.cumsum([3, *map(len, cells)])
    return Text(np.frombuffer(b"xyz" + b"".join(cells) + b"!", np.uint8), offsets)


COLUMNS: dict[str, tuple[pa.DataType, Callable[[U64, I64], Cells]]] = {
    "sequence": (pa.int64(), lambda u, rows: Integers(rows * 3 + 7)),
    "any_integer": (pa.int64(), lambda u, rows: Integers(u.view(np.int64))),
    "small": (pa.int16(), lambda u, rows: Integers(below(u, 65_536) - 32_768)),
    "whole": (pa.int32(), lambda u, rows: Integers(below(u, 2**32) - 2**31)),
    "unsigned": (pa.uint16(), lambda u, rows: Integers(below(u, 65_536))),
    "money": (MONEY, lambda u, rows: Integers(below(u, 200_000) - 500)),
    "rate": (pa.decimal128(6, 4), lambda u, rows: Integers(below(u, 900_000))),
    "day": (DAYS, lambda u, rows: Integers(below(u, 5_000) - 100)),
    "at": (TIMESTAMP, lambda u, rows: Integers(below(u, 10**8) * 1_000_000)),
    "at_ms": (pa.timestamp("ms", "UTC"), lambda u, rows: Integers(below(u, 10**12))),
    "local": (pa.timestamp("us"), lambda u, rows: Integers(below(u, 10**15))),
    "ratio": (pa.float64(), lambda u, rows: Floats(u.astype(np.float64) / 2**60 - 7)),
    "zero": (pa.float64(), lambda u, rows: Floats(below(u, 2) * -0.0)),
    "single": (pa.float32(), lambda u, rows: Floats(below(u, 1_000) / 8)),
    "flag": (pa.bool_(), lambda u, rows: Booleans(u % np.uint64(3) == 0)),
    "coded": (pa.string(), lambda u, rows: code(u, FIRST)),
    "always": (pa.string(), lambda u, rows: DictionaryCells(np.full(len(u), 5, np.uint32), FIRST)),
    "sparse": (pa.string(), lambda u, rows: code(u, WIDE)),
    "coded_number": (pa.int64(), lambda u, rows: code(u, NUMBERS)),
    "coded_flag": (pa.bool_(), lambda u, rows: code(u, YES)),
    "coded_price": (MONEY, lambda u, rows: code(u, PRICES)),
    "coded_half": (pa.float64(), lambda u, rows: code(u, HALVES)),
    "uuid": (pa.string(), lambda u, rows: Fixed(np.stack([u, ~u], 1).view(np.uint8))),
    "email": (
        pa.string(),
        lambda u, rows: Concat(
            (b"", code(u, FIRST), b".", b"-", Integers(rows - 3), b"@", code(u >> np.uint64(9), DOMAIN), b"!")
        ),
    ),
    "sku": (pa.string(), lambda u, rows: Concat((b"SKU-", Digits(rows, 10)))),
    "twice": (pa.string(), lambda u, rows: Concat((any_text(u), b"/", any_text(~u)))),
    "digits": (pa.string(), lambda u, rows: Digits(below(u, 10**6), 4)),
    "text": (pa.string(), lambda u, rows: any_text(u)),
    "arrow": (pa.string(), lambda u, rows: Arrow(to_arrow(any_text(u), pa.string()))),
    "repeats": (pa.string(), lambda u, rows: Arrow(to_arrow(code(u, FIRST), pa.string()))),
}


def every_cell(rows: int, first: int = 0, nulls: bool = False) -> dict[str, Cells]:
    numbers = np.arange(first, first + rows)
    made: dict[str, Cells] = {}
    for key, (name, (_, make)) in enumerate(COLUMNS.items()):
        cells = make(mix(key, numbers.view(np.uint64)), numbers)
        if nulls:
            null = mix(key + 1_000, numbers.view(np.uint64)) % np.uint64(4) == 0
            if isinstance(cells, Arrow):
                masked = pa.array(cells.array.to_pylist(), cells.array.type, mask=null)
                cells = Arrow(masked)
            else:
                cells = replace(cells, null=null)
        made[name] = cells
    return made


def table_of(rows: int, block_rows: int, nullable: bool = False) -> TablePlan:
    return TablePlan(
        "t",
        rows,
        block_rows,
        tuple(ColumnPlan(name, kind, nullable, "any") for name, (kind, _) in COLUMNS.items()),
    )


def reference(table: TablePlan, nulls: bool = False) -> pa.Table:
    """What `to_arrow` says of all rows."""
    cells = every_cell(table.rows, 0, nulls)
    return pa.Table.from_arrays(
        [to_arrow(cells[column.name], column.type) for column in table.columns], schema=table.schema
    )


def file_of(table: TablePlan, compression: str, nulls: bool = False) -> bytes:
    fmt = FORMATS.get("parquet")
    blocks, bodies = [], []
    for index in range(table.blocks):
        start, stop = table.block_range(index)
        encoded = fmt.encode(table, every_cell(stop - start, start, nulls), compression)
        blocks.append(Block(index, stop - start, len(encoded.body), "", encoded.footer))
        bodies.append(encoded.body)
    return fmt.prefix(table, compression) + b"".join(bodies) + fmt.suffix(table, compression, blocks)
