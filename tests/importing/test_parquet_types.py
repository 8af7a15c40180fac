"""Parquet of every type: a kind, or text with a note, never a traceback."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from synthmill.generators.importing.data import read_data
from synthmill.generators.importing.recipe import request_for

AT = dt.datetime(2024, 2, 29, 12, 30, 15, 123_456)
TYPES: dict[str, tuple[pa.DataType, Any, str]] = {
    "nanoseconds": (pa.timestamp("ns"), 1_709_209_815_123_456_789, "timestamp"),
    "nanoseconds with a zone": (pa.timestamp("ns", "Europe/Berlin"), 1_709_209_815_123_456_789, "timestamp"),
    "seconds": (pa.timestamp("s"), AT.replace(microsecond=0), "timestamp"),
    "milliseconds": (pa.timestamp("ms"), 1_709_209_815_123, "timestamp"),
    "moments beyond the calendar": (pa.timestamp("us"), -(2**62), "text"),
    "days": (pa.date32(), AT.date(), "date"),
    "days in milliseconds": (pa.date64(), AT.date(), "date"),
    "days beyond the calendar": (pa.date32(), 2**31 - 1, "text"),
    "times": (pa.time64("ns"), AT.time(), "text"),
    "durations": (pa.duration("ns"), dt.timedelta(1), "text"),
    "halves": (pa.float16(), np.float16(1.5), "categorical"),
    "decimals of 76 digits": (pa.decimal256(76, 3), Decimal("1.5"), "categorical"),
    "bytes": (pa.binary(), b"\x00", "text"),
    "bytes of one length": (pa.binary(4), b"\x00\x01\x02\x03", "text"),
    "large texts": (pa.large_string(), "a", "categorical"),
    "views of texts": (pa.string_view(), "a", "categorical"),
    "words by number": (pa.dictionary(pa.int32(), pa.string()), "a", "categorical"),
    "nothing": (pa.null(), None, "constant"),
    "lists": (pa.list_(pa.int32()), [1], "text"),
    "objects": (pa.struct([("a", pa.int32())]), {"a": 1}, "text"),
    "maps": (pa.map_(pa.string(), pa.int32()), [("a", 1)], "text"),
}


@pytest.mark.parametrize("name", TYPES)
def test_every_type_becomes_a_kind_or_text_with_a_note(name: str) -> None:
    type_, value, kind = TYPES[name]
    content = io.BytesIO()
    try:
        pq.write_table(pa.table({"id": [1, 2, 3], "x": pa.array([value, value, None], type_)}), content)
    except pa.ArrowNotImplementedError:
        pytest.skip(f"pyarrow {pa.__version__} writes no {name}")
    facts = read_data(io.BytesIO(content.getvalue()), "t", "parquet")
    parameters = facts.tables[0].columns["x"].parameters
    assert parameters is not None
    assert parameters["kind"] == kind
    assert bool(facts.notes) == (kind in ("text", "constant"))
    request_for(facts)


def test_what_is_finer_than_a_microsecond_is_cut_off() -> None:
    content = io.BytesIO()
    moments = pa.array([1_709_209_815_123_456_789, 1_709_209_815_123_457_001, -1], pa.int64())
    pq.write_table(pa.table({"x": moments.cast(pa.timestamp("ns"))}), content)
    parameters = read_data(io.BytesIO(content.getvalue()), "t", "parquet").tables[0].columns["x"].parameters
    assert parameters == {
        "kind": "timestamp",
        "start": "1969-12-31T23:59:59.999999Z",
        "end": "2024-02-29T12:30:15.123457Z",
        "precision": "microsecond",
    }
