"""Objects in parameters whose members a user names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import marshmallow as ma

from synthmill.generators import limits
from synthmill.generators.schema.fields import REQUIRED, options, refused
from synthmill.generators.schema.json_schema import field_schema
from synthmill.generators.schema.json_values import shown


class Mapping(ma.fields.Field[dict[str, Any]]):
    """An object with any names, whose values are all of one field."""

    def __init__(
        self,
        about: str,
        inner: ma.fields.Field[Any],
        *,
        default: Any = REQUIRED,
        examples: Iterable[Any] = (),
    ) -> None:
        self.inner = inner
        super().__init__(**options(about, default, examples))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise refused(f"{shown(value)} isn't an object", "give an object")
        if not 1 <= len(value) <= limits.MAX_WORDS:
            raise refused(f"has {len(value)} members", f"give 1 to {limits.MAX_WORDS}")
        loaded, wrong = {}, {}
        for name, item in value.items():
            try:
                loaded[name] = self.inner.deserialize(item)
            except ma.ValidationError as error:
                wrong[name] = error.messages
        if wrong:
            raise ma.ValidationError(wrong)
        return loaded

    def json_schema(self) -> dict[str, Any]:
        return {"type": "object", "additionalProperties": field_schema(self.inner), "minProperties": 1}
