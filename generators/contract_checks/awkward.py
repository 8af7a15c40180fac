"""Tables of every column type, with what makes trouble in them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pyarrow as pa

from synthmill.generators.engine.arrow_cells import cells_of
from synthmill.generators.engine.plan import ColumnPlan, TablePlan
from synthmill.generators.formats import FORMATS, Block, Encoded

TEXTS = [
    "plain",
    "",
    None,
    'a "quoted" word',
    "comma, inside",
    "line\nbreak",
    "carriage\rreturn\r\n",
    "tab\t and bell \x07 and \x1f",
    "back\\slash \\n \\u0041",
    "Grüße, 東京, नमस्ते, 🏔️",
    " spaces around ",
    "null",
    "NaN",
    "'single' ; semicolon | pipe",
    "\u2028 line separator \u2029",
    "\x7f\x80",
]
DAY, UTC = dt.date(2024, 2, 29), dt.UTC

VALUES: dict[str, tuple[pa.DataType, list[object]]] = {
    "id": (pa.int64(), [1, 2, None, -(2**63), 2**63 - 1]),
    "small": (pa.int16(), [0, -32768, 32767, None]),
    "ratio": (pa.float64(), [0.1, 1.0, -0.0, 1e300, 5e-324, None, 1 / 3, 123456789.125]),
    "single": (pa.float32(), [0.5, None, 1.25]),
    "flag": (pa.bool_(), [True, False, None]),
    "amount": (pa.decimal128(12, 2), [Decimal("12.34"), Decimal("-0.05"), Decimal("0.00"), None]),
    "wide": (pa.decimal128(30, 10), [Decimal("0.0000000001"), Decimal("-12345678901234567890.5"), None]),
    "born": (pa.date32(), [DAY, None, dt.date(1899, 12, 31)]),
    "happened": (pa.timestamp("us", "UTC"), [dt.datetime(2024, 2, 29, 23, 59, 59, 7, UTC), None]),
    "at_ms": (pa.timestamp("ms", "UTC"), [dt.datetime(1969, 12, 31, 23, 59, 59, 999_000, UTC), None]),
    "local": (pa.timestamp("us"), [dt.datetime(2024, 2, 29, 1, 2, 3), None]),
    "text": (pa.string(), list(TEXTS)),
    "word": (pa.string(), ["red", "green", "blue", None]),
    "always": (pa.string(), ["a", "b", "c,d"]),
}


def batch_of(rows: int, first: int = 0, columns: tuple[str, ...] = tuple(VALUES)) -> pa.RecordBatch:
    """Rows `first` on of a table whose columns run through their values, each at its own length."""
    cycled = {
        name: pa.array([values[(first + row) % len(values)] for row in range(rows)], kind)
        for name, (kind, values) in VALUES.items()
        if name in columns
    }
    schema = table_of(1, 1, columns).schema
    return pa.RecordBatch.from_arrays(list(cycled.values()), schema=schema)


def table_of(rows: int, block_rows: int, columns: tuple[str, ...] = tuple(VALUES)) -> TablePlan:
    return TablePlan(
        "awkward",
        rows,
        block_rows,
        tuple(
            ColumnPlan(name, kind, None in values, "any")
            for name, (kind, values) in VALUES.items()
            if name in columns
        ),
    )


def plan_of(batch: pa.RecordBatch, block_rows: int) -> TablePlan:
    columns = tuple(ColumnPlan(f.name, f.type, f.nullable, "any") for f in batch.schema)
    return TablePlan("awkward", batch.num_rows, block_rows, columns)


def blocks_of(
    table: TablePlan, batch: pa.RecordBatch, format_name: str, compression: str
) -> list[tuple[Block, bytes]]:
    """All blocks of a table whose rows are those of `batch`."""
    made = []
    for index in range(table.blocks):
        start, stop = table.block_range(index)
        cells = cells_of(batch.slice(start, stop - start))
        encoded: Encoded = FORMATS.get(format_name).encode(table, cells, compression)
        made.append((Block(index, stop - start, len(encoded.body), b"", encoded.footer), encoded.body))
    return made


def file_of(table: TablePlan, batch: pa.RecordBatch, format_name: str, compression: str) -> bytes:
    fmt = FORMATS.get(format_name)
    made = blocks_of(table, batch, format_name, compression)
    bodies = b"".join(body for _, body in made)
    end = fmt.suffix(table, compression, [block for block, _ in made])
    return fmt.prefix(table, compression) + bodies + end
