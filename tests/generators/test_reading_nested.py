"""Objects and lists come back from every format as they were."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

import synthmill
from synthmill.generators.engine.type_names import type_named
from synthmill.generators.formats import FORMATS

ANY_LETTERS = {"kind": "categorical", "values": ["a", 'b "x"', "c\\n", "d,\n", "", "null"]}
MEMBERS = [
    {"name": "width", "kind": "decimal", "min": 1, "max": 90, "scale": 2, "nulls": 0.3},
    {"name": "on", "kind": "date", "start": "2020-01-01", "end": "2024-01-01"},
    {"name": "at", "kind": "timestamp", "start": "2020-01-01T00:00:00Z", "end": "2024-01-01T00:00:00Z"},
    {"name": "words", "kind": "array", "min_items": 0, "of": ANY_LETTERS},
]
COLUMNS: list[dict[str, Any]] = [
    {"name": "id", "kind": "sequence"},
    {"name": "tags", "kind": "array", "of": ANY_LETTERS},
    {"name": "days", "kind": "array", "of": {**MEMBERS[1], "nulls": 0.5}, "nulls": 0.3},
    {"name": "box", "kind": "object", "members": MEMBERS, "nulls": 0.3},
    {"name": "boxes", "kind": "array", "of": {"kind": "object", "members": MEMBERS}},
]
COLUMNS[2]["of"].pop("name")
EVERY = [(name, compression) for name, fmt in FORMATS.usable().items() for compression in fmt.compressions]


def made(**fields: Any) -> synthmill.Dataset:
    table = {"name": "t", "rows": 300, "columns": COLUMNS}
    return synthmill.generate(strategy="tabular", parameters={"tables": [table]}, seed=3, **fields)


@pytest.mark.parametrize(("name", "compression"), EVERY)
def test_frames_of_lists_and_objects_are_the_same_in_every_format(name: str, compression: str) -> None:
    pd.testing.assert_frame_equal(
        made(format=name, compression=compression).to_pandas(), made(format="parquet").to_pandas()
    )


def test_cells_are_lists_and_dicts_of_the_types_that_were_declared() -> None:
    row = made().to_pandas().iloc[0]
    assert isinstance(row.tags, list) and all(isinstance(word, str) for word in row.tags)
    first = row.boxes[0]
    assert list(first) == ["width", "on", "at", "words"]
    assert isinstance(first["width"], Decimal | None) and type(first["on"]) is dt.date
    assert isinstance(first["at"], dt.datetime) and isinstance(first["words"], list)


@pytest.mark.parametrize("name", FORMATS.usable())
def test_datasets_with_lists_and_objects_conform(name: str, tmp_path: Path) -> None:
    made(format=name, out=tmp_path)
    assert synthmill.Dataset.open(tmp_path).conformance().failed == ()


def test_names_of_nested_types_lead_back_to_them() -> None:
    box = pa.struct([pa.field("at", pa.timestamp("us", "UTC")), pa.field("n", pa.decimal128(9, 2), False)])
    for kind in (pa.list_(pa.field("item", pa.string(), False)), box, pa.list_(box), pa.list_(pa.list_(box))):
        assert type_named(str(kind)) == kind
    for wrong in ("list<item: string", "struct<>", "list<item: nothing>", "int64>", "list<string>"):
        with pytest.raises(ValueError, match=r"\S"):
            type_named(wrong)
