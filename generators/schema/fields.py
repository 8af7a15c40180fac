"""Fields of parameter schemas: strict about types, explicit in their errors, describing themselves.

Loading gives JSON types, and loading what was loaded changes nothing.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import marshmallow as ma

from synthmill.generators import limits
from synthmill.generators.schema.json_schema import field_schema
from synthmill.generators.schema.json_values import shown

REQUIRED: Any = object()
"""As a default: there is none."""


class Reason(str):
    """Why a value is refused, and what would be right."""

    fix: str

    def __new__(cls, reason: str, fix: str = "") -> Reason:
        text = super().__new__(cls, reason)
        text.fix = fix
        return text


def refused(reason: str, fix: str = "", field: str = "_schema") -> ma.ValidationError:
    """The error to raise in a field, or in a schema's validator for one of its fields."""
    return ma.ValidationError([Reason(reason, fix)], field_name=field)


def check_limits(data: Mapping[str, Any], measure: Callable[[Any], Any] = lambda limit: limit) -> None:
    """Refuse a `max` that is less than `min`, where both are given."""
    low, high = data.get("min"), data.get("max")
    if low is not None and high is not None and measure(low) > measure(high):
        raise refused(f"{high} is less than min", "give a max of at least min", "max")


def check_period(data: Mapping[str, Any], measure: Callable[[str], int]) -> None:
    """Refuse an `end` that is before `start`."""
    if measure(data["start"]) > measure(data["end"]):
        raise refused(f"{data['end']} is before start", "give an end that isn't before start", "end")


def options(about: str, default: Any, examples: Iterable[Any]) -> dict[str, Any]:
    """What every field here gives marshmallow: description, examples, and whether it can be left out."""
    metadata: dict[str, Any] = {"description": about}
    if examples:
        metadata["examples"] = list(examples)
    fix = f"give it: {_begin(about)}"
    null = fix if default is REQUIRED else f"leave it out, or {fix}"
    # Lists, as marshmallow would make plain text of a Reason by itself.
    messages = {"required": [Reason("is missing", fix)], "null": [Reason("is null", null)]}
    common: dict[str, Any] = {"metadata": metadata, "error_messages": messages}
    if default is REQUIRED:
        return common | {"required": True}
    return common | {"load_default": default, "allow_none": default is None}


def _begin(about: str) -> str:
    """A description's first sentence, to stand within another."""
    first = about.split(". ")[0].rstrip(".")
    return first[:1].lower() + first[1:]


class Parameters(ma.Schema):
    """A schema that refuses unknown members, saying which there are."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.error_messages |= {
            "unknown": Reason("there is no such parameter", f"there are: {', '.join(self.fields)}"),
            "type": Reason("isn't an object", "give an object"),
        }


class Whole(ma.fields.Field[int]):
    """A whole number within limits, both included."""

    def __init__(
        self, about: str, low: int, high: int, *, default: Any = REQUIRED, examples: Iterable[int] = ()
    ) -> None:
        self.low, self.high = low, high
        super().__init__(**options(about, default, examples))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        fix = f"give a whole number from {self.low} to {self.high}"
        if isinstance(value, bool) or not isinstance(value, int):
            raise refused(f"{shown(value)} isn't a whole number", fix)
        if not self.low <= value <= self.high:
            raise refused(f"{shown(value)} is outside {self.low} to {self.high}", fix)
        return value

    def json_schema(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.low, "maximum": self.high}


class Number(ma.fields.Field[float]):
    """A finite number within limits, both included unless `above` says that the low one isn't."""

    def __init__(
        self,
        about: str,
        low: float = -1e300,
        high: float = 1e300,
        *,
        above: bool = False,
        default: Any = REQUIRED,
        examples: Iterable[float] = (),
    ) -> None:
        self.low, self.high, self.above = low, high, above
        super().__init__(**options(about, default, examples))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> float:
        fix = f"give a number {'above' if self.above else 'from'} {self.low:g} up to {self.high:g}"
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise refused(f"{shown(value)} isn't a number", fix)
        if not math.isfinite(value):
            raise refused(f"{value} isn't a finite number", fix)
        if not self.low <= value <= self.high or (self.above and value == self.low):
            raise refused(f"{shown(value)} is outside the limits", fix)
        return float(value)

    def json_schema(self) -> dict[str, Any]:
        low = "exclusiveMinimum" if self.above else "minimum"
        return {"type": "number", low: self.low, "maximum": self.high}


class Text(ma.fields.Field[str]):
    """Text of limited length; by default not empty."""

    def __init__(
        self,
        about: str,
        *,
        shortest: int = 1,
        longest: int = 1_000,
        default: Any = REQUIRED,
        examples: Iterable[str] = (),
    ) -> None:
        self.shortest, self.longest = shortest, longest
        super().__init__(**options(about, default, examples))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        fix = f"give text of {self.shortest} to {self.longest} characters"
        if not isinstance(value, str):
            raise refused(f"{shown(value)} isn't text", fix)
        if not self.shortest <= len(value) <= self.longest:
            raise refused(f"has {len(value)} characters", fix)
        return value

    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "minLength": self.shortest, "maxLength": self.longest}


class Name(Text):
    """What a table or column is called."""

    pattern = limits.NAME_PATTERN

    def __init__(self, about: str, *, default: Any = REQUIRED, examples: Iterable[str] = ()) -> None:
        super().__init__(about, longest=limits.MAX_NAME_LENGTH, default=default, examples=examples)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        name = super()._deserialize(value, attr, data, **kwargs)
        if not self.pattern.match(name):
            raise refused(
                f"{shown(name)} can't be a name",
                "start with a letter or underscore, go on with letters, digits and underscores",
            )
        return name

    def json_schema(self) -> dict[str, Any]:
        return super().json_schema() | {"pattern": "^" + self.pattern.pattern.replace(r"\Z", "$")}


class TableName(Name):
    """The name of another table, which this one is made from."""


class SqlType(Text):
    """A type's name in SQL, such as VARCHAR(40). Left out, it is nowhere in what is loaded."""

    _PATTERN = re.compile(r"[A-Za-z][A-Za-z0-9_ ]*(\([0-9]+(, ?[0-9]+)?\))?(\[\])*\Z")
    _LONGEST = 64

    def __init__(self) -> None:
        super().__init__(
            "The column's type where the dataset is exported as SQL; left out, it follows from the kind.",
            longest=self._LONGEST,
            examples=["VARCHAR(40)"],
        )
        self.required = False

    @classmethod
    def allows(cls, name: str) -> bool:
        """Whether a type of this name can be given."""
        return len(name) <= cls._LONGEST and cls._PATTERN.match(name) is not None

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        name = super()._deserialize(value, attr, data, **kwargs)
        if not self._PATTERN.match(name):
            raise refused(f"{shown(name)} isn't the name of a type", "write it like NUMERIC(10, 2)")
        return name


class Flag(ma.fields.Field[bool]):
    """true or false, and nothing that merely looks like it."""

    def __init__(self, about: str, *, default: Any = REQUIRED) -> None:
        super().__init__(**options(about, default, ()))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise refused(f"{shown(value)} is neither true nor false", "give true or false")
        return value

    def json_schema(self) -> dict[str, Any]:
        return {"type": "boolean"}


class Choice(ma.fields.Field[str]):
    """One of a few words."""

    def __init__(self, about: str, choices: Sequence[str], *, default: Any = REQUIRED) -> None:
        self.choices = tuple(choices)
        super().__init__(**options(about, default, ()))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str) or value not in self.choices:
            raise refused(
                f"{shown(value)} isn't one of its values", f"give one of: {', '.join(self.choices)}"
            )
        return value

    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "enum": list(self.choices)}


class Items(ma.fields.Field[list[Any]]):
    """A list of limited length whose entries are all of one field."""

    def __init__(
        self,
        about: str,
        inner: ma.fields.Field[Any],
        *,
        fewest: int = 1,
        most: int = limits.MAX_WORDS,
        default: Any = REQUIRED,
        examples: Iterable[Any] = (),
    ) -> None:
        self.inner, self.fewest, self.most = inner, fewest, most
        super().__init__(**options(about, default, examples))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[Any]:
        fix = f"give a list of {self.fewest} to {self.most} entries"
        if not isinstance(value, list):
            raise refused(f"{shown(value)} isn't a list", fix)
        if not self.fewest <= len(value) <= self.most:
            raise refused(f"has {len(value)} entries", fix)
        loaded, wrong = [], {}
        for at, item in enumerate(value):
            try:
                loaded.append(self.inner.deserialize(item))
            except ma.ValidationError as error:
                wrong[at] = error.messages
        if wrong:
            raise ma.ValidationError(wrong)
        return loaded

    def json_schema(self) -> dict[str, Any]:
        items = field_schema(self.inner)
        return {"type": "array", "items": items, "minItems": self.fewest, "maxItems": self.most}


class Scalar(ma.fields.Field[Any]):
    """Text, a whole number, a number, true or false."""

    def __init__(self, about: str, *, default: Any = REQUIRED, examples: Iterable[Any] = ()) -> None:
        super().__init__(**options(about, default, examples))
        nulls = "give text, a number, true or false; `nulls` says how often a cell is null"
        self.error_messages["null"] = [Reason("is null", nulls)]

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, str | int | float):
            raise refused(f"{shown(value)} isn't a single value", "give text, a number, true or false")
        if isinstance(value, str) and len(value) > 10_000:
            raise refused(f"has {len(value)} characters", "give at most 10000")
        return value

    def json_schema(self) -> dict[str, Any]:
        return {"type": ["string", "number", "boolean"]}
