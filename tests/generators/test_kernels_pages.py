"""Kernels of page encodings: compiled and plain give the same bytes, and a reader gets the numbers back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthmill.generators.kernels import bitpack, texts
from synthmill.generators.kernels.backend import load

compiled_bitpack, compiled_texts = load("bitpack"), load("texts")

WORDS = st.lists(st.text(max_size=70).map(str.encode), min_size=1, max_size=20)
NUMBERS = st.one_of(st.integers(-(2**63), 2**63 - 1), st.integers(-120, 120), st.just(10**18))


def unpacked(data: bytes, width: int) -> list[int]:
    """Numbers of a width, the lowest bit first, read one bit at a time."""
    bits = "".join(f"{byte:08b}"[::-1] for byte in data)
    return [int(bits[at : at + width][::-1], 2) for at in range(0, len(bits), width)]


def read_varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def undelta(data: bytes) -> list[int]:
    """A reader of DELTA_BINARY_PACKED, straight from the specification."""
    block, at = read_varint(data, 0)
    packs, at = read_varint(data, at)
    count, at = read_varint(data, at)
    first, at = read_varint(data, at)
    values = [first >> 1 ^ -(first & 1)]
    while len(values) < count:
        least, at = read_varint(data, at)
        widths, at = data[at : at + packs], at + packs
        for width in widths:
            if len(values) >= count:
                break
            size = block // packs * width // 8
            above = unpacked(data[at : at + size], width) if width else [0] * (block // packs)
            at += size
            values += [0] * len(above)
            for place, step in enumerate(above, len(values) - len(above)):
                values[place] = values[place - 1] + step + (least >> 1 ^ -(least & 1))
    assert at == len(data)
    return values[:count]


@given(st.integers(1, 32), st.data())
def test_packed_numbers_come_back(width: int, data: st.DataObject) -> None:
    numbers = data.draw(st.lists(st.integers(0, 2**width - 1), max_size=100))
    array = np.array(numbers, np.uint32)
    plain = bitpack.packed.plain(array, width).tobytes()
    assert compiled_bitpack.packed(array, width).tobytes() == plain
    assert len(plain) == -(-len(numbers) // 8) * width
    assert unpacked(plain, width)[: len(numbers)] == numbers


@given(st.lists(st.integers(0, 40)))
def test_used_numbers_are_marked(codes: list[int]) -> None:
    array = np.array(codes, np.uint32)
    plain = bitpack.used.plain(array, 41)
    assert np.array_equal(plain, compiled_bitpack.used(array, 41))
    assert set(np.flatnonzero(plain)) == set(codes)


@given(st.integers(-(2**63), 2**62), st.integers(0, 61), st.data())
def test_differences_come_back(base: int, bits: int, data: st.DataObject) -> None:
    offsets = data.draw(st.lists(st.integers(0, 2**bits), min_size=1, max_size=300))
    values = [base + offset for offset in offsets]
    array = np.array(values, np.int64)
    plain = bitpack.delta.plain(array).tobytes()
    assert compiled_bitpack.delta(array).tobytes() == plain
    assert undelta(plain) == values


@pytest.mark.parametrize("length", [1, 2, 32, 33, 34, 128, 129, 130, 257, 5_000])
def test_sequences_are_a_few_bytes_a_block(length: int) -> None:
    data = compiled_bitpack.delta(np.arange(length)).tobytes()
    assert undelta(data) == list(range(length))
    assert len(data) <= 6 + -(-length // 128) * 5


@given(WORDS, WORDS, st.lists(NUMBERS, min_size=1, max_size=50), st.integers(0, 25), st.data())
def test_text_is_its_parts_in_order(
    first: list[bytes], second: list[bytes], numbers: list[int], width: int, data: st.DataObject
) -> None:
    cells = len(numbers)
    codes = data.draw(st.lists(st.integers(0, len(first) - 1), min_size=cells, max_size=cells))
    own = [second[place % len(second)] for place in range(cells)]
    if width:
        numbers = [abs(number) % 2**63 for number in numbers]
    parts = [
        texts.Chosen(words(first), np.array(codes, np.uint32)),
        texts.Numbers(np.array(numbers, np.int64), width),
        texts.Chosen(words(second[:1]), None),
        texts.Each(words(own)),
    ]
    expected = [
        first[code] + reported(number, width) + second[0] + mine
        for code, number, mine in zip(codes, numbers, own, strict=True)
    ]
    for assembled in (texts.assembled.plain, compiled_texts.assembled):
        lengths = np.empty(cells, np.int64)
        assert assembled(parts, lengths).tobytes() == b"".join(expected)
        assert lengths.tolist() == [len(cell) for cell in expected]


def words(values: list[bytes]) -> texts.Vocabulary:
    bounds = np.cumsum([0, *map(len, values)])
    return texts.vocabulary(np.frombuffer(b"".join(values), np.uint8), bounds)


def reported(number: int, width: int) -> bytes:
    return (b"-" if number < 0 else b"") + str(abs(number)).zfill(width).encode()


@given(st.lists(st.uuids(), max_size=20))
def test_uuids_are_told_as_usual(uuids: list[object]) -> None:
    rows = np.frombuffer(b"".join(one.bytes for one in uuids), np.uint8).reshape(-1, 16)  # type: ignore[attr-defined]
    plain = texts.hyphenated.plain(rows).tobytes()
    assert compiled_texts.hyphenated(rows).tobytes() == plain == "".join(map(str, uuids)).encode()


def test_words_of_any_length_are_copied_whole() -> None:
    long = [bytes([65 + at % 26]) * at for at in (0, 1, 31, 32, 33, 63, 64, 65, 1_000)]
    lengths = np.empty(len(long), np.int64)
    codes = np.arange(len(long), dtype=np.uint32)
    assert compiled_texts.assembled([texts.Chosen(words(long), codes)], lengths).tobytes() == b"".join(long)


def test_zigzag_of_the_least_number_fits() -> None:
    values = np.array([2**61, -(2**61) + 1, 2**61], np.int64)
    assert undelta(compiled_bitpack.delta(values).tobytes()) == values.tolist()
