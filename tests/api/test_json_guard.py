from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthmill.app.http.json_guard import (
    MAX_DEPTH,
    MalformedJsonError,
    _check_depth,
    _is_plainly_shallow,
    read_json,
)
from synthmill.generators.errors import InvalidRequestError

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), inner)
    ),
    max_leaves=20,
)


@given(JSON)
def test_what_json_spells_is_read_as_it_is(value: object) -> None:
    assert read_json(json.dumps(value).encode()) == value
    assert read_json(json.dumps(value, ensure_ascii=False).encode()) == value


@given(st.binary(max_size=200) | st.text('{}[]",:\\u0d8 1eE+-.NaInfity', max_size=60).map(str.encode))
def test_whatever_the_bytes_the_answer_is_a_value_or_one_of_two_errors(body: bytes) -> None:
    try:
        read_json(body)
    except (MalformedJsonError, InvalidRequestError):
        return


@pytest.mark.parametrize(
    "body", [b"", b"{", b'{"a": 1,}', b"{'a': 1}", b"nul", b'"a', b"[1] x", b"\xff", b"\xef\xbb\xbf1"]
)
def test_bytes_that_are_no_json_are_malformed(body: bytes) -> None:
    with pytest.raises(MalformedJsonError):
        read_json(body)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b'{"rows": NaN}', "rows"),
        (b'{"a": {"b": [1, Infinity]}}', "a.b[1]"),
        (b'{"a": -Infinity}', "a"),
        (b'{"a": 1e999}', "a"),
        (b'{"a": -1e999}', "a"),
        (b'{"seed": 12345678901234567890}', "seed"),
        (b'{"seed": -' + b"9" * 5000 + b"}", "seed"),
        (b'{"a": {"b": 1, "b": 2}}', "a.b"),
        (b'{"b": 1, "b": 1}', "b"),
        (b'{"name": "a\\u0000b"}', "name"),
        (b'{"name": "\\ud800"}', "name"),
        (b'{"o": {"\\udfff": 1}}', "o"),
        (b"NaN", "body"),
    ],
)
def test_a_value_that_means_nothing_safe_is_refused_by_its_field(body: bytes, field: str) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        read_json(body)
    assert [error.field for error in refused.value.errors] == [field]


def test_all_fields_at_fault_are_named_up_to_twenty() -> None:
    with pytest.raises(InvalidRequestError) as refused:
        read_json(b"[" + b", ".join([b"NaN"] * 50) + b"]")
    assert [error.field for error in refused.value.errors] == [f"[{index}]" for index in range(20)]


def test_nineteen_digits_are_read() -> None:
    assert read_json(b'{"seed": 9223372036854775807}') == {"seed": 2**63 - 1}


@pytest.mark.parametrize("opener", [b"[", b'{"a":'])
def test_depth_is_counted_before_anything_is_parsed(opener: bytes) -> None:
    closer = b"]" if opener == b"[" else b"}"
    read_json(opener * MAX_DEPTH + b"1" + closer * MAX_DEPTH)
    for levels in (MAX_DEPTH + 1, 100_000):
        with pytest.raises(InvalidRequestError, match="64 levels"):
            read_json(opener * levels + b"1" + closer * levels)


def test_brackets_inside_text_are_no_depth() -> None:
    assert read_json(json.dumps({"a": "[{" * 1000 + '\\"[' * 50}).encode())


@given(
    st.lists(
        st.sampled_from(["[", "]", "{", "}", '"', "[[[[[[[[[", "]]]]]]]]]", '[{"a":', "}]", "1,"]),
        max_size=60,
    )
)
def test_what_looks_shallow_by_its_brackets_is_so_for_who_looks_at_each(tokens: list[str]) -> None:
    text = "".join(tokens)
    if _is_plainly_shallow(text.encode()):
        _check_depth(text)


def test_a_recipe_is_seen_to_be_shallow_by_its_brackets() -> None:
    column = {"name": "a", "kind": "categorical", "values": ["[x]", "{", '"']}
    recipe = {"parameters": {"tables": [{"name": "t", "columns": [column] * 9}] * 9}}
    assert _is_plainly_shallow(json.dumps(recipe).replace("\\", "").replace('""', '"').encode())
    assert not _is_plainly_shallow(b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1))


@pytest.mark.parametrize("unit", [b'\\"', b'"', b'"[', b"\\", b'["', b"}", b'{"a":"\\'])
def test_reading_a_megabyte_of_anything_takes_little_time(unit: bytes) -> None:
    began = time.process_time()
    with pytest.raises((MalformedJsonError, InvalidRequestError)):
        read_json(unit * (1_000_000 // len(unit)))
    assert time.process_time() - began < 5
