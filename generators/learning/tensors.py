"""Arrays and texts in one file, in the safetensors format: eight bytes of length, a JSON header, the numbers.

The format is that of https://github.com/huggingface/safetensors (version 0.4). Reading it runs no code and
makes nothing but arrays that lie within the file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from synthmill.generators.learning.errors import ModelFileError

MAX_HEADER_BYTES = 64 * 2**20
_TYPES = {
    "U8": "|u1", "I16": "<i2", "U16": "<u2", "I32": "<i4",
    "U32": "<u4", "I64": "<i8", "U64": "<u8", "F64": "<f8",
}  # fmt: skip
_NAMES = {np.dtype(dtype): name for name, dtype in _TYPES.items()}
_ALIGNMENT = 8
Array = npt.NDArray[Any]


class Tensors:
    """Arrays by name, with a description; names within a part begin with the part's."""

    def __init__(self, arrays: dict[str, Array] | None = None, within: str = "") -> None:
        self._arrays = {} if arrays is None else arrays
        self._within = within

    def part(self, name: object) -> Tensors:
        """The same arrays, of which only those of a part are seen."""
        return Tensors(self._arrays, f"{self._within}{name}.")

    def put(self, name: str, array: Array) -> None:
        self._arrays[self._within + name] = np.ascontiguousarray(array)

    def get(self, name: str, dtype: Any, least: int = 0) -> Array:
        """A one-dimensional array of this type, of `least` entries at least. Raises ModelFileError."""
        found = self._arrays.get(self._within + name)
        if found is None:
            raise ModelFileError(f"it has no array {self._within + name}")
        if found.dtype != np.dtype(dtype) or found.ndim != 1 or len(found) < least:
            raise ModelFileError(f"its array {self._within + name} has another type or shape than it should")
        return found

    def get_either(self, name: str, narrow: Any, wide: Any) -> Array:
        """The same of either of two types."""
        found = self._arrays.get(self._within + name)
        return self.get(name, narrow if found is not None and found.dtype == np.dtype(narrow) else wide)

    def put_texts(self, name: str, values: pa.Array) -> None:
        """Texts without nulls."""
        encoded = [value.encode() for value in values.to_pylist()]
        self.put(f"{name}.ends", np.cumsum([len(one) for one in encoded], dtype=np.int64))
        self.put(f"{name}.text", np.frombuffer(b"".join(encoded), np.uint8))

    def get_texts(self, name: str) -> pa.Array:
        """Raises ModelFileError, also for what isn't UTF-8."""
        ends, text = self.get(f"{name}.ends", np.int64), self.get(f"{name}.text", np.uint8)
        if len(ends) and (ends[0] < 0 or (np.diff(ends) < 0).any() or ends[-1] != len(text)):
            raise ModelFileError(f"the texts {self._within + name} don't fit their lengths")
        offsets = np.concatenate([np.zeros(1, np.int64), ends])
        array = pa.LargeStringArray.from_buffers(
            len(ends), pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(text))
        )
        try:
            array.validate(full=True)
        except pa.ArrowException as error:
            raise ModelFileError(f"the texts {self._within + name} aren't UTF-8") from error
        return array.cast(pa.string())

    def to_bytes(self, description: Mapping[str, str]) -> bytes:
        """The file, the same for the same arrays and description."""
        header: dict[str, Any] = {"__metadata__": dict(sorted(description.items()))}
        at, pieces = 0, []
        for name in sorted(self._arrays):
            array = self._arrays[name]
            data = array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes()
            header[name] = {
                "dtype": _NAMES[array.dtype],
                "shape": list(array.shape),
                "data_offsets": [at, at + len(data)],
            }
            pieces.append(data)
            at += len(data)
        text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
        text += b" " * (-len(text) % _ALIGNMENT)
        return b"".join([len(text).to_bytes(8, "little"), text, *pieces])


def read_tensors(data: bytes) -> tuple[Tensors, dict[str, str]]:
    """The arrays and the description of a file. Raises ModelFileError."""
    size = int.from_bytes(data[:8], "little")
    if len(data) < 8 or size > min(MAX_HEADER_BYTES, len(data) - 8):
        raise ModelFileError("it doesn't begin as a safetensors file does")
    try:
        header = json.loads(data[8 : 8 + size])
    except (ValueError, RecursionError) as error:
        raise ModelFileError("its header isn't JSON") from error
    body = memoryview(data)[8 + size :]
    description = header.pop("__metadata__", None) if isinstance(header, dict) else None
    if not isinstance(description, dict) or not all(isinstance(one, str) for one in description.values()):
        raise ModelFileError("its header has no description")
    arrays = {name: _array(name, entry, body) for name, entry in header.items()}
    return Tensors(arrays), description


def _array(name: str, entry: Any, body: memoryview) -> Array:
    wrong = ModelFileError(f"the header's entry of {name[:80]} doesn't fit the file")
    if not isinstance(entry, dict) or entry.get("dtype") not in _TYPES:
        raise wrong
    shape: Any = entry.get("shape")
    offsets: Any = entry.get("data_offsets")
    for numbers in (shape, offsets):
        if not isinstance(numbers, list) or not all(type(one) is int and one >= 0 for one in numbers):
            raise wrong
    dtype = np.dtype(_TYPES[entry["dtype"]])
    if len(shape) > 2 or len(offsets) != 2 or not offsets[0] <= offsets[1] <= len(body):
        raise wrong
    count = 1
    for one in shape:
        count *= one
    if count * dtype.itemsize != offsets[1] - offsets[0]:
        raise wrong
    return np.frombuffer(body[offsets[0] : offsets[1]], dtype).reshape(shape).astype(dtype.newbyteorder("="))
