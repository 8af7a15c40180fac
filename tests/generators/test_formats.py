"""What every format promises, in every compression."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pyarrow as pa
import pytest
import zstandard

from synthmill.generators.contract_checks import format as format_checks
from synthmill.generators.contract_checks.awkward import (
    VALUES,
    batch_of,
    file_of,
    plan_of,
    table_of,
)
from synthmill.generators.contract_checks.promise import DoesNotApplyError
from synthmill.generators.datasets.reader import can_be_read
from synthmill.generators.engine.arrow_cells import cells_of
from synthmill.generators.errors import UnknownNameError
from synthmill.generators.formats import FORMATS, codec

GOLDEN = json.loads((Path(__file__).parent.parent / "golden" / "bytes.json").read_text())
EVERY = [(name, compression) for name, fmt in FORMATS.usable().items() for compression in fmt.compressions]
TEXTUAL = [(name, compression) for name, compression in EVERY if not FORMATS.get(name).compresses_inside]

every = pytest.mark.parametrize(("name", "compression"), EVERY)
textual = pytest.mark.parametrize(("name", "compression"), TEXTUAL)


def test_the_formats_are_found() -> None:
    assert list(FORMATS.usable()) == ["arrow", "csv", "jsonl", "parquet"]


def test_an_unknown_format_is_refused_by_name() -> None:
    with pytest.raises(UnknownNameError, match=r"unknown format 'xls'; known: arrow, csv, jsonl, parquet"):
        FORMATS.get("xls")


def test_an_unknown_compression_is_refused_by_name() -> None:
    with pytest.raises(UnknownNameError, match=r"unknown compression of csv 'lzma'; known: gzip, none, zstd"):
        codec("csv", "lzma")


@pytest.mark.parametrize("check", format_checks.CHECKS, ids=lambda check: check.__name__)
@every
def test_a_format_keeps_the_promises_of_all_formats(
    name: str, compression: str, check: Callable[[format_checks.FormatSubject], None]
) -> None:
    with suppress(DoesNotApplyError):
        check(format_checks.FormatSubject(name, compression))


@every
def test_every_awkward_column_can_be_held(name: str, compression: str) -> None:
    assert format_checks.FormatSubject(name, compression).held() == tuple(VALUES)
    assert can_be_read(name)


@textual
def test_a_column_type_that_cannot_be_written_is_refused(name: str, compression: str) -> None:
    batch = pa.record_batch({"odd": pa.array([1], pa.duration("s"))})
    with pytest.raises(TypeError, match=r"duration\[s\]"):
        FORMATS.get(name).encode(plan_of(batch, 1), cells_of(batch), compression)


@every
def test_bytes_are_golden(name: str, compression: str) -> None:
    known = GOLDEN[f"{name}/{compression}"]
    if codec(name, compression) != known["codec"]:
        pytest.skip(f"known for {known['codec']}, this machine writes {codec(name, compression)}")
    data = file_of(table_of(500, 200), batch_of(500), name, compression)
    assert hashlib.sha256(data).hexdigest() == known["sha256"]


def test_gzip_members_have_no_time_and_no_name() -> None:
    header = FORMATS.get("csv").prefix(table_of(1, 1), "gzip")[:10]
    assert header[:2] == b"\x1f\x8b"
    assert header[3] == 0, "flags: no name, no comment"
    assert header[4:8] == bytes(4), "no time"


def test_zstd_frames_have_checksum_and_size() -> None:
    parameters = zstandard.get_frame_parameters(FORMATS.get("csv").prefix(table_of(1, 1), "zstd"))
    assert parameters.has_checksum
    assert parameters.content_size > 0


def test_codecs_name_library_and_version() -> None:
    assert codec("csv", "none") == "csv 1"
    assert codec("jsonl", "zstd").startswith("jsonl 1 zstd 1.")
    assert "isal 2." in codec("csv", "gzip")
    assert codec("parquet", "none") == f"parquet 2 pyarrow {pa.__version__}"
