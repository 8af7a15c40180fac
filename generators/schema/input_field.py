"""A parameter that names a file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import marshmallow as ma

from synthmill.generators.schema.fields import REQUIRED, options, refused
from synthmill.generators.schema.json_values import shown

_SHA256 = re.compile(r"[0-9a-f]{64}\Z")


def is_sha256(text: object) -> bool:
    """Whether this is the name of an input: 64 hexadecimal digits, lower case."""
    return isinstance(text, str) and _SHA256.match(text) is not None


class InputFile(ma.fields.Field[str]):
    """An input, by its sha256. Its strategy lists it in `inputs`."""

    def __init__(self, about: str, *, default: Any = REQUIRED, examples: Iterable[str] = ()) -> None:
        super().__init__(**options(about, default, examples))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not is_sha256(value):
            raise refused(
                f"{shown(value)} isn't a sha256",
                "give the 64 hexadecimal digits, in lower case, of the file's sha256",
            )
        return str(value)

    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": "^[0-9a-f]{64}$", "format": "sha256"}
