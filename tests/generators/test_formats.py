"""What every format promises, in every compression."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path

import pyarrow as pa
import pytest
import zstandard

from synthmill.generators.datasets.reader import read_table
from synthmill.generators.engine.cells import cells_of
from synthmill.generators.errors import UnknownNameError
from synthmill.generators.formats import codec, formats, get_format
from tests.generators.awkward import batch_of, blocks_of, file_of, plan_of, table_of

GOLDEN = json.loads((Path(__file__).parent.parent / "golden" / "bytes.json").read_text())
EVERY = [(name, compression) for name, fmt in formats().items() for compression in fmt.compressions]
EXTENSIONS = {"none": "", "gzip": ".gz", "zstd": ".zst"}

TEXTUAL = [(name, compression) for name, compression in EVERY if not get_format(name).compresses_inside]

every = pytest.mark.parametrize(("name", "compression"), EVERY)
textual = pytest.mark.parametrize(("name", "compression"), TEXTUAL)


def unpacked(data: bytes, compression: str) -> bytes:
    if compression == "gzip":
        return gzip.decompress(data)
    if compression == "zstd":
        return zstandard.ZstdDecompressor().stream_reader(data, read_across_frames=True).read()
    return data


def columns_of(batch: pa.RecordBatch) -> list[dict[str, object]]:
    return [{"name": f.name, "type": str(f.type), "nullable": f.nullable} for f in batch.schema]


def written(folder: Path, name: str, compression: str, data: bytes) -> Path:
    fmt = get_format(name)
    path = folder / f"t.{fmt.extension}{'' if fmt.compresses_inside else EXTENSIONS[compression]}"
    path.write_bytes(data)
    return path


def test_the_formats_are_found() -> None:
    assert list(formats()) == ["arrow", "csv", "jsonl", "parquet"]


def test_an_unknown_format_is_refused_by_name() -> None:
    with pytest.raises(UnknownNameError, match=r"unknown format 'xls'; known: arrow, csv, jsonl, parquet"):
        get_format("xls")


def test_an_unknown_compression_is_refused_by_name() -> None:
    with pytest.raises(UnknownNameError, match=r"unknown compression of csv 'lzma'; known: gzip, none, zstd"):
        codec("csv", "lzma")


@every
def test_a_file_reads_back_as_it_was(name: str, compression: str, tmp_path: Path) -> None:
    batch = batch_of(100)
    path = written(tmp_path, name, compression, file_of(table_of(100, 32), batch, name, compression))
    assert read_table(path, columns_of(batch), name).equals(pa.Table.from_batches([batch]))


@every
def test_one_row_makes_a_file(name: str, compression: str, tmp_path: Path) -> None:
    batch = batch_of(1)
    path = written(tmp_path, name, compression, file_of(table_of(1, 32), batch, name, compression))
    assert read_table(path, columns_of(batch), name).equals(pa.Table.from_batches([batch]))


@every
def test_columns_of_nulls_alone_read_back(name: str, compression: str, tmp_path: Path) -> None:
    full = batch_of(5)
    nulls = [pa.nulls(5, f.type) if f.nullable else full[f.name] for f in full.schema]
    batch = pa.RecordBatch.from_arrays(nulls, schema=full.schema)
    path = written(tmp_path, name, compression, file_of(table_of(5, 2), batch, name, compression))
    assert read_table(path, columns_of(batch), name).equals(pa.Table.from_batches([batch]))


@every
def test_dictionary_columns_are_written_as_their_values(name: str, compression: str, tmp_path: Path) -> None:
    plain = batch_of(40, columns=("id", "text", "word"))
    arrays = [plain["id"], plain["text"].dictionary_encode(), plain["word"].dictionary_encode()]
    coded = pa.RecordBatch.from_arrays(arrays, names=plain.schema.names)
    path = written(tmp_path, name, compression, file_of(plan_of(coded, 16), coded, name, compression))
    assert read_table(path, columns_of(plain), name).equals(pa.Table.from_batches([plain]))


@every
def test_a_block_has_the_same_bytes_wherever_its_rows_lie_in_memory(name: str, compression: str) -> None:
    table, fmt = table_of(90, 30), get_format(name)
    within = fmt.encode(table, cells_of(batch_of(90).slice(30, 30)), compression)
    alone = fmt.encode(table, cells_of(batch_of(30, first=30)), compression)
    assert within == alone


@every
def test_blocks_made_in_any_order_give_one_file(name: str, compression: str) -> None:
    table, batch, fmt = table_of(90, 20), batch_of(90), get_format(name)
    made = {}
    for index in (3, 0, 4, 2, 1):
        start, stop = table.block_range(index)
        made[index] = fmt.encode(table, cells_of(batch_of(stop - start, start)), compression)
    blocks = [block for block, _ in blocks_of(table, batch, name, compression)]
    joined = b"".join(made[index].body for index in range(5))
    whole = fmt.prefix(table, compression) + joined + fmt.suffix(table, compression, blocks)
    assert whole == file_of(table, batch, name, compression)


@textual
def test_text_blocks_can_be_unpacked_alone(name: str, compression: str) -> None:
    table, batch = table_of(50, 20), batch_of(50)
    plain = blocks_of(table, batch, name, "none")
    packed = blocks_of(table, batch, name, compression)
    assert [unpacked(body, compression) for _, body in packed] == [body for _, body in plain]


@textual
def test_a_column_type_that_cannot_be_written_is_refused(name: str, compression: str) -> None:
    batch = pa.record_batch({"odd": pa.array([1], pa.duration("s"))})
    with pytest.raises(TypeError, match=r"duration\[s\]"):
        get_format(name).encode(plan_of(batch, 1), cells_of(batch), compression)


@every
def test_bytes_are_golden(name: str, compression: str) -> None:
    known = GOLDEN[f"{name}/{compression}"]
    if codec(name, compression) != known["codec"]:
        pytest.skip(f"known for {known['codec']}, this machine writes {codec(name, compression)}")
    data = file_of(table_of(500, 200), batch_of(500), name, compression)
    assert hashlib.sha256(data).hexdigest() == known["sha256"]


def test_gzip_members_have_no_time_and_no_name() -> None:
    header = get_format("csv").prefix(table_of(1, 1), "gzip")[:10]
    assert header[:2] == b"\x1f\x8b"
    assert header[3] == 0, "flags: no name, no comment"
    assert header[4:8] == bytes(4), "no time"


def test_zstd_frames_have_checksum_and_size() -> None:
    parameters = zstandard.get_frame_parameters(get_format("csv").prefix(table_of(1, 1), "zstd"))
    assert parameters.has_checksum
    assert parameters.content_size > 0


def test_codecs_name_library_and_version() -> None:
    assert codec("csv", "none") == "csv 1"
    assert codec("jsonl", "zstd").startswith("jsonl 1 zstd 1.")
    assert "isal 2." in codec("csv", "gzip")
    assert codec("parquet", "none") == f"parquet 2 pyarrow {pa.__version__}"
