"""What every format promises, in each of its compressions."""

from __future__ import annotations

import gzip
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import zstandard

from synthmill.generators.contract_checks.awkward import (
    VALUES,
    batch_of,
    blocks_of,
    file_of,
    plan_of,
    table_of,
)
from synthmill.generators.contract_checks.promise import BrokenPromiseError, applies, promise
from synthmill.generators.datasets.reader import can_be_read, read_table
from synthmill.generators.engine.arrow_cells import cells_of
from synthmill.generators.engine.plan import TablePlan
from synthmill.generators.engine.recipe import Output
from synthmill.generators.formats import FORMATS, codec, file_name
from synthmill.generators.formats.contract import Encoded, Format
from synthmill.generators.recipes.format_check import value_of

COMPRESSIONS = {"none", "gzip", "zstd"}
OTHER_TYPES = (
    pa.list_(pa.int64()),
    pa.list_(pa.string()),
    pa.struct([("a", pa.int64()), ("b", pa.list_(pa.string()))]),
    pa.time64("us"),
    pa.duration("us"),
    pa.binary(),
    pa.large_string(),
    pa.uint64(),
)
"""Those of which there are no awkward columns; a format may refuse each."""


@dataclass(frozen=True)
class FormatSubject:
    """A format to be tried, in one of its compressions."""

    name: str
    compression: str

    @property
    def format(self) -> Format:
        return FORMATS.get(self.name)

    @property
    def compresses_blocks(self) -> bool:
        return not self.format.compresses_inside and self.compression != "none"

    def held(self) -> tuple[str, ...]:
        """The awkward columns of those types that the format can hold."""
        return tuple(name for name in VALUES if self._holds(name))

    def _holds(self, name: str) -> bool:
        return self.writes(table_of(5, 8, (name,)), batch_of(5, columns=(name,)))

    def writes(self, table: TablePlan, batch: pa.RecordBatch) -> bool:
        """Whether the format writes these columns, or refuses them as it should."""
        types = ", ".join(str(column.type) for column in table.columns)
        try:
            encoded = self.format.encode(table, cells_of(batch), "none")
        except TypeError:
            return False
        except (ValueError, LookupError, NotImplementedError, pa.ArrowException) as error:
            seen = f"it refuses {types} by {type(error).__name__} ({error})"
            raise BrokenPromiseError(f"{seen}: raise TypeError, which planning asks for") from error
        promise(isinstance(encoded, Encoded), f"encode gives a {type(encoded).__name__}: give Encoded(body)")
        return True

    def read(self, batch: pa.RecordBatch, block_rows: int) -> pa.Table:
        """A file of the rows, read back."""
        columns = [{"name": f.name, "type": str(f.type), "nullable": f.nullable} for f in batch.schema]
        with tempfile.TemporaryDirectory() as folder:
            output = Output(self.name, self.compression, codec(self.name, self.compression))
            path = Path(folder) / file_name("t", output)
            path.write_bytes(file_of(plan_of(batch, block_rows), batch, self.name, self.compression))
            return read_table(path, columns, self.name)


def subjects_of(name: str) -> list[FormatSubject]:
    """A format in all of its compressions."""
    return [FormatSubject(name, compression) for compression in FORMATS.get(name).compressions]


def it_says_what_it_is(subject: FormatSubject) -> None:
    fmt = subject.format
    promise(bool(fmt.extension) and "." not in fmt.extension, f"its extension is {fmt.extension!r}")
    promise(fmt.media_type.count("/") == 1, f"its media type is {fmt.media_type!r}")
    promise(set(fmt.compressions) <= COMPRESSIONS, f"compressions: {fmt.compressions}")
    promise("none" in fmt.compressions, "it can't be written without compression")
    promise(fmt.codec(subject.compression).startswith(subject.name), "its codec doesn't begin with its name")


def it_writes_every_value_or_refuses_its_type(subject: FormatSubject) -> None:
    promise(len(subject.held()) > 0, "it can hold no column at all")
    for name in subject.held():
        batch = batch_of(40, columns=(name,))
        blocks_of(table_of(40, 16, (name,)), batch, subject.name, subject.compression)
    for type_ in OTHER_TYPES:
        column = pa.array([value_of(type_), None], type_)
        batch = pa.RecordBatch.from_arrays([column], names=["c"])
        subject.writes(plan_of(batch, 16), batch)


def a_block_has_the_same_bytes_wherever_its_rows_lie_in_memory(subject: FormatSubject) -> None:
    held, fmt = subject.held(), subject.format
    table = table_of(90, 30, held)
    within = fmt.encode(table, cells_of(batch_of(90, 0, held).slice(30, 30)), subject.compression)
    alone = fmt.encode(table, cells_of(batch_of(30, 30, held)), subject.compression)
    promise(within == alone, "they differ")


def blocks_made_in_any_order_give_one_file(subject: FormatSubject) -> None:
    held, fmt, how = subject.held(), subject.format, subject.compression
    table, batch = table_of(90, 20, held), batch_of(90, 0, held)
    made = {}
    for index in (3, 0, 4, 2, 1):
        start, stop = table.block_range(index)
        made[index] = fmt.encode(table, cells_of(batch_of(stop - start, start, held)), how)
    blocks = [block for block, _ in blocks_of(table, batch, subject.name, how)]
    joined = b"".join(made[index].body for index in range(5))
    whole = fmt.prefix(table, how) + joined + fmt.suffix(table, how, blocks)
    promise(whole == file_of(table, batch, subject.name, how), "the file differs from that made in order")


def dictionary_columns_are_written_as_their_values(subject: FormatSubject) -> None:
    columns = tuple(name for name in ("id", "text", "word") if name in subject.held())
    plain = batch_of(40, columns=columns)
    arrays = [one.dictionary_encode() if pa.types.is_string(one.type) else one for one in plain.columns]
    coded = pa.RecordBatch.from_arrays(arrays, names=plain.schema.names)
    table, how = plan_of(plain, 64), subject.compression
    if can_be_read(subject.name):
        promise(subject.read(coded, 16).equals(pa.Table.from_batches([plain])), "they read back as others")
    else:
        one, other = (subject.format.encode(table, cells_of(batch), how) for batch in (plain, coded))
        promise(one == other, "they are written otherwise")


def a_file_reads_back_as_it_was(subject: FormatSubject) -> None:
    applies(can_be_read(subject.name), "it has no `read`")
    for rows, block_rows in ((100, 32), (1, 32)):
        batch = batch_of(rows, 0, subject.held())
        promise(subject.read(batch, block_rows).equals(pa.Table.from_batches([batch])), f"{rows} rows don't")
    full = batch_of(5, 0, subject.held())
    nulls = [pa.nulls(5, f.type) if f.nullable else full[f.name] for f in full.schema]
    batch = pa.RecordBatch.from_arrays(nulls, schema=full.schema)
    promise(subject.read(batch, 2).equals(pa.Table.from_batches([batch])), "columns of nulls alone don't")


def a_compressed_block_can_be_unpacked_alone(subject: FormatSubject) -> None:
    applies(subject.compresses_blocks, "it doesn't compress whole blocks")
    table, batch = table_of(50, 20, subject.held()), batch_of(50, 0, subject.held())
    plain = blocks_of(table, batch, subject.name, "none")
    packed = blocks_of(table, batch, subject.name, subject.compression)
    for (_, expected), (block, body) in zip(plain, packed, strict=True):
        promise(_unpacked(body, subject.compression) == expected, f"block {block.index} doesn't")


def _unpacked(data: bytes, compression: str) -> bytes:
    if compression == "gzip":
        return gzip.decompress(data)
    return zstandard.ZstdDecompressor().stream_reader(data, read_across_frames=True).read()


CHECKS: tuple[Callable[[FormatSubject], None], ...] = (
    it_says_what_it_is,
    it_writes_every_value_or_refuses_its_type,
    a_block_has_the_same_bytes_wherever_its_rows_lie_in_memory,
    blocks_made_in_any_order_give_one_file,
    dictionary_columns_are_written_as_their_values,
    a_file_reads_back_as_it_was,
    a_compressed_block_can_be_unpacked_alone,
)
GROUND = (it_writes_every_value_or_refuses_its_type,)
"""Where this isn't kept, none of those after it is tried."""
