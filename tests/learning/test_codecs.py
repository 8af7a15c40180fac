"""What becomes of a column's values: which are kept as they are, which aren't, and what is made of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthmill.generators.engine.arrow_cells import to_arrow
from synthmill.generators.kernels.mix import mix
from synthmill.generators.learning.codecs.by_kind import encode, load_codec
from synthmill.generators.learning.codecs.codec import Drawn, Encoded
from synthmill.generators.learning.source import source_of
from synthmill.generators.learning.tensors import Tensors, read_tensors
from synthmill.generators.learning.variables import UNSEEN


def encoded(values: pa.Array, role: str) -> tuple[Encoded, pa.Array]:
    """The column as it is learnt, and its values in the order in which it is."""
    source = source_of("t", pa.table({"c": values}), None, set())
    column = source.columns["c"]
    values = pc.if_else(pa.array(column.known), column.values, pa.scalar(None, column.type))
    return encode(column, role, source.subjects.astype(np.int64), {}), values


def made(one: Encoded, rows: int | None = None) -> pa.Array:
    """A cell for each row's own codes, or for codes of other rows where some are protected."""
    count = len(one.codes[0]) if rows is None else rows
    codes = tuple(np.where(column == UNSEEN, 0, column)[:count] for column in one.codes)
    numbers = np.arange(count, dtype=np.uint64)
    left = tuple(mix(at + 1, numbers) for at in range(len(codes)))
    return to_arrow(one.codec.cells(Drawn(codes, left, numbers, count, (0, "t", "c"))), one.codec.type)


COMMON = st.sampled_from([st.integers(-3, 3), st.sampled_from(["a", "b", "00501", ""]), st.booleans()])


@given(st.data())
def test_values_that_many_share_come_back_as_they_are(data: st.DataObject) -> None:
    values = data.draw(st.lists(data.draw(COMMON), min_size=1, max_size=4))
    array = pa.array(values * 8 + [None] * 8)
    role = "number" if pa.types.is_integer(array.type) else "category"
    one, given_values = encoded(array, role)
    assert made(one).equals(given_values)


@given(st.lists(st.integers(-(2**62), 2**62), min_size=30, max_size=80, unique=True))
def test_whole_numbers_that_nobody_shares_lie_within_their_range_and_are_means(values: list[int]) -> None:
    one, _ = encoded(pa.array(values), "number")
    drawn = made(one).to_pylist()
    lowest, highest = sorted(values)[:5], sorted(values)[-5:]
    assert min(drawn) >= sum(lowest) // 5
    assert max(drawn) <= sum(highest) // 5
    ends = {*one.codec.values.low.tolist(), *one.codec.values.high.tolist()}  # type: ignore[attr-defined]
    rising = sorted(values)
    assert ends <= {sum(rising[at : at + 5]) // 5 for at in range(len(values) - 4)}


@given(st.lists(st.floats(-1e6, 1e6, width=32), min_size=30, max_size=80, unique=True))
def test_doubles_stay_between_the_means_of_the_five_lowest_and_highest(values: list[float]) -> None:
    one, _ = encoded(pa.array(values, pa.float64()), "number")
    drawn = made(one).to_pylist()
    slack = 1e-6 * (1 + max(map(abs, values)))
    assert min(drawn) >= sum(sorted(values)[:5]) / 5 - slack
    assert max(drawn) <= sum(sorted(values)[-5:]) / 5 + slack


@given(st.integers(0, 6), st.lists(st.integers(-(10**9), 10**9), min_size=20, max_size=60))
def test_doubles_keep_as_many_decimals_as_all_have(scale: int, units: list[int]) -> None:
    values = np.array(units, np.float64) / 10.0**scale
    one, _ = encoded(pa.array(values), "number")
    drawn = np.array(made(one).to_pylist())
    assert np.array_equal(np.rint(drawn * 10.0**scale) / 10.0**scale, drawn)


@pytest.mark.parametrize(
    "type_",
    [
        pa.int8(),
        pa.int32(),
        pa.uint16(),
        pa.float32(),
        pa.decimal128(30, 3),
        pa.date64(),
        pa.large_string(),
        pa.timestamp("s"),
        pa.timestamp("ms", "Europe/Berlin"),
        pa.timestamp("ns"),
        pa.dictionary(pa.int8(), pa.string()),
    ],
    ids=str,
)
def test_every_common_type_is_learnt_and_made_again(type_: pa.DataType) -> None:
    numbers = pa.array(np.arange(60) % 4)
    texts = pa.types.is_dictionary(type_) or pa.types.is_large_string(type_)
    values = numbers.cast(pa.int64())
    if texts:
        values = values.cast(pa.string())
    elif pa.types.is_date(type_):
        values = values.cast(pa.int32()).cast(pa.date32())
    array = values.dictionary_encode() if pa.types.is_dictionary(type_) else values.cast(type_)
    timed = pa.types.is_temporal(type_)
    one, _ = encoded(array, "category" if texts else "time" if timed else "number")
    cells = made(one)
    assert set(cells.to_pylist()) == set(array.cast(cells.type).to_pylist())
    if pa.types.is_timestamp(type_):
        assert cells.type == type_


def test_times_keep_their_zone_and_the_unit_that_all_share() -> None:
    start = np.datetime64("2024-03-01T00:00:00", "us")
    quarters = start + (np.arange(400) * 15 * 60).astype("timedelta64[s]")
    one, _ = encoded(pa.array(quarters, pa.timestamp("us", "Asia/Tokyo")), "time")
    cells = made(one)
    assert cells.type == pa.timestamp("us", "Asia/Tokyo")
    assert not (cells.cast(pa.int64()).to_numpy() % (900 * 10**6)).any()


def test_days_alone_stay_days() -> None:
    days = np.datetime64("2024-01-01", "D") + np.arange(300)
    one, _ = encoded(pa.array(days.astype("datetime64[us]")), "time")
    assert len(one.codec.variables) == 1
    assert not (made(one).cast(pa.int64()).to_numpy() % (86_400 * 10**6)).any()


def test_the_share_of_nulls_is_kept() -> None:
    values = pa.array([None if number % 4 == 0 else float(number) for number in range(400)])
    one, given_values = encoded(values, "number")
    assert made(one).is_null().equals(given_values.is_null())


def test_codes_are_made_of_the_masks_and_letters_that_are_shared() -> None:
    texts = [f"AB-{number % 10}{number % 7}{number % 3}" for number in range(210)]
    one, _ = encoded(pa.array(texts), "code")
    for text in made(one).to_pylist():
        assert text.startswith("AB-")
        assert len(text) == 6
        assert text[3:].isdigit()


@pytest.mark.parametrize(
    ("values", "shape"),
    [([f"INV-{number * 7919 % 10**6:06}" for number in range(300)], r"INV-\d{6}"),
     ([1 + number for number in range(300)], r"\d{1,3}"),
     ([10**7 + number * 1009 for number in range(300)], r"\d{8}"),
     ([f"{number:08x}-0000-4000-8000-{number:012x}" for number in range(300)], r"[0-9a-f-]{36}")],
    ids=["text", "serial", "number", "uuid"],
)  # fmt: skip
def test_keys_have_the_shape_of_the_real_ones_and_are_all_different(values: Any, shape: str) -> None:
    one, given_values = encoded(pa.array(values), "key")
    keys = made(one).cast(pa.string())
    assert len(keys.unique()) == 300
    assert all(keys.to_pylist()[at] for at in range(300))
    assert pc.all(pc.match_substring_regex(keys, f"^{shape}$")).as_py()
    if shape != r"\d{1,3}":
        assert len(set(keys.to_pylist()) & set(given_values.cast(pa.string()).to_pylist())) < 30


@pytest.mark.parametrize("role", ["category", "number", "time", "code", "text", "key", "personal"])
def test_what_is_saved_and_read_again_makes_the_same_cells(role: str) -> None:
    columns = {
        "category": pa.array(["a", "b", None] * 40),
        "number": pa.array(np.arange(120) * 1.25),
        "time": pa.array(np.arange(120) * 10**9, pa.timestamp("us", "UTC")),
        "code": pa.array([f"X{number % 9}" for number in range(120)]),
        "text": pa.array(["some words here"] * 119 + [None]),
        "key": pa.array([f"k{number:04}" for number in range(120)]),
        "personal": pa.array(["Ann Lee"] * 120),
    }
    one, _ = encoded(columns[role], role)
    tensors = Tensors()
    header = one.codec.save(tensors)
    again, _ = read_tensors(tensors.to_bytes({"it": "is"}))
    codec = load_codec(one.codec.kind, one.codec.type, header, again)
    assert made(Encoded(codec, one.codes)).equals(made(one))
