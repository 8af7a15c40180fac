"""The arrays of a body come out as they stand in it, whichever pieces it comes in."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthmill.app.api.genesis.split_body import SplitBody
from synthmill.app.core.errors import TooLargeError
from synthmill.app.http.json_guard import MalformedJsonError
from synthmill.generators.errors import InvalidRequestError

TEXTS = st.text(st.sampled_from('ab"\\[]{}:, é\n'), max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=12,
)
BODIES = st.dictionaries(st.sampled_from(["data", "real", "n", 'x"y']) | TEXTS, VALUES, max_size=5)


def pieces(content: bytes, size: int) -> Iterator[bytes]:
    return (content[at : at + size] for at in range(0, len(content), size))


def split(content: bytes, size: int = 7) -> tuple[dict[str, bytes], dict[str, object]]:
    body, arrays = SplitBody(pieces(content, size), ("data", "real")), {}
    while (found := body.next_array()) is not None:
        arrays[found[0]] = b"".join(found[1])
    return arrays, body.rest()


@settings(deadline=None, derandomize=True, max_examples=300)
@given(BODIES, st.integers(1, 40), st.booleans(), st.sampled_from([None, 1]))
def test_nothing_is_lost_or_changed(
    body: dict[str, object], size: int, ascii_only: bool, indent: int | None
) -> None:
    content = json.dumps(body, ensure_ascii=ascii_only, indent=indent).encode()
    arrays, rest = split(content, size)
    taken = {name for name in ("data", "real") if isinstance(body.get(name), list)}
    assert {name: json.loads(array) for name, array in arrays.items()} == {n: body[n] for n in taken}
    assert rest == {name: None if name in taken else value for name, value in body.items()}


@pytest.mark.parametrize("content", [b'{"data": [1, 2', b'{"data": [{"a": "x', b'{"data": [1]'])
def test_a_body_that_does_not_end_is_malformed(content: bytes) -> None:
    with pytest.raises(MalformedJsonError):
        split(content)


def test_a_name_twice_is_refused() -> None:
    with pytest.raises(InvalidRequestError, match="data: is given twice"):
        split(b'{"data": [1], "data": [2]}')


def test_a_name_inside_something_else_is_not_taken() -> None:
    arrays, rest = split(b'{"a": {"data": [1]}, "b": ["data", [2]]}')
    assert arrays == {} and rest == {"a": {"data": [1]}, "b": ["data", [2]]}


def test_what_is_too_large_is_refused_while_it_comes() -> None:
    def much() -> Iterator[bytes]:
        yield b'{"data": ['
        while True:
            yield b'{"age": 25},' * 20_000

    body = SplitBody(much(), ("data",))
    found = body.next_array()
    assert found is not None
    with pytest.raises(TooLargeError, match="is larger than 67,108,864 bytes"):
        for _ in found[1]:
            pass
    with pytest.raises(TooLargeError, match="beside its data"):
        split(b'{"data": [1], "x": "' + b"y" * 300_000 + b'"}', 65_536)
    with pytest.raises(InvalidRequestError, match="holds a text of more than"):
        split(b'{"data": ["' + b"y" * 3_000_000 + b'"]}', 262_144)


def test_sixteen_mib_take_little_of_a_processor() -> None:
    rows = b",".join(b'{"age": %d, "city": "Bern", "income": 50000.5}' % n for n in range(350_000))
    began = time.process_time()
    arrays, _ = split(b'{"data": [' + rows + b"]}", 262_144)
    assert len(arrays["data"]) > 16 * 2**20
    print(f"{time.process_time() - began:.2f} CPU seconds")
